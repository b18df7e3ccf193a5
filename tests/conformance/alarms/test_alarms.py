"""What publishers, consumers, and those who are both, see of an alarm: the same on both brokers."""

import contextlib
import itertools
import socket
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
    client.send(b"".join(published(queue, body, exchange)))


def published(queue, body, exchange="", channel=1):
    """A publish's frames."""
    method = wire.encode_method("basic.publish", {"exchange": exchange, "routing_key": queue})
    frames = [wire.encode_frame(wire.METHOD, channel, method)]
    frames.append(wire.encode_frame(wire.HEADER, channel, wire.encode_header({}, len(body))))
    size = 131_072 - 8
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return frames + [wire.encode_frame(wire.BODY, channel, piece) for piece in pieces]


def said(name, values, channel=1):
    """A method's frame."""
    return wire.encode_frame(wire.METHOD, channel, wire.encode_method(name, values))


def ready_count(stage, queue):
    """How many messages wait, as somebody else sees it."""
    (answer,) = declare(stage.client(), queue, passive=True)
    return int(answer.split("message_count=")[1].split()[0])


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
    # RabbitMQ may say either first: its channels are processes of their own.
    assert BLOCKED in told
    told.remove(BLOCKED)
    assert [line[:19] for line in told] == (["1 channel.close 404"] if exchange else [])


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
    # It says no more, and hears: what is said to who hears nothing ends the connection at once.
    publisher.sock.shutdown(socket.SHUT_WR)
    stage.switch("memory", False)
    consumer = stage.client()
    consume(consumer, queue)
    assert bodies(consumer, 2) == [b"1", b"2"]


def test_a_large_body_stays_outside(stage, queue):
    """What the sockets hold on the way is sent, and no more."""
    publisher = stage.client()
    stage.switch("memory", True)
    octets = b"".join(published(queue, b"x" * 64_000_000))
    publisher.sock.setblocking(False)
    sent = 0
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        try:
            sent += publisher.sock.send(octets[sent : sent + 1_000_000])
        except BlockingIOError:
            time.sleep(0.02)
    assert sent < 32_000_000
    assert overheard(publisher) == [BLOCKED]
    assert ready_count(stage, queue) == 0
    stage.switch("memory", False)
    publisher.sock.settimeout(30)
    publisher.sock.sendall(octets[sent:])
    assert overheard(publisher) == [UNBLOCKED]
    assert ready_count(stage, queue) == 1


def test_of_several_publishes_in_a_chunk_none_counts(stage, queue):
    publisher = stage.client()
    publisher.send_method(1, "confirm.select", {})
    heard(publisher, "confirm.select-ok")
    stage.switch("memory", True)
    chunk = [frame for number in range(3) for frame in published(queue, b"%d" % number)]
    publisher.send(b"".join(chunk))
    assert overheard(publisher) == [BLOCKED]
    assert ready_count(stage, queue) == 0
    stage.switch("memory", False)
    told = overheard(publisher)
    assert told[0] == UNBLOCKED
    assert "delivery_tag=3 " in told[-1]
    consumer = stage.client()
    consume(consumer, queue)
    assert bodies(consumer, 3) == [b"0", b"1", b"2"]


def test_of_several_publishes_without_a_body_the_first_counts(stage, queue):
    publisher = stage.client()
    stage.switch("memory", True)
    publisher.send(b"".join(published(queue, b"") * 3))
    assert overheard(publisher) == [BLOCKED]
    assert ready_count(stage, queue) == 1
    stage.switch("memory", False)
    assert overheard(publisher) == [UNBLOCKED]
    assert ready_count(stage, queue) == 3


def test_what_stood_in_front_of_the_publish_is_answered(stage, queue):
    both = stage.client()
    stage.switch("memory", True)
    passive = said("queue.declare", {"queue": queue, "passive": True})
    both.send(b"".join([passive, *published(queue, b"1"), passive]))
    told = overheard(both)
    assert sorted(line.split()[1] for line in told) == ["connection.blocked", "queue.declare-ok"]
    stage.switch("memory", False)
    unblocked, answer = overheard(both)
    assert unblocked == UNBLOCKED
    assert "queue.declare-ok" in answer
    assert ready_count(stage, queue) == 1


def test_a_method_alone_does_not_block_its_header_does(stage, queue):
    publisher = stage.client()
    stage.switch("memory", True)
    method, header, body = published(queue, b"1")
    publisher.send(method)
    assert overheard(publisher) == []
    publisher.send(header)
    assert overheard(publisher) == [BLOCKED]
    publisher.send(body)
    assert ready_count(stage, queue) == 0
    stage.switch("memory", False)
    assert overheard(publisher) == [UNBLOCKED]
    assert ready_count(stage, queue) == 1


@pytest.mark.parametrize(("frames_before", "count"), [(2, 1), (3, 0)])
def test_an_alarm_in_the_midst_of_a_message_blocks_with_its_next_frame(
    stage, queue, frames_before, count
):
    """The body's last frame makes it whole; with one more to come it has to wait."""
    publisher = stage.client()
    frames = published(queue, b"x" * (100_000 if count else 300_000))
    publisher.send(b"".join(frames[:frames_before]))
    overheard(publisher)
    stage.switch("memory", True)
    assert overheard(publisher) == []
    publisher.send(b"".join(frames[frames_before:]))
    assert overheard(publisher) == [BLOCKED]
    assert ready_count(stage, queue) == count
    stage.switch("memory", False)
    assert overheard(publisher) == [UNBLOCKED]
    assert ready_count(stage, queue) == 1


def test_an_ack_in_a_chunk_with_a_publish_counts_only_in_front_of_it(stage, queue):
    both, other = stage.client(), stage.client()
    for number in range(3):
        publish(other, queue, b"%d" % number)
    declare(other, queue, passive=True)
    consume(both, queue, prefetch=1, no_ack=False)
    assert bodies(both, 1) == [b"0"]
    stage.switch("memory", True)
    acks = [said("basic.ack", {"delivery_tag": tag}) for tag in (1, 2)]
    both.send(b"".join([acks[0], *published("nowhere", b"x"), acks[1]]))
    told = overheard(both)
    assert BLOCKED in told
    assert both.body == b"1"
    stage.switch("memory", False)
    assert overheard(both)[0] == UNBLOCKED
    assert both.body == b"2"


def test_other_channels_wait_too(stage, queue):
    publisher = stage.client()
    publisher.open_channel(2)
    stage.switch("memory", True)
    passive = said("queue.declare", {"queue": queue, "passive": True}, 2)
    publisher.send(b"".join([*published(queue, b"1"), passive]))
    assert overheard(publisher) == [BLOCKED]
    stage.switch("memory", False)
    unblocked, answer = overheard(publisher)
    assert (unblocked, answer[:18]) == (UNBLOCKED, "2 queue.declare-ok")


def test_a_channel_that_waits_for_the_disk_is_blocked_like_any(stage):
    """A durable queue's declare is answered once it is safe; what stands behind it waits."""
    name = f"alarmed-{next(NUMBERS)}"
    publisher = stage.client()
    stage.switch("memory", True)
    durable = said("queue.declare", {"queue": name, "durable": True})
    publisher.send(b"".join([durable, *published(name, b"1"), *published(name, b"2")]))
    told = overheard(publisher)
    assert sorted(line.split()[1] for line in told) == ["connection.blocked", "queue.declare-ok"]
    assert ready_count(stage, name) == 0
    stage.switch("memory", False)
    assert overheard(publisher) == [UNBLOCKED]
    assert ready_count(stage, name) == 2


def test_a_client_that_publishes_and_goes_in_one_chunk_is_let_go_at_the_end(stage, queue):
    publisher = stage.client()
    stage.switch("memory", True)
    close = said("connection.close", {"reply_code": 200}, 0)
    publisher.send(b"".join([*published(queue, b"1"), close]))
    assert overheard(publisher) == [BLOCKED]
    assert ready_count(stage, queue) == 0
    stage.switch("memory", False)
    assert overheard(publisher)[:2] == [UNBLOCKED, "0 connection.close-ok"]
    assert ready_count(stage, queue) == 1


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
