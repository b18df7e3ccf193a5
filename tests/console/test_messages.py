"""Messages looked at without taking them, and what is done to chosen ones; what left a queue."""

import json

import pika
import pytest
from playwright.sync_api import expect

from leveret import Permission


@pytest.fixture
def channel(node):
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        yield connection.channel()


@pytest.fixture
def dead(channel):
    """A queue of three dead letters from another, `alive`; a fourth message was not dead."""
    letters = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"}
    channel.queue_declare("dead")
    channel.queue_declare("alive", arguments=letters)
    for name in ("one", "two", "three"):
        channel.basic_publish("", "alive", json.dumps({"order": name}).encode())
        method, *_ = channel.basic_get("alive")
        channel.basic_reject(method.delivery_tag, requeue=False)
    channel.basic_publish("", "dead", b"\x00\xff never alive")
    yield channel
    for name in ("dead", "alive"):
        channel.queue_delete(name)


def rows(person):
    return person.page.get_by_role("list", name="Messages").get_by_role("group")


def waiting(channel, name):
    return channel.queue_declare(name, passive=True).method.message_count


def choose(person, place):
    person.page.get_by_label(f"Choose message {place}", exact=True).check()


def test_messages_are_looked_at_and_stay(guest, dead):
    guest.go("queues", "/", "dead")
    guest.page.get_by_role("link", name="Look at its messages").click()
    guest.heading("Messages of dead")
    expect(rows(guest)).to_have_count(4)
    rows(guest).nth(1).locator("summary").click()
    expect(rows(guest).nth(1)).to_contain_text('"order": "two"')
    expect(rows(guest).nth(1)).to_contain_text("x-first-death-reason")
    guest.page.get_by_role("searchbox", name="Search in messages").fill("three")
    guest.page.keyboard.press("Enter")
    expect(rows(guest)).to_have_count(1)
    assert waiting(dead, "dead") == 4


def test_chosen_ones_go_back_to_where_they_died(guest, dead):
    guest.go("messages", "/", "dead")
    choose(guest, 0)
    choose(guest, 3)
    guest.sure("Replay")
    guest.sees("1 done, 0 not there any more, 1 kept where they were.")
    expect(rows(guest)).to_have_count(3)
    assert (waiting(dead, "dead"), waiting(dead, "alive")) == (3, 1)


@pytest.mark.usefixtures("dead")
def test_all_are_moved_and_one_deleted(guest):
    guest.go("messages", "/", "dead")
    expect(rows(guest)).to_have_count(4)
    guest.press("Move")
    guest.fill(queue="alive")
    guest.send("Move")
    guest.sees("4 done")
    guest.sees("There is no such message.")
    guest.go("messages", "/", "alive")
    choose(guest, 1)
    guest.sure("Delete")
    guest.sees("1 done")
    expect(rows(guest)).to_have_count(3)
    guest.go("queues", "/", "dead")
    guest.sees("Moved or deleted by hand")
    guest.go("queues", "/", "alive")
    expect(guest.row("Rejected, dead-lettered")).to_contain_text("3")


def test_who_holds_a_message_is_shown(guest, dead):
    dead.basic_get("dead")
    guest.go("messages", "/", "dead")
    guest.press("Unacknowledged")
    expect(rows(guest)).to_have_count(1)
    rows(guest).locator("summary").click()
    guest.sees("Held by")
    expect(guest.page.get_by_role("button", name="Replay")).to_have_count(0)


def test_a_stream_is_looked_at_by_offset(guest, channel):
    channel.queue_declare("log", durable=True, arguments={"x-queue-type": "stream"})
    for at in range(3):
        channel.basic_publish("", "log", b"line %d" % at)
    guest.go("messages", "/", "log")
    expect(rows(guest)).to_have_count(3)
    guest.page.get_by_label("Begin at").fill("2")
    guest.page.keyboard.press("Enter")
    expect(rows(guest)).to_have_count(1)
    guest.sees("line 2")
    channel.queue_delete("log")


def test_what_is_held_back_is_shown(guest, channel):
    channel.exchange_declare("later", "x-delayed-message", arguments={"x-delayed-type": "direct"})
    held = pika.BasicProperties(headers={"x-delay": 600_000})
    channel.basic_publish("later", "k", b"in ten minutes", held)
    guest.go("exchanges", "/", "later")
    guest.page.get_by_role("link", name="Look at what it holds back").click()
    expect(rows(guest)).to_have_count(1)
    rows(guest).locator("summary").click()
    guest.sees("Due")
    guest.sees("in ten minutes")
    channel.exchange_delete("later")


def test_who_may_not_read_the_queue_is_told_so(browse, node, dead):
    node.admin.add_user("writer", "x", frozenset({"management"}))
    node.admin.set_permission("writer", Permission(configure="^$", write=".*", read="^$"))
    writer = browse()
    writer.log_in("writer", "x")
    writer.sees("Message rates")
    writer.go("messages", "/", "dead")
    writer.sees("You may not do that")
    assert waiting(dead, "dead") == 4


def test_a_body_is_text_whatever_it_says(guest, dead):
    dead.basic_publish("", "dead", b"<img src=x onerror=document.title='gone'>")
    guest.go("messages", "/", "dead")
    expect(rows(guest)).to_have_count(5)
    rows(guest).last.locator("summary").click()
    guest.sees("<img src=x")
    assert guest.page.title() != "gone"
