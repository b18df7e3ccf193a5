"""What one connection is sent in one turn."""

import pytest

from leveret.session import allowance as module
from leveret.session.allowance import TURN_BYTES, Allowance
from leveret.wire.methods import BasicConsume
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
