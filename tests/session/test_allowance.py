"""What one connection is sent in one turn."""

import pytest

from leveret.session import allowance as module
from leveret.session.allowance import TURN_BYTES, Allowance
from leveret.wire import codec, frames
from leveret.wire.methods import (
    BasicAck,
    BasicConsume,
    BasicGet,
    ConfirmSelect,
    ConnectionClose,
    ConnectionCloseOk,
)
from tests.session.harness import World


def test_an_allowance_is_renewed_whole():
    allowance = Allowance()
    allowance.octets -= TURN_BYTES + 7
    allowance.renew()
    assert allowance.octets == TURN_BYTES


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr(module, "TURN_BYTES", 10_000)
    return World()


def test_many_long_queues_do_not_come_at_once(world):
    channel = world.channel()
    for number in range(20):
        channel.declare(f"q{number}")
        channel.fill(f"q{number}", b"x" * 1000, b"y" * 1000)
    for number in range(20):
        channel.say(BasicConsume(queue=f"q{number}", consumer_tag=f"c{number}", no_ack=True))
    turns = []
    while channel.client.session.connection.output:
        turns.append(len(channel.client.take_turn()))
    assert len(turns) >= 4
    assert max(turns) < 14_000
    assert sum(turns) > 40_000


def test_others_take_what_one_has_had_enough_of(world):
    publisher, one, other = world.channel(), world.channel(), world.channel()
    publisher.declare()
    for consumer in (one, other):
        consumer.consume(no_ack=True)
    publisher.fill("q", *[b"x" * 6000] * 6)
    assert publisher.count() > 0
    assert len(one.take()) + len(other.take()) == 6


def test_a_new_turn_does_not_wake_a_peer_that_is_slow(world):
    channel = world.channel()
    channel.declare()
    channel.consume()
    channel.client.session.pause()
    channel.client.session.renew_allowance()
    world.channel().fill("q", b"x")
    assert channel.take() == []
    channel.client.session.resume()
    assert channel.bodies() == [b"x"]


def gets(count):
    get = codec.encode(BasicGet(queue="q", no_ack=True))
    return frames.encode_frame(frames.METHOD, 1, get) * count


def test_answers_count_too_and_further_requests_wait(world):
    channel = world.channel()
    channel.declare()
    channel.fill("q", *[b"x" * 4000] * 8)
    client = channel.client
    client.send(gets(7))
    assert client.is_reading_held
    turns = [len(client.take_turn())]
    while client.session.connection.output:
        turns.append(len(client.take_turn()))
    assert turns == [pytest.approx(12_200, abs=200)] * 2 + [pytest.approx(4_060, abs=60)]
    assert not client.is_reading_held
    assert channel.count() == 1


def test_requests_of_a_peer_that_is_slow_wait_until_it_has_caught_up(world):
    channel = world.channel()
    channel.declare()
    channel.fill("q", *[b"x" * 4000] * 8)
    session = channel.client.session
    channel.client.send(gets(7))
    session.pause()
    assert len(channel.take()) == 3
    assert channel.client.is_reading_held
    session.resume()
    assert len(channel.take()) == 4
    assert not channel.client.is_reading_held


def test_what_was_published_behind_a_request_that_waits_is_confirmed_in_its_turn(world):
    channel = world.channel()
    channel.declare()
    channel.call(ConfirmSelect())
    channel.fill("q", *[b"x" * 4000] * 5)
    channel.take()
    channel.client.send(gets(4) + channel.published(b"y", key="q"))
    first, *rest = channel.take()
    assert first.body == b"x" * 4000
    assert rest[-1] == BasicAck(6)


def test_a_peer_that_closes_while_its_requests_wait_is_answered(world):
    channel = world.channel()
    channel.declare()
    channel.fill("q", *[b"x" * 4000] * 5)
    close = frames.encode_frame(frames.METHOD, 0, codec.encode(ConnectionClose()))
    channel.client.send(gets(4) + close)
    assert channel.client.take_all()[-1] == (0, ConnectionCloseOk())
