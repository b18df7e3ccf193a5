"""What the pages of single things say and do beyond the lists."""

import pika
import pytest
from playwright.sync_api import expect


@pytest.fixture
def channel(node):
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        yield connection.channel()


def cells(person, text):
    return person.row(text).get_by_role("cell").all_inner_texts()


def test_a_queue_shows_how_many_messages_are_where_and_how_large(guest, channel):
    channel.queue_declare("measured")
    for _ in range(3):
        channel.basic_publish("", "measured", b"12345")
    channel.basic_get("measured")
    guest.go("queues", "/", "measured")
    guest.sees("Size of messages")
    expect(guest.row("Size of messages").get_by_role("cell").first).to_have_text("15 B")
    assert cells(guest, "Size of messages") == ["15 B", "10 B", "5 B", "15 B", "0 B", "0 B"]


def test_what_is_in_a_stream_cannot_be_purged(guest, channel):
    channel.queue_declare("kept", durable=True, arguments={"x-queue-type": "stream"})
    guest.go("queues", "/", "kept")
    expect(guest.page.get_by_role("button", name="Delete", exact=True)).to_be_visible()
    expect(guest.page.get_by_role("button", name="Purge")).to_have_count(0)
    channel.queue_delete("kept")


def test_octets_are_published_as_base64(guest, channel):
    channel.queue_declare("octets")
    guest.go("queues", "/", "octets")
    guest.page.get_by_text("Publish a message").first.click()
    guest.fill(payload="AP8B", encoding="base64")
    guest.press("Publish a message")
    guest.told("is published")
    assert channel.basic_get("octets", auto_ack=True)[2] == b"\x00\xff\x01"


def test_a_connection_shows_its_channels_and_data_rates(guest, channel):
    channel.basic_qos(prefetch_count=17)
    guest.go("connections")
    guest.page.locator(".rows").get_by_role("link").last.click()
    guest.sees("Data rates")
    expect(guest.row("(1)")).to_contain_text("17")


def test_a_user_is_permitted_where_the_virtual_host_is_shown(guest, node):
    node.admin.add_user("newcomer", "x")
    guest.go("users")
    expect(guest.row("newcomer")).to_contain_text("nowhere")
    guest.go("vhosts", "/")
    guest.press("Set")
    guest.fill(user="newcomer", read="^r")
    guest.send("Set")
    expect(guest.page.get_by_role("listitem").filter(has_text="newcomer")).to_contain_text("^r")
    guest.go("users")
    expect(guest.row("newcomer")).to_contain_text("/")


def test_a_virtual_host_shows_its_state(guest):
    guest.go("vhosts")
    expect(guest.row("Default virtual host")).to_contain_text("running")


def test_a_node_shows_what_it_does_with_its_disk(guest):
    guest.go("overview")
    guest.page.get_by_role("main").get_by_role("link", name="leveret@").click()
    for title in ("Disk operations", "Disk data", "Churn", "What the memory is for"):
        guest.sees(title)


@pytest.mark.parametrize("page", ["connections", "channels"])
def test_who_is_in_one_virtual_host_is_listed(guest, node, channel, page):
    node.admin.add_vhost(f"quiet-{page}")
    node.admin.set_permission("guest", vhost=f"quiet-{page}")
    assert channel.is_open
    choice = guest.page.get_by_role("banner").get_by_label("Virtual host")
    choice.select_option("/")
    guest.go(page)
    expect(guest.page.locator(".rows").get_by_role("link").first).to_contain_text("127.0.0.1")
    choice.select_option(f"quiet-{page}")
    expect(guest.page.get_by_role("status").filter(has_text="0 in all")).to_be_visible()
