"""A consumer goes on where another object stands for its queue."""

import pytest

from leveret.broker.queues.queue import QueueOptions
from leveret.wire import methods
from tests.session.harness import World


@pytest.fixture
def world():
    world = World()
    world.vhost.create_queue("q", QueueOptions(durable=True), None)
    return world


@pytest.fixture
def channel(world):
    return world.channel()


def replace(world):
    old = world.vhost.queues["q"]
    new = world.vhost.make_queue("q", old.options, 0)
    world.vhost.replace_queue(old, new)
    return new


def test_it_is_served_under_its_tag(world, channel):
    channel.consume("q", "tag")
    new = replace(world)
    channel.fill("q", b"a")
    (delivered,) = channel.take()
    assert (delivered.body, delivered.method.consumer_tag) == (b"a", "tag")
    assert new.tally.unacknowledged == 1
    channel.ack(delivered.tag)
    assert new.tally.unacknowledged == 0


@pytest.mark.parametrize(
    "settle",
    [
        methods.BasicAck,
        lambda tag: methods.BasicAck(tag, multiple=True),
        lambda tag: methods.BasicNack(tag, requeue=True),
        lambda tag: methods.BasicReject(tag, requeue=False),
    ],
)
def test_what_it_holds_makes_room_and_nothing_else(world, channel, settle):
    channel.call(methods.BasicQos(prefetch_count=1))
    channel.fill("q", b"a")
    (held,) = channel.consume("q")
    new = replace(world)
    channel.fill("q", b"b")
    assert channel.take() == []
    channel.say(settle(held.tag))
    assert channel.bodies() == [b"b"]
    assert new.ready.count == 0


def test_what_a_transaction_holds_too(world, channel):
    channel.call(methods.TxSelect())
    channel.call(methods.BasicQos(prefetch_count=1))
    other = world.channel()
    other.fill("q", b"a")
    (held,) = channel.consume("q")
    channel.say(methods.BasicNack(held.tag, requeue=True))
    new = replace(world)
    other.fill("q", b"b")
    assert channel.take() == []
    channel.say(methods.TxCommit())
    ok, delivered = channel.take()
    assert (ok, delivered.body) == (methods.TxCommitOk(), b"b")
    assert (new.ready.count, new.tally.unacknowledged) == (0, 1)


def test_what_basic_get_took_goes_nowhere(world, channel):
    channel.fill("q", b"a")
    held = channel.get()
    new = replace(world)
    channel.say(methods.BasicNack(held.tag, requeue=True))
    assert channel.take() == []
    assert new.ready.count == 0


def test_it_moves_as_often_as_need_be(world, channel):
    channel.call(methods.BasicQos(prefetch_count=2))
    channel.fill("q", b"a")
    (first,) = channel.consume("q")
    replace(world)
    channel.fill("q", b"b")
    (second,) = channel.take()
    new = replace(world)
    channel.fill("q", b"c")
    assert channel.take() == []
    channel.ack(second.tag, multiple=True)
    assert channel.bodies() == [b"c"]
    assert first.tag < second.tag
    assert new.tally.unacknowledged == 1


def test_one_that_wants_to_hear_of_it_is_cancelled(world, channel):
    channel.consume("q", arguments={"x-cancel-on-ha-failover": True})
    new = replace(world)
    assert channel.take() == [methods.BasicCancel("c", nowait=True)]
    assert len(new.consumers) == 0


def test_one_that_wants_the_queue_for_itself_has_it(world, channel):
    channel.consume("q", exclusive=True)
    replace(world)
    close = world.channel().refusal(methods.BasicConsume(queue="q"))
    assert close.reply_text == "ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use"


def test_one_whose_peer_has_enough_is_served_when_it_has_caught_up(world, channel):
    channel.consume("q")
    channel.client.session.pause()
    replace(world)
    world.channel().fill("q", b"a")
    assert world.vhost.queues["q"].ready.count == 1
    channel.client.session.resume()
    assert channel.bodies() == [b"a"]
