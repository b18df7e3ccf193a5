"""A subscription at its channel's end."""

import pytest

from leveret.protocol.limits import Limits
from leveret.wire import codec, frames, methods
from tests.session.harness import World


def consumer_of(channel, tag="c"):
    """The server's own view of a consumer."""
    return channel.client.session.channels[channel.number].consumers[tag]


def test_the_tag_may_be_as_long_as_a_short_string(channel):
    channel.declare()
    tag = "ü" * 127
    channel.consume(tag=tag)
    channel.fill("q", b"x")
    assert channel.take()[0].method.consumer_tag == tag


@pytest.mark.parametrize(("arguments", "priority"), [({}, 0), ({"x-priority": -3}, -3)])
def test_the_priority_is_an_argument(channel, arguments, priority):
    channel.declare()
    channel.consume(arguments=arguments)
    assert consumer_of(channel).priority == priority


def test_a_full_consumer_is_not_ready_and_ready_when_it_settles(channel):
    channel.declare()
    channel.call(methods.BasicQos(prefetch_count=2))
    channel.consume()
    consumer = consumer_of(channel)
    assert (consumer.is_ready, consumer.room) == (True, 2)
    channel.fill("q", b"a", b"b", b"c")
    assert (consumer.is_ready, consumer.room) == (False, 0)
    channel.ack(1)
    assert (consumer.is_ready, consumer.room) == (False, 0)
    channel.ack(3, multiple=True)
    assert (consumer.is_ready, consumer.room) == (True, 2)


def test_of_those_that_have_room_again_at_once_the_highest_priority_goes_first(channel):
    channel.declare()
    channel.call(methods.BasicQos(prefetch_count=1))
    channel.consume(tag="high", arguments={"x-priority": 5})
    channel.consume(tag="low")
    channel.fill("q", b"a", b"b", b"c")
    assert [each.method.consumer_tag for each in channel.take()] == ["high", "low"]
    # The low one's is settled first.
    channel.client.send(
        b"".join(
            frames.encode_frame(frames.METHOD, 1, codec.encode(methods.BasicAck(tag)))
            for tag in (2, 1)
        )
    )
    assert [each.method.consumer_tag for each in channel.take()] == ["high"]


def test_a_consumer_without_acknowledgement_is_never_full(channel):
    channel.declare()
    channel.call(methods.BasicQos(prefetch_count=1))
    channel.consume(no_ack=True)
    channel.fill("q", b"a", b"b", b"c")
    assert channel.bodies() == [b"a", b"b", b"c"]
    assert channel.client.session.channels[1].unacked == {}


def test_two_consumers_may_share_a_channel_and_a_queue(channel):
    channel.declare()
    for tag in ("x", "y"):
        channel.consume(tag=tag)
    channel.fill("q", b"a", b"b", b"c", b"d")
    tags = [(content.method.consumer_tag, content.body) for content in channel.take()]
    assert tags == [("x", b"a"), ("y", b"b"), ("x", b"c"), ("y", b"d")]


def test_one_consumer_may_hear_of_many_addresses(channel):
    channel.declare()
    channel.call(methods.QueueBind(queue="q", exchange="amq.topic", routing_key="#"))
    channel.consume()
    keys = ["a", "b.c", "", "a", "ü" * 127]
    for key in keys:
        channel.publish(b"x", exchange="amq.topic", key=key)
    assert [content.method.routing_key for content in channel.take()] == keys


def test_a_consumer_with_smaller_frames_gets_smaller_frames(world):
    consumer = world.client(tune=(10, 4096, 0)).channel()
    consumer.declare()
    consumer.consume()
    world.channel().publish(b"x" * 9000, key="q")
    (content,) = consumer.take()
    assert (content.body, content.frames_count) == (b"x" * 9000, 3)


def test_a_consumer_without_a_limit_is_ready_whatever_it_holds(channel):
    channel.declare()
    channel.consume()
    channel.fill("q", b"a", b"b", b"c")
    channel.ack(2)
    assert consumer_of(channel).is_ready
    channel.fill("q", b"d")
    assert channel.bodies() == [b"a", b"b", b"c", b"d"]


def test_nobody_waits_for_the_room_of_a_get(channel):
    channel.declare()
    channel.fill("q", b"a", b"b")
    channel.get()
    channel.get()
    channel.say(methods.BasicAck(1), methods.BasicReject(2, requeue=True))
    assert channel.get().body == b"b"


def test_a_full_consumer_on_a_deleted_queue_stands_in_no_line(world, channel):
    channel.declare()
    channel.call(methods.BasicQos(prefetch_count=1))
    channel.consume()
    channel.fill("q", b"a")
    channel.take()
    world.vhost.remove_queue(world.vhost.queues["q"])
    consumer = consumer_of(channel)
    channel.ack(1)
    assert consumer.room == 1
    channel.client.session.pause()
    channel.client.session.resume()
    assert not consumer.queue.consumers.first


def test_a_consumer_on_a_deleted_queue_waits_for_nothing(world, channel):
    channel.declare()
    channel.call(methods.BasicQos(prefetch_count=1))
    channel.consume()
    world.channel().fill("q", b"a", b"b")
    channel.take()
    consumer = consumer_of(channel)
    world.vhost.remove_queue(world.vhost.queues["q"])
    channel.ack(1)
    assert len(world.vhost.queues) == 0
    assert consumer.room == 1
    world.pass_time()
    assert channel.take() == [methods.BasicCancel("c", nowait=True)]


def test_a_long_backlog_is_taken_in_turns():
    world = World()
    channel = world.channel()
    channel.declare()
    channel.fill("q", *[b"x" * 100_000] * 30)
    channel.say(methods.BasicConsume(queue="q", consumer_tag="c"))
    first = len(channel.client.take_turn())
    assert 1_000_000 < first < 1_300_000
    while channel.client.session.connection.output or world.agenda.next_deadline() is not None:
        channel.client.take_turn()
        world.pass_time()
    assert len(channel.client.session.channels[1].unacked) == 30


@pytest.mark.parametrize("no_ack", [True, False])
def test_the_store_hears_what_was_delivered(durable, no_ack):
    channel = durable.channel()
    queue = channel.declare_durable()
    channel.consume(no_ack=no_ack)
    channel.fill_stored("q", b"a")
    channel.fill("q", b"transient")
    store = durable.engine.messages
    if no_ack:
        assert (store.kept, store.marks) == ({}, {})
    else:
        (position,) = store.kept
        assert store.marks == {(queue.number, position): 1}


def test_a_consumer_that_is_ready_does_not_stand_in_line_twice(channel):
    channel.declare()
    channel.consume()
    consumer = consumer_of(channel)
    consumer.reconsider()
    assert list(consumer.queue.consumers.first) == [consumer]


def test_a_consumer_without_prefetch_waits_when_it_holds_as_many_as_it_may():
    world = World(Limits(unacked_max=2))
    channel = world.channel()
    channel.declare("q")
    channel.fill("q", b"a", b"b", b"c", b"d")
    assert [each.body for each in channel.consume("q")] == [b"a", b"b"]
    channel.ack(1)
    assert channel.bodies() == [b"c"]
    channel.ack(3, multiple=True)
    assert channel.bodies() == [b"d"]


def test_a_consumer_that_acknowledges_nothing_is_not_limited():
    channel = World(Limits(unacked_max=2)).channel()
    channel.declare("q")
    channel.fill("q", *[b"x"] * 5)
    assert len(channel.consume("q", no_ack=True)) == 5


def test_getting_more_than_a_channel_may_hold_is_refused():
    channel = World(Limits(unacked_max=2)).channel()
    channel.declare("q")
    channel.fill("q", *[b"x"] * 4)
    for _ in range(2):
        assert channel.get("q")
    assert channel.get("q", no_ack=True)
    close = channel.refusal(methods.BasicGet(queue="q"))
    assert close.reply_code == 406
    assert close.reply_text == (
        "PRECONDITION_FAILED - channel 1 holds 2 unacknowledged messages, as many as unacked_max "
        "allows: acknowledge them before you get more"
    )
