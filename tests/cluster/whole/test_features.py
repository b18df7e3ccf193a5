"""What a queue can do a mirrored one can, used through a node that does not lead it."""

import pika
import pytest

from tests.cluster.whole.nodes import channel_of, count, mirrors_of, publish, until, until_equal

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture
def declare(cluster):
    """A queue at the first node, mirrored to all; its name."""
    first = cluster[0]
    first.ctl("set_policy", "features", "^able", '{"ha-mode":"all","ha-sync-mode":"automatic"}')
    made = []

    def declare(name, **arguments):
        queue = f"able.{name}"
        with channel_of(first) as channel:
            channel.queue_declare(queue, durable=True, arguments=arguments)
        made.append(queue)
        until(lambda: len(mirrors_of(cluster[1], queue)[2]) == 2)
        return queue

    yield declare
    with channel_of(first) as channel:
        for queue in made:
            channel.queue_delete(queue)
    first.ctl("clear_policy", "features")


@pytest.fixture
def other(cluster):
    """A channel with confirms at a node that leads none of these queues."""
    with channel_of(cluster[2]) as channel:
        channel.confirm_delivery()
        yield channel


def say(channel, queue, body, **properties):
    told = pika.BasicProperties(delivery_mode=2, **properties)
    channel.basic_publish("", queue, body, told, mandatory=True)


def take(channel, queue):
    """Body and properties of the next, acked."""
    method, properties, body = channel.basic_get(queue)
    channel.basic_ack(method.delivery_tag)
    return body, properties


def test_priorities(declare, other):
    queue = declare("ranked", **{"x-max-priority": 5})
    for priority in (1, 5, 3):
        say(other, queue, b"%d" % priority, priority=priority)
    assert [take(other, queue)[0] for _ in range(3)] == [b"5", b"3", b"1"]


def test_what_expires_goes_to_the_dead_letter_exchange(declare, other):
    dead = declare("dead")
    arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": dead}
    queue = declare("short-lived", **arguments)
    say(other, queue, b"late", expiration="200")
    until_equal(lambda: message_count(other, dead), 1)
    body, properties = take(other, dead)
    assert body == b"late"
    assert properties.headers["x-death"][0]["reason"] == "expired"
    assert message_count(other, queue) == 0


def message_count(channel, queue):
    return channel.queue_declare(queue, passive=True).method.message_count


def test_a_length_limit_drops_from_the_head(declare, other):
    queue = declare("few", **{"x-max-length": 3})
    for number in range(10):
        say(other, queue, b"%d" % number)
    assert [take(other, queue)[0] for _ in range(3)] == [b"7", b"8", b"9"]
    assert message_count(other, queue) == 0


def test_a_full_one_refuses_where_it_should(declare, other):
    queue = declare("closed", **{"x-max-length": 2, "x-overflow": "reject-publish"})
    say(other, queue, b"1")
    say(other, queue, b"2")
    with pytest.raises(pika.exceptions.NackError):
        say(other, queue, b"3")


def test_a_single_active_consumer(cluster, declare, other):
    """The second one's turn comes when the first is gone, whichever nodes they are on."""
    queue = declare("alone", **{"x-single-active-consumer": True})
    got = []
    with channel_of(cluster[1]) as first:
        first.basic_consume(queue, lambda *told: got.append(told[3]), auto_ack=True)
        other.basic_consume(queue, lambda *told: got.append(told[3]), auto_ack=True)
        publish(cluster[0], queue, [b"to the first"])
        until(lambda: first.connection.process_data_events(0.1) or got)
        other.connection.process_data_events(0.2)
        assert got == [b"to the first"]
    publish(cluster[0], queue, [b"to the second"])
    until(lambda: other.connection.process_data_events(0.1) or len(got) == 2)


def test_prefetch_for_a_whole_channel(cluster, declare, other):
    queue = declare("measured")
    publish(cluster[0], queue, [b"%d" % number for number in range(10)])
    got = []
    other.basic_qos(prefetch_count=4, global_qos=True)
    for _ in range(2):
        other.basic_consume(queue, lambda *told: got.append(told[1].delivery_tag))
    until(lambda: other.connection.process_data_events(0.1) or len(got) == 4)
    other.connection.process_data_events(0.3)
    assert len(got) == 4
    other.basic_ack(got[-1], multiple=True)
    until(lambda: other.connection.process_data_events(0.1) or len(got) == 8)


def test_rejected_and_returned(cluster, declare, other):
    dead = declare("refused")
    arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": dead}
    queue = declare("picky", **arguments)
    publish(cluster[1], queue, [b"again", b"never"])
    method, _, body = other.basic_get(queue)
    assert body == b"again"
    other.basic_nack(method.delivery_tag, requeue=True)
    method, _, body = other.basic_get(queue)
    assert (body, method.redelivered) == (b"again", True)
    other.basic_ack(method.delivery_tag)
    method, _, body = other.basic_get(queue)
    other.basic_reject(method.delivery_tag, requeue=False)
    until_equal(lambda: message_count(other, dead), 1)
    assert take(other, dead)[0] == b"never"


def test_purge_and_delete(cluster, declare, other):
    queue = declare("swept")
    publish(cluster[0], queue, [b"x"] * 20)
    assert other.queue_purge(queue).method.message_count == 20
    publish(cluster[1], queue, [b"y"] * 3)
    assert other.queue_delete(queue).method.message_count == 3
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="no queue"):
        count(cluster[0], queue)


def test_a_transaction(cluster, declare):
    queue = declare("all-or-nothing")
    with channel_of(cluster[2]) as channel:
        channel.tx_select()
        say(channel, queue, b"taken back")
        channel.tx_rollback()
        say(channel, queue, b"said")
        channel.tx_commit()
        assert take(channel, queue)[0] == b"said"
        channel.tx_commit()
        assert message_count(channel, queue) == 0


def test_a_large_message(cluster, declare, other):
    """Larger than a record of the engine's log may be."""
    queue = declare("heavy")
    body = bytes(range(256)) * (6 * 2**20 // 256)
    say(other, queue, body)
    with channel_of(cluster[1]) as channel:
        assert take(channel, queue)[0] == body
