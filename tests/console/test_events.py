"""What has happened, and why somebody is blocked."""

import pika
from playwright.sync_api import expect


def events(person):
    return person.page.locator(".rows tbody tr:not(.gap)")


def test_what_happens_is_seen_and_searched(guest, node):
    guest.go("events")
    guest.heading("Events")
    guest.page.mouse.move(0, 0)
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        connection.channel().queue_declare("<b>seen</b>", arguments={"x-max-length": 5})
    row = guest.row("queue.created")
    expect(row).to_contain_text("name <b>seen</b> vhost /")
    expect(row).to_contain_text("guest")
    guest.page.get_by_role("searchbox").fill("x-max-length")
    expect(events(guest)).to_have_count(1)
    guest.page.get_by_role("searchbox").fill("^queue")
    guest.page.get_by_label("Regex").check()
    expect(events(guest)).to_have_count(1)
    guest.page.get_by_role("searchbox").fill("^connection")
    expect(events(guest).first).to_contain_text("connection.closed")


def test_who_is_blocked_is_told_why_and_since_when(guest, node):
    parameters = pika.URLParameters(node.url)
    parameters.client_properties = {"connection_name": "the stuck one"}
    connection = pika.BlockingConnection(parameters)
    channel = connection.channel()
    node.admin._do(lambda broker: broker.alarms.set("disk", "test"))
    try:
        channel.basic_publish("", "nowhere", b"x")
        guest.go("connections")
        guest.row("the stuck one").get_by_role("link").click()
        guest.sees("Because: the disk is nearly full")
        guest.sees("connection_name = the stuck one")
    finally:
        node.admin._do(lambda broker: broker.alarms.clear("disk", "test"))
    expect(guest.page.get_by_text("Because:")).to_have_count(0)
    guest.go("events")
    blocked = guest.page.get_by_role("row", name="connection.blocked name 127.0.0.1")
    expect(blocked).to_contain_text("reason low on disk")
    connection.close()
