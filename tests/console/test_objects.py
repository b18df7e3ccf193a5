"""Exchanges, bindings, connections, channels."""

import threading

import pika
import pytest
from playwright.sync_api import expect

from tests.console.test_queues import declare


def test_an_exchange_is_declared_bound_published_to_and_deleted(guest):
    declare(guest, "bound")
    guest.go("exchanges")
    guest.press("Declare")
    guest.fill(name="news", type="topic")
    guest.send("Declare")
    guest.told("news is declared")
    guest.go("exchanges", "/", "news")
    guest.heading("news")

    guest.page.get_by_role("button", name="Bind", exact=True).first.click()
    guest.fill(other="bound", key="a.*")
    guest.send("Bind")
    guest.told("binding is made")
    guest.sees("a.*")

    guest.page.get_by_text("Publish a message", exact=True).first.click()
    guest.fill(key="b", payload="nowhere")
    guest.press("Publish a message")
    guest.told("no queue was there for it")
    guest.fill(key="a.b", payload="somewhere")
    guest.press("Publish a message")
    guest.told("published to news")

    guest.go("topology")
    expect(guest.page.locator(".knot.exchange", has_text="news")).to_be_visible()
    expect(guest.page.locator(".edge", has_text="a.*")).to_be_visible()
    guest.page.locator(".knot.queue", has_text="bound").click()
    guest.heading("bound")

    guest.go("exchanges", "/", "news")
    guest.sure("Unbind")
    guest.told("binding is gone")
    guest.sure("Delete")
    guest.told("news is deleted")


@pytest.fixture
def connected(node):
    """A client with a channel, and the reason that it was closed for."""
    parameters = pika.URLParameters(node.url)
    parameters.client_properties = {"connection_name": "the shop"}
    connection = pika.BlockingConnection(parameters)
    channel = connection.channel()
    channel.confirm_delivery()
    closed = []

    def serve():
        try:
            while connection.is_open:
                connection.process_data_events(0.1)
        except pika.exceptions.ConnectionClosed as error:
            closed.append(error.reply_text)

    thread = threading.Thread(target=serve)
    thread.start()
    yield closed
    if connection.is_open:
        connection.add_callback_threadsafe(connection.close)
    thread.join(timeout=10)


def test_a_connection_is_seen_and_closed_with_a_reason(guest, connected):
    guest.go("connections")
    row = guest.row("the shop")
    expect(row).to_be_visible()
    row.get_by_role("link").click()
    guest.sees("connection_name = the shop")
    guest.press("Close")
    guest.fill(reason="stocktaking")
    guest.send("Close")
    guest.told("is closed")
    guest.heading("Connections")
    expect(guest.row("the shop")).to_have_count(0)
    assert connected == ["CONNECTION_FORCED - stocktaking"]


def test_a_channel_is_seen(guest, connected):
    assert connected == []
    guest.go("channels")
    row = guest.row("(1)")
    expect(row).to_contain_text("C")
    row.get_by_role("link").click()
    guest.sees("Prefetch of the channel")


def test_who_has_gone_is_shown_with_the_reason(guest, node):
    parameters = pika.URLParameters(node.url)
    pika.BlockingConnection(parameters).close(320, "had enough")
    guest.go("connections")
    guest.page.get_by_text("Connections that have ended, and why").click()
    gone = guest.page.get_by_role("list", name="Connections that have ended, and why")
    expect(gone.get_by_role("listitem").filter(has_text="had enough")).to_contain_text(
        "closed by the client"
    )
