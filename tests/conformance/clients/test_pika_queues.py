"""Queues through pika: names, life and death, priorities, time to live, direct reply-to."""

import datetime
import decimal
import re

import pytest
from pika import BasicProperties
from pika.exceptions import ChannelClosedByBroker, UnroutableError

from tests.conformance.clients.waiting import until


def is_there(connection, queue):
    """Asked by a mandatory message, since a declare would renew the lease of an expiring queue."""
    channel = connection.channel()
    channel.confirm_delivery()
    try:
        channel.basic_publish("", queue, b"anybody?", mandatory=True)
    except UnroutableError:
        return False
    finally:
        channel.close()
    return True


def contents(channel, queue):
    taken = []
    while (got := channel.basic_get(queue, auto_ack=True))[0] is not None:
        taken.append(got[2])
    return taken


def test_the_broker_names_a_queue_without_a_name(channel):
    names = [channel.queue_declare("", exclusive=True).method.queue for _ in range(2)]
    assert names[0] != names[1]
    for name in names:
        assert re.fullmatch(r"amq\.gen-[A-Za-z0-9_-]{22}", name)


def test_an_empty_name_means_the_queue_last_declared_on_the_channel(connection, channel):
    name = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind("", "amq.direct", name)
    channel.basic_publish("amq.direct", name, b"x")
    taken = []
    channel.basic_consume("", lambda *each: taken.append(each[3]), auto_ack=True)
    until(connection, lambda: taken)
    assert channel.queue_purge("").method.message_count == 0
    assert channel.queue_delete("").method.message_count == 0


def test_an_empty_name_before_any_declare_is_refused(channel):
    with pytest.raises(ChannelClosedByBroker) as refused:
        channel.basic_get("")
    assert refused.value.args == (404, "NOT_FOUND - no previously declared queue")


def test_an_exclusive_queue_ends_with_its_connection(connect, connection, unique):
    owner = connect()
    owner.channel().queue_declare(unique("queue"), exclusive=True)
    owner.close()
    until(connection, lambda: not is_there(connection, unique("queue")))


def test_an_auto_delete_queue_ends_with_its_last_consumer(connection, channel, unique):
    queue = channel.queue_declare(unique("queue"), auto_delete=True).method.queue
    assert is_there(connection, queue)
    first, second = (channel.basic_consume(queue, print) for _ in range(2))
    channel.basic_cancel(first)
    assert is_there(connection, queue)
    channel.basic_cancel(second)
    until(connection, lambda: not is_there(connection, queue))


def test_priorities_go_first_and_keep_their_order(channel, unique):
    queue = channel.queue_declare(unique("queue"), arguments={"x-max-priority": 5}).method.queue
    for number, priority in enumerate([None, 1, 5, 0, 9, 1]):
        channel.basic_publish("", queue, b"%d" % number, BasicProperties(priority=priority))
    # A priority above the queue's highest counts as the highest; none counts as 0.
    assert contents(channel, queue) == [b"2", b"4", b"1", b"5", b"0", b"3"]


def test_messages_expire_after_the_time_to_live_of_their_queue(connection, channel, unique):
    queue = channel.queue_declare(unique("queue"), arguments={"x-message-ttl": 50}).method.queue
    channel.confirm_delivery()  # Once confirmed, it is counted.
    channel.basic_publish("", queue, b"x")
    declare = channel.queue_declare
    until(connection, lambda: declare(queue, passive=True).method.message_count == 0)
    assert contents(channel, queue) == []


def test_a_message_expires_after_its_own_expiration(connection, channel, queue):
    channel.confirm_delivery()
    channel.basic_publish("", queue, b"short", BasicProperties(expiration="50"))
    channel.basic_publish("", queue, b"long", BasicProperties(expiration="60000"))
    declare = channel.queue_declare
    until(connection, lambda: declare(queue, passive=True).method.message_count == 1)
    _, properties, body = channel.basic_get(queue, auto_ack=True)
    assert (body, properties.expiration) == (b"long", "60000")


def test_a_message_that_may_not_wait_is_delivered_at_once_or_not_at_all(connection, channel, queue):
    now = BasicProperties(expiration="0")
    channel.basic_publish("", queue, b"late", now)
    assert contents(channel, queue) == []
    taken = []
    channel.basic_consume(queue, lambda *each: taken.append(each[3]), auto_ack=True)
    channel.basic_publish("", queue, b"in time", now)
    until(connection, lambda: taken)
    assert taken == [b"in time"]


def test_an_unused_queue_expires(connection, channel, unique):
    queue = channel.queue_declare(unique("queue"), arguments={"x-expires": 100}).method.queue
    until(connection, lambda: not is_there(connection, queue))


def test_asking_after_an_expiring_queue_keeps_it_alive(connection, channel, unique):
    fleeting, kept = unique("fleeting"), unique("kept")
    for name in (kept, fleeting):
        channel.queue_declare(name, arguments={"x-expires": 300})

    def gone():
        channel.queue_declare(kept, passive=True)
        return not is_there(connection, fleeting)

    until(connection, gone)
    assert is_there(connection, kept)


def test_a_consumer_keeps_an_expiring_queue_alive(connection, channel, unique):
    fleeting, kept = unique("fleeting"), unique("kept")
    for name in (kept, fleeting):
        channel.queue_declare(name, arguments={"x-expires": 200})
    tag = channel.basic_consume(kept, print)
    until(connection, lambda: not is_there(connection, fleeting))
    assert is_there(connection, kept)
    channel.basic_cancel(tag)
    until(connection, lambda: not is_there(connection, kept))


def test_a_direct_reply_reaches_the_channel_that_asked(connect, channel, queue):
    asking = connect()
    client = asking.channel()
    answers = []
    client.basic_consume(
        "amq.rabbitmq.reply-to", lambda *each: answers.append(each[1:]), auto_ack=True
    )
    request = BasicProperties(reply_to="amq.rabbitmq.reply-to", correlation_id="c")
    client.basic_publish("", queue, b"ask", request)
    until(
        channel.connection, lambda: channel.queue_declare(queue, passive=True).method.message_count
    )
    _, properties, _ = channel.basic_get(queue, auto_ack=True)
    assert properties.reply_to.startswith("amq.rabbitmq.reply-to.")
    found = channel.queue_declare(properties.reply_to, passive=True).method
    assert found.queue == properties.reply_to
    channel.basic_publish("", properties.reply_to, b"answer", BasicProperties(correlation_id="c"))
    until(asking, lambda: answers)
    method, properties, body = answers[0]
    assert (method.exchange, properties.correlation_id, body) == ("", "c", b"answer")
    assert method.redelivered is False


def test_a_direct_reply_to_a_channel_that_is_gone_is_dropped(connect, connection, channel, queue):
    asking = connect()
    client = asking.channel()
    client.basic_consume("amq.rabbitmq.reply-to", print, auto_ack=True)
    client.basic_publish("", queue, b"", BasicProperties(reply_to="amq.rabbitmq.reply-to"))
    until(connection, lambda: channel.queue_declare(queue, passive=True).method.message_count)
    reply_to = channel.basic_get(queue, auto_ack=True)[1].reply_to
    asking.close()

    def refused():
        probe = connection.channel()
        try:
            probe.queue_declare(reply_to, passive=True)
        except ChannelClosedByBroker as error:
            return error.reply_code == 404
        probe.close()
        return False

    until(connection, refused)
    channel.confirm_delivery()
    with pytest.raises(UnroutableError):
        channel.basic_publish("", reply_to, b"late", mandatory=True)


FIELDS = {
    "string": "hare",
    "unicode": "zaječí",
    "empty": "",
    "bytes": b"\x00\xff",
    "true": True,
    "false": False,
    "small": 7,
    "negative": -7,
    "long": 2**40,
    "most negative": -(2**63),
    "decimal": decimal.Decimal("3.14"),
    "time": datetime.datetime(2020, 2, 29, 12, 0, tzinfo=datetime.UTC),
    "none": None,
    "table": {"inner": {"deeper": 1}, "list": [1, "two"]},
    "list": [1, "two", None, [True], {"three": 3}],
    "nothing": {},
    "no items": [],
}


def test_every_field_type_arrives_as_it_was_sent(channel, queue):
    channel.basic_publish("", queue, b"", BasicProperties(headers=FIELDS))
    received = channel.basic_get(queue, auto_ack=True)[1].headers
    moment = received["time"].replace(tzinfo=datetime.UTC)
    assert {**received, "time": moment} == FIELDS


def test_every_field_type_is_taken_as_an_argument(channel, unique):
    arguments = {f"x-test-{name}": value for name, value in FIELDS.items()}
    channel.queue_declare(unique("queue"), arguments=arguments)
    channel.queue_bind(unique("queue"), "amq.headers", "", arguments)
    channel.queue_unbind(unique("queue"), "amq.headers", "", arguments)
