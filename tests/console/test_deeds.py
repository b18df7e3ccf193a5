"""What the console offers to who is no administrator, done once by each who may do it."""

import pika
import pytest
from playwright.sync_api import expect

from tests.console.test_messages import choose, rows
from tests.console.test_queues import declare

INSIDERS = ["manager", "policymaker", "watcher"]


@pytest.fixture(scope="module")
def node(there):
    return there.node


@pytest.fixture(params=INSIDERS)
def insider(enter, request):
    """Somebody who may do everything in one virtual host, and his name."""
    return enter(request.param), request.param


def publish(person, payload, **told):
    person.page.get_by_text("Publish a message", exact=True).first.click()
    person.fill(payload=payload, **told)
    person.press("Publish a message")
    person.told("The message is published")


def test_an_exchange_is_declared_bound_asked_and_deleted(insider):
    person, user = insider
    exchange, queue = f"{user}-exchange", f"{user}-bound"
    declare(person, queue)
    person.go("exchanges")
    person.press("Declare")
    person.fill(name=exchange, type="topic")
    person.send("Declare")
    person.told(f"{exchange} is declared")
    person.go("exchanges", "/", exchange)
    person.page.get_by_role("button", name="Bind", exact=True).first.click()
    person.fill(other=queue, key="a.*")
    person.send("Bind")
    person.told("The binding is made")
    publish(person, "to a queue", key="a.b")
    person.page.get_by_role("link", name="Explain").click()
    person.page.get_by_label("Routing key").fill("a.c")
    person.press("Explain")
    person.sees("It goes to")
    person.go("queues", "/", queue)
    person.sure("Unbind")
    person.told("The binding is gone")
    person.go("exchanges", "/", exchange)
    person.page.get_by_role("button", name="Bind", exact=True).last.click()
    person.fill(other="amq.fanout")
    person.send("Bind")
    person.told("The binding is made")
    person.sure("Delete")
    person.told(f"{exchange} is deleted")


def test_a_queue_is_bound_filled_read_purged_and_deleted(insider):
    person, user = insider
    queue = f"{user}-queue"
    declare(person, queue)
    person.go("queues", "/", queue)
    person.press("Bind")
    person.fill(other="amq.topic", key="k")
    person.send("Bind")
    person.told("The binding is made")
    publish(person, "a word")
    person.page.get_by_text("Get messages", exact=True).first.click()
    person.press("Get messages")
    expect(person.page.get_by_role("article")).to_contain_text("a word")
    person.sure("Purge")
    person.told(f"{queue} is purged")
    person.sure("Delete")
    person.told(f"{queue} is deleted")
    person.heading("Queues")


def test_messages_are_moved_requeued_published_again_replayed_and_deleted(insider, there):
    person, user = insider
    queue, other = f"{user}-full", f"{user}-other"
    channel = there.connect(user)
    for name in (queue, other):
        channel.queue_declare(name)
    for at in range(3):
        channel.basic_publish("", queue, b"%d" % at)
    person.go("messages", "/", queue)
    expect(rows(person)).to_have_count(3)
    choose(person, 0)
    person.press("Move")
    person.fill(queue=other)
    person.send("Move")
    expect(rows(person)).to_have_count(2)
    choose(person, 0)
    person.press("Republish")
    person.fill(routing_key=other)
    person.send("Republish")
    expect(rows(person)).to_have_count(1)
    choose(person, 0)
    person.sure("Requeue")
    person.sees("1 done, 0 not there any more, 0 kept")
    choose(person, 0)
    person.sure("Replay")
    person.sees("0 done, 0 not there any more, 1 kept")
    choose(person, 0)
    person.sure("Delete")
    expect(rows(person)).to_have_count(0)
    assert channel.queue_declare(other, passive=True).method.message_count == 2


def test_who_has_connected_closes_his_own_connection(insider, there):
    person, user = insider
    connection = there.connect(user).connection
    person.go("connections", there.connections[user])
    person.press("Close")
    person.send("Close")
    person.told("is closed")
    with pytest.raises(pika.exceptions.ConnectionClosedByBroker):
        connection.process_data_events(5)
    person.heading("Connections")
    # No row moves while the pointer is on the list.
    person.page.mouse.move(0, 0)
    expect(person.row(there.connections[user])).to_have_count(0)


def test_a_policymaker_makes_a_policy_for_his_virtual_host(enter):
    person = enter("policymaker")
    person.go("policies")
    person.press("Add")
    expect(person.page.locator("dialog [name=vhost] option")).to_have_text(["/"])
    person.fill(name="theirs", pattern="^t", definition="max-length = 10")
    person.send("Add")
    row = person.row("theirs")
    expect(row).to_contain_text("max-length = 10")
    person.press("Change", within=row)
    person.fill(definition="max-length = 20")
    person.send("Change")
    expect(row).to_contain_text("max-length = 20")
    person.press("Delete", within=row)
    person.send("Delete")
    expect(row).to_have_count(0)
