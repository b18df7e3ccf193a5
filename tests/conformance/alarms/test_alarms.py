"""What publishers, consumers, and those who are both, see of an alarm: the same on both brokers.

One difference is allowed: RabbitMQ stops reading behind the header of the first publish, so that
its body has to wait; Leveret takes that message, and what came in one chunk with it.
"""

import contextlib
import itertools
import time

import pytest

from tests.conformance.protocol import wire
from tests.conformance.raw import Closed

pytestmark = pytest.mark.slow

# Long enough for either broker to have answered, if it were to.
SILENCE_S = 0.5
BLOCKED = "0 connection.blocked reason='low on memory'"
UNBLOCKED = "0 connection.unblocked"
NUMBERS = itertools.count(1)


@pytest.fixture
def queue(stage):
    """A durable queue of this test alone."""
    name = f"alarmed-{next(NUMBERS)}"
    client = stage.client()
    declare(client, name)
    client.hang_up()
    return name


def declare(client, queue, **options):
    client.send_method(1, "queue.declare", {"queue": queue, "durable": True, **options})
    return heard(client, "queue.declare-ok")


def publish(client, queue, body, exchange=""):
    method = wire.encode_method("basic.publish", {"exchange": exchange, "routing_key": queue})
    frames = [wire.encode_frame(wire.METHOD, 1, method)]
    frames.append(wire.encode_frame(wire.HEADER, 1, wire.encode_header({}, len(body))))
    if body:
        frames.append(wire.encode_frame(wire.BODY, 1, body))
    client.send(b"".join(frames))


def consume(client, queue, *, prefetch=0, no_ack=True):
    client.send_method(1, "basic.qos", {"prefetch_count": prefetch})
    client.send_method(1, "basic.consume", {"queue": queue, "no_ack": no_ack})
    heard(client, "basic.consume-ok")


def heard(client, *methods):
    """What it is told up to one of these methods."""
    client.transcript.clear()
    client.receive_until(*methods, channel=1)
    return list(client.transcript)


def overheard(client):
    """What it is told until there is silence."""
    client.transcript.clear()
    with contextlib.suppress(Closed):
        while client.receive(SILENCE_S):
            pass
    return list(client.transcript)


def bodies(client, count):
    """The first octets of the next `count` bodies."""
    found = []
    while len(found) < count:
        frame = client.receive()
        assert frame is not None, found
        if frame.kind == wire.BODY:
            found.append(frame.payload)
    return found


def test_a_publisher_is_told_once_and_released_when_all_is_clear(stage, queue):
    publisher = stage.client()
    stage.switch("memory", True)
    assert overheard(publisher) == []
    publish(publisher, queue, b"1")
    assert overheard(publisher) == [BLOCKED]
    publish(publisher, queue, b"2")
    stage.switch("disk", True)
    stage.switch("memory", False)
    assert overheard(publisher) == []
    stage.switch("disk", False)
    assert overheard(publisher) == [UNBLOCKED]
    consumer = stage.client()
    consume(consumer, queue)
    assert bodies(consumer, 2) == [b"1", b"2"]


def test_both_resources_are_named(stage, queue):
    publisher = stage.client()
    stage.switch("memory", True)
    stage.switch("disk", True)
    publish(publisher, queue, b"1")
    assert overheard(publisher) == ["0 connection.blocked reason='low on disk & memory'"]


def test_an_alarm_that_comes_again_blocks_with_the_next_publish(stage, queue):
    publisher = stage.client()
    stage.switch("memory", True)
    publish(publisher, queue, b"1")
    assert overheard(publisher) == [BLOCKED]
    stage.switch("memory", False)
    stage.switch("memory", True)
    assert overheard(publisher) == [UNBLOCKED]
    publish(publisher, queue, b"2")
    assert overheard(publisher) == [BLOCKED]


def test_consumers_go_on(stage, queue):
    publisher, consumer = stage.client(), stage.client()
    for number in range(5):
        publish(publisher, queue, b"%d" % number)
    declare(publisher, queue, passive=True)
    stage.switch("memory", True)
    consume(consumer, queue, prefetch=1, no_ack=False)
    for number in range(5):
        assert bodies(consumer, 1) == [b"%d" % number]
        consumer.send_method(1, "basic.ack", {"delivery_tag": number + 1})
    assert declare(consumer, queue) == [
        f"1 queue.declare-ok queue={queue!r} message_count=0 consumer_count=1"
    ]


def test_who_publishes_and_consumes_gets_deliveries_but_its_acks_are_not_read(stage, queue):
    both = stage.client()
    other = stage.client()
    consume(both, queue, prefetch=1, no_ack=False)
    for number in range(2):
        publish(other, queue, b"%d" % number)
    stage.switch("memory", True)
    assert bodies(both, 1) == [b"0"]
    publish(both, "nowhere", b"x")
    assert overheard(both) == [BLOCKED]
    both.send_method(1, "basic.ack", {"delivery_tag": 1})
    assert overheard(both) == []
    stage.switch("memory", False)
    assert bodies(both, 1) == [b"1"]


def test_a_blocked_connection_is_still_written_to(stage, queue):
    both, other = stage.client(), stage.client()
    consume(both, queue)
    declare(other, queue, passive=True)
    stage.switch("memory", True)
    publish(both, "nowhere", b"x")
    assert overheard(both) == [BLOCKED]
    stage.switch("memory", False)
    publish(other, queue, b"1")
    assert bodies(both, 1) == [b"1"]


def test_whoever_comes_during_an_alarm_may_do_all_but_publish(stage, queue):
    stage.switch("disk", True)
    late = stage.client()
    assert "queue.declare-ok" in declare(late, queue)[-1]
    publish(late, queue, b"1")
    assert overheard(late) == ["0 connection.blocked reason='low on disk'"]
    late.send_method(1, "queue.declare", {"queue": queue, "passive": True})
    assert overheard(late) == []
    stage.switch("disk", False)
    unblocked, answer = overheard(late)
    assert unblocked == UNBLOCKED
    assert "queue.declare-ok" in answer


def test_who_does_not_know_of_blocking_is_blocked_in_silence(stage, queue):
    publisher = stage.client(capabilities={})
    stage.switch("memory", True)
    publish(publisher, queue, b"1")
    assert overheard(publisher) == []
    publisher.send_method(1, "queue.declare", {"queue": queue, "passive": True})
    assert overheard(publisher) == []
    stage.switch("memory", False)
    (answer,) = overheard(publisher)
    assert "queue.declare-ok" in answer


def test_nothing_is_lost_or_confirmed_twice(stage, queue):
    publisher = stage.client()
    publisher.send_method(1, "confirm.select", {})
    heard(publisher, "confirm.select-ok")
    stage.switch("memory", True)
    publish(publisher, queue, b"0")
    told = overheard(publisher)
    assert BLOCKED in told
    for number in range(1, 10):
        publish(publisher, queue, b"%d" % number)
    stage.switch("memory", False)
    told += overheard(publisher)
    assert [line for line in told if "connection" in line] == [BLOCKED, UNBLOCKED]
    acks = [line for line in told if "basic.ack" in line]
    assert "delivery_tag=10 " in acks[-1]
    consumer = stage.client()
    consume(consumer, queue)
    assert bodies(consumer, 10) == [b"%d" % number for number in range(10)]


@pytest.mark.parametrize("exchange", ["", "absent"])
def test_a_publish_that_leads_nowhere_blocks_too(stage, exchange):
    publisher = stage.client()
    stage.switch("memory", True)
    publish(publisher, "nowhere", b"", exchange)
    told = overheard(publisher)
    assert told[0] == BLOCKED
    assert [line[:19] for line in told[1:]] == (["1 channel.close 404"] if exchange else [])


def test_a_publish_in_a_transaction_blocks_too(stage, queue):
    publisher = stage.client()
    publisher.send_method(1, "tx.select", {})
    heard(publisher, "tx.select-ok")
    stage.switch("memory", True)
    publish(publisher, queue, b"1")
    assert overheard(publisher) == [BLOCKED]
    publisher.send_method(1, "tx.commit", {})
    assert overheard(publisher) == []
    stage.switch("memory", False)
    assert overheard(publisher) == [UNBLOCKED, "1 tx.commit-ok"]


def test_a_blocked_client_that_wants_to_go_has_to_wait(stage, queue):
    publisher = stage.client()
    stage.switch("memory", True)
    publish(publisher, queue, b"1")
    assert overheard(publisher) == [BLOCKED]
    publisher.send_method(0, "connection.close", {"reply_code": 200})
    assert overheard(publisher) == []
    stage.switch("memory", False)
    assert overheard(publisher)[:2] == [UNBLOCKED, "0 connection.close-ok"]


def test_a_client_that_goes_while_it_is_blocked_leaves_what_it_published(stage, queue):
    publisher = stage.client()
    publish(publisher, queue, b"1")
    declare(publisher, queue, passive=True)
    stage.switch("memory", True)
    publish(publisher, queue, b"2")
    assert overheard(publisher) == [BLOCKED]
    publisher.hang_up()
    stage.switch("memory", False)
    consumer = stage.client()
    consume(consumer, queue)
    assert bodies(consumer, 2) == [b"1", b"2"]


def test_a_blocked_client_need_not_send_heartbeats_but_gets_them(stage, queue):
    publisher = stage.client(heartbeat=1)
    stage.switch("memory", True)
    publish(publisher, queue, b"1")
    told = silent_for(publisher, 4)
    assert told.count(BLOCKED) == 1
    assert set(told) == {BLOCKED, "0 heartbeat"}
    assert told.count("0 heartbeat") >= 3
    stage.switch("memory", False)
    told = silent_for(publisher, 5)
    assert [line for line in told if line != "0 heartbeat"] == [UNBLOCKED, "end of stream"]


def silent_for(client, seconds):
    """What it is told within so long, while it says nothing."""
    client.transcript.clear()
    deadline = time.monotonic() + seconds
    with contextlib.suppress(Closed):
        while (left := deadline - time.monotonic()) > 0:
            client.receive(left)
    return list(client.transcript)
