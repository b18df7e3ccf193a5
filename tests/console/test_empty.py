"""Where there is nothing yet: what to do first, and that the programs shown there do it."""

import subprocess
import sys
from contextlib import contextmanager

import pika
import pytest
from playwright.sync_api import expect

import leveret
from leveret import Settings
from tests.management.asking import Api

PATIENCE_S = 30
ODD = "a/b \"c\" 'd' \\ \N{RABBIT FACE}\N{RIGHT-TO-LEFT OVERRIDE}"


@pytest.fixture
def node():
    """Empty, with a vhost whose name is odd, and a user who may enter that alone."""
    settings = Settings(login_failures_max=0)
    with leveret.running(port=0, management_port=0, settings=settings) as node:
        node.admin.add_vhost(ODD)
        node.admin.add_user("ada", 'x"\\', frozenset({"management"}))
        node.admin.set_permission("ada", vhost=ODD)
        node.admin.add_user("eve", "x", frozenset({"monitoring"}))
        yield node


@pytest.fixture
def api(node):
    return Api(node, node.management_url)


def shown(person, at=0):
    """The program, as it would be copied."""
    example = person.page.locator("pre.example").nth(at)
    expect(example).to_be_visible()
    return example.inner_text()


def run(program):
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def running(program):
    """One that goes on until it is interrupted."""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def messages(api, queue, vhost="%2F"):
    """What is in it, taken."""
    taken = {"count": 10, "ackmode": "ack_requeue_false", "encoding": "auto"}
    told = api.ask("POST", f"/api/queues/{vhost}/{queue}/get", taken).json
    return [each["payload"] for each in told]


@pytest.mark.parametrize("page", ["overview", "queues"])
def test_a_program_publishes_to_the_first_queue(guest, api, page):
    guest.go(page)
    run(shown(guest))
    assert messages(api, "hello") == ["Hello, Leveret!"]


@pytest.mark.parametrize("page", ["connections", "channels"])
def test_a_program_connects_and_consumes(guest, page):
    guest.go(page)
    with running(shown(guest)):
        expect(guest.row("guest")).to_be_visible(timeout=PATIENCE_S * 1000)
        guest.page.mouse.move(0, 0)
        expect(guest.page.locator("pre.example")).to_have_count(0)


def test_the_two_programs_of_the_overview_speak_to_each_other(guest):
    guest.go("overview")
    publisher, consumer = shown(guest), shown(guest, 1)
    run(publisher)
    with running(consumer) as process:
        assert process.stdout.readline() == b"b'Hello, Leveret!'\n"


def test_a_program_binds_what_is_drawn_then(guest, api):
    guest.go("topology")
    run(shown(guest))
    expect(guest.page.locator("svg a")).to_have_count(2)
    assert messages(api, "hello") == ["Hello, Leveret!"]


@pytest.mark.parametrize("kind", ["direct", "fanout", "headers", "x-consistent-hash"])
def test_a_program_binds_to_an_exchange_that_nothing_is_bound_to(guest, api, kind):
    assert api.ask("PUT", "/api/exchanges/%2F/news", {"type": kind}).status == 201
    guest.go("exchanges", "/", "news")
    run(shown(guest))
    expect(guest.page.locator("pre.example")).to_have_count(0)
    assert messages(api, "hello") == ["Hello, Leveret!"]


@pytest.mark.parametrize("kind", ["classic", "stream"])
def test_a_program_publishes_to_this_queue_and_another_consumes_it(guest, api, kind):
    arguments = {"x-queue-type": kind}
    declared = {"durable": True, "arguments": arguments}
    assert api.ask("PUT", "/api/queues/%2F/a%22b%5C", declared).status == 201
    guest.go("messages", "/", 'a"b\\')
    publisher = shown(guest)
    guest.go("queues", "/", 'a"b\\')
    run(publisher)
    with running(shown(guest)) as process:
        assert process.stdout.readline() == b"b'Hello, Leveret!'\n"
        expect(guest.page.locator("pre.example")).to_have_count(0)


def test_what_is_for_one_connection_alone_is_offered_to_no_other(guest, node):
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        connection.channel().queue_declare("mine", exclusive=True)
        guest.go("queues", "/", "mine")
        guest.sees("Nobody consumes here.")
        expect(guest.page.locator("pre.example")).to_have_count(0)


def test_a_program_is_of_who_reads_it_and_of_where_he_may_go(browse, api):
    person = browse()
    person.log_in("ada", 'x"\\')
    person.go("queues")
    program = shown(person)
    assert '"ada"' in program
    run(program.replace('"..."', repr('x"\\')))
    assert api.get("/api/queues").json[0]["vhost"] == ODD


def test_who_may_go_nowhere_is_told_how_he_is_let_in(browse):
    person = browse()
    person.log_in("eve", "x")
    for page in ("overview", "queues", "channels", "topology"):
        person.go(page)
        person.sees("leveretctl set_permissions -p '/' 'eve' '.*' '.*' '.*'")
        expect(person.page.locator("pre.example")).to_have_count(0)


def test_a_program_is_copied(guest):
    guest.context.grant_permissions(["clipboard-read", "clipboard-write"])
    guest.go("queues")
    guest.press("Copy")
    guest.told("The program is copied")
    assert guest.page.evaluate("navigator.clipboard.readText()") == shown(guest)


def test_a_search_that_finds_nothing_is_no_beginning(guest, api):
    api.ask("PUT", "/api/queues/%2F/jobs", {})
    guest.go("queues")
    guest.page.get_by_role("searchbox").fill("nothing")
    expect(guest.page.get_by_role("status").first).to_contain_text("0 of 1")
    expect(guest.page.locator("pre.example")).to_have_count(0)
