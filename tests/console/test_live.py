"""How a page hears of what changes: by one stream, or by asking where none comes through."""

import time

import pika
import pytest
from playwright.sync_api import expect

import leveret

HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def asked(guest):
    """The paths below api/ that the page asks for from now on, without what is watched."""
    paths = []
    guest.page.on("request", lambda request: paths.append(request.url.partition("/api/")[2]))
    return paths


@pytest.fixture
def channel(node):
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        channel = connection.channel()
        channel.queue_declare("live")
        yield channel
        channel.queue_delete("live")


def ready(person):
    return person.row("live").get_by_role("cell").nth(4)


def streams(node):
    return node._node.application.streams


def until(holds):
    ends_at = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < ends_at
        time.sleep(0.02)


def test_one_stream_tells_a_page_of_all_its_changes(guest, asked, channel, node):
    guest.go("queues")
    expect(guest.row("live")).to_be_visible()
    for number in range(1, 4):
        channel.basic_publish("", "live", b"x")
        expect(guest.row("live")).to_contain_text(str(number))
    assert [each for each in asked if each and not each.startswith("live?")] == []
    assert streams(node).count == 1


def test_who_leaves_a_page_leaves_its_stream(guest, node):
    for page in ("queues", "exchanges", "connections", "overview"):
        guest.go(page)
        guest.settle()
    assert streams(node).count == 1
    guest.press("Log out")
    until(lambda: streams(node).count == 0)


def test_a_page_that_nobody_sees_watches_nothing(guest, node):
    guest.go("queues")
    guest.settle()
    assert streams(node).count == 1
    guest.page.evaluate(HIDE, True)
    until(lambda: streams(node).count == 0)
    guest.page.evaluate(HIDE, False)
    until(lambda: streams(node).count == 1)


def test_where_no_stream_comes_through_the_page_asks(guest, asked, channel):
    guest.page.route("**/api/live*", lambda route: route.fulfill(status=503, body="{}"))
    guest.go("queues")
    expect(guest.row("live")).to_be_visible()
    channel.basic_publish("", "live", b"x")
    expect(guest.row("live")).to_contain_text("1")
    assert any(each.startswith("queues?") for each in asked)


def test_a_session_that_ends_elsewhere_ends_here(guest, node):
    guest.go("queues")
    guest.settle()
    cookies = {each["name"]: each["value"] for each in guest.context.cookies()}
    said = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = {"x-leveret-console": "1", "cookie": said}
    reply = guest.context.request.delete(f"{guest.url}/api/session", headers=headers)
    assert reply.status == 204
    expect(guest.page.get_by_label("Password")).to_be_visible()
    assert streams(node).count == 0


def test_a_node_that_goes_is_missed_and_one_that_comes_is_seen(browse):
    with leveret.running(port=0, management_port=0) as node:
        person = browse()
        person.url = node.management_url.rstrip("/")
        person.log_in("guest", "guest")
        person.sees("Message rates")
        where = node.management_url.rstrip("/").rpartition(":")[2]
    person.sees("The node cannot be reached")
    with leveret.running(port=0, management_port=int(where)):
        expect(person.page.get_by_label("Password")).to_be_visible()
