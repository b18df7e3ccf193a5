"""The figures of a channel, as list_channels has them."""

import pytest

from leveret.session.figures import figures
from leveret.wire import methods
from tests.session.harness import World


@pytest.fixture
def channel():
    channel = World().channel()
    channel.declare("q")
    return channel


def told(channel):
    return figures(channel.client.session.channels[channel.number])


def test_a_new_channel_has_nothing(channel):
    found = told(channel)
    assert (found.consumer_count, found.messages_unacknowledged) == (0, 0)
    assert (found.transactional, found.confirm) == (False, False)


def test_consumers_and_what_they_hold_are_counted(channel):
    channel.call(methods.BasicQos(prefetch_count=7))
    channel.consume("q")
    channel.fill("q", b"1", b"2")
    found = told(channel)
    assert (found.consumer_count, found.messages_unacknowledged) == (1, 2)
    assert (found.prefetch_count, found.global_prefetch_count) == (7, 0)


def test_the_limit_of_all_consumers_is_told_whatever_is_out(channel):
    channel.fill("q", b"1")
    channel.get("q")
    channel.consume("q")
    channel.call(methods.BasicQos(prefetch_count=9, global_=True))
    channel.fill("q", b"2")
    assert told(channel).global_prefetch_count == 9


def test_a_transaction_tells_what_it_holds(channel):
    channel.fill("q", b"1", b"2")
    channel.call(methods.TxSelect())
    channel.get("q")
    channel.ack(1)
    channel.publish(b"3", key="q")
    found = told(channel)
    assert (found.transactional, found.messages_uncommitted, found.acks_uncommitted) == (True, 1, 1)
    assert found.messages_unacknowledged == 0


def test_what_waits_for_the_disk_is_unconfirmed():
    world = World(is_durable=True)
    channel = world.channel()
    channel.declare_durable("q")
    channel.call(methods.ConfirmSelect())
    channel.fill_stored("q", b"1", b"2")
    assert (told(channel).confirm, told(channel).messages_unconfirmed) == (True, 2)
    world.sync()
    assert told(channel).messages_unconfirmed == 0
