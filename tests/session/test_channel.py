"""A channel: publishes in, deliveries out, and its end."""

import pytest

from leveret.broker.message import Message
from leveret.wire import codec, frames, methods
from leveret.wire.properties import Properties
from tests.session.harness import World

EXPENSIVE = Properties(content_type="text/plain", headers={"a": 1}, delivery_mode=2)


def method(number, said):
    return frames.encode_frame(frames.METHOD, number, codec.encode(said))


# Contents pass through -------------------------------------------------------------------------


def test_a_content_goes_out_as_the_very_octets_that_came_in(channel):
    channel.declare()
    channel.consume()
    published = channel.published(b"hello", key="q", properties=EXPENSIVE)
    content = published[len(method(1, methods.BasicPublish(routing_key="q"))) :]
    channel.client.send(published)
    deliver = methods.BasicDeliver("c", 1, False, "", "q")
    assert channel.client.take_octets() == method(1, deliver) + content


def test_a_content_goes_out_on_the_channel_of_the_consumer(world):
    publisher = world.channel()
    publisher.declare()
    consumer = world.client().channel(7)
    consumer.consume()
    publisher.publish(b"hello", key="q", properties=EXPENSIVE)
    (content,) = consumer.take()
    assert (content.body, content.properties) == (b"hello", EXPENSIVE)
    assert consumer.client.take_all() == []


def test_a_large_content_that_came_in_pieces_goes_out_whole(channel):
    channel.declare()
    octets = channel.published(b"x" * 300_000, key="q")
    for start in range(0, len(octets), 10_000):
        channel.client.send(octets[start : start + 10_000])
    assert channel.get().body == b"x" * 300_000


def test_an_empty_message_is_a_message(channel):
    channel.declare()
    channel.consume()
    channel.publish(b"", key="q")
    assert channel.bodies() == [b""]


# Delivery tags ---------------------------------------------------------------------------------


def test_tags_rise_over_consumers_and_gets(channel):
    for queue in ("a", "b"):
        channel.declare(queue)
        channel.fill(queue, b"1", b"2")
    tags = [channel.get("a").tag]
    tags += [content.tag for content in channel.consume("a", "x")]
    tags += [content.tag for content in channel.consume("b", "y", no_ack=True)]
    assert tags == [1, 2, 3, 4]


def test_tags_begin_anew_with_the_channel(channel):
    channel.declare()
    channel.fill("q", b"1")
    assert channel.get().tag == 1
    channel.close()
    channel.call(methods.ChannelOpen())
    assert channel.get().tag == 1


# Consumers on many channels --------------------------------------------------------------------


def test_channels_take_turns(world):
    publisher = world.channel()
    publisher.declare()
    consumers = [world.channel() for _ in range(3)]
    for consumer in consumers:
        consumer.consume()
    publisher.fill("q", *[str(number).encode() for number in range(7)])
    assert [consumer.bodies() for consumer in consumers] == [
        [b"0", b"3", b"6"],
        [b"1", b"4"],
        [b"2", b"5"],
    ]


def test_a_full_consumer_leaves_its_turn_to_others(world):
    publisher = world.channel()
    publisher.declare()
    busy, free = world.channel(), world.channel()
    busy.call(methods.BasicQos(prefetch_count=1))
    busy.consume()
    free.consume()
    publisher.fill("q", b"0", b"1", b"2", b"3")
    assert (busy.bodies(), free.bodies()) == ([b"0"], [b"1", b"2", b"3"])


def test_a_requeued_message_may_go_to_another(world):
    publisher = world.channel()
    publisher.declare()
    one = world.channel()
    one.consume()
    publisher.fill("q", b"x")
    other = world.channel()
    other.consume()
    one.say(methods.BasicCancel("c"), methods.BasicReject(1, requeue=True))
    (content,) = other.take()
    assert content.method.redelivered


# Refusals and the end --------------------------------------------------------------------------


def test_a_refusal_closes_the_channel_and_no_other(channel):
    other = channel.client.channel()
    close = channel.refusal(methods.QueueDeclare(queue="q", passive=True))
    assert close.reply_code == 404
    other.declare()
    channel.call(methods.ChannelOpen())
    assert channel.get() is None


def test_what_comes_behind_a_refusal_is_discarded_until_close_ok(channel):
    channel.declare()
    octets = (
        channel.published(b"lost", exchange="nowhere")
        + channel.published(b"lost too", key="q")
        + method(1, methods.QueueDeclare(queue="lost"))
        + method(1, methods.BasicAck(9))
    )
    channel.client.send(octets)
    assert [said.reply_code for said in channel.take()] == [404]
    channel.say(methods.ChannelCloseOk())
    channel.call(methods.ChannelOpen())
    assert channel.count() == 0


def test_a_hard_refusal_closes_the_connection(channel):
    channel.say(methods.BasicConsume(queue="amq.rabbitmq.reply-to", no_ack=True, consumer_tag="c"))
    channel.take()
    channel.say(methods.BasicConsume(queue="q", consumer_tag="c"))
    assert channel.client.closed_with().reply_code == 530


@pytest.mark.parametrize("end", ["close", "refusal", "hang up"])
def test_what_a_channel_held_goes_back_to_its_place_when_it_ends(world, end):
    channel = world.channel()
    channel.declare()
    channel.fill("q", b"a", b"b", b"c")
    channel.get()
    channel.consume()
    channel.ack(2)
    if end == "close":
        channel.close()
    elif end == "refusal":
        channel.refusal(methods.BasicAck(99))
    else:
        channel.client.hang_up()
    other = world.channel()
    found = [other.get(), other.get(), other.get()]
    assert [content and content.body for content in found] == [b"a", b"c", None]
    assert all(content.method.redelivered for content in found[:2])


def test_consumers_go_with_their_channel(world, channel):
    channel.declare()
    channel.consume()
    channel.close()
    queue = world.vhost.queues["q"]
    assert len(queue.consumers) == 0


def test_a_channel_that_ends_leaves_its_siblings_their_deliveries(channel):
    other = channel.client.channel()
    channel.declare()
    channel.consume(tag="one")
    other.consume(tag="other")
    channel.fill("q", b"a", b"b")
    assert channel.bodies() == [b"a"]
    channel.close()
    contents = other.take()
    assert [(content.body, content.method.redelivered) for content in contents] == [
        (b"b", False),
        (b"a", True),
    ]


# Alarms ----------------------------------------------------------------------------------------


def test_a_channel_opened_during_an_alarm_blocks_its_first_publish(world):
    world.broker.alarms.set("memory")
    channel = world.channel()
    channel.declare()
    channel.publish(b"x", key="q")
    channel.publish(b"y", key="q")
    assert channel.client.is_reading_held
    assert channel.client.take(0) == [methods.ConnectionBlocked("low on memory")]
    assert channel.count() == 2


# Cost ------------------------------------------------------------------------------------------


def test_a_message_takes_little_more_than_its_octets():
    """One object of six fields, and nothing decoded; the body and header are one slice."""
    channel = World().channel()
    channel.declare()
    channel.publish(b"x" * 1000, key="q", properties=Properties(delivery_mode=2))
    (message,) = channel.world.vhost.queues["q"].ready.heads()
    assert isinstance(message, Message)
    assert not hasattr(message, "__dict__")
    assert len(message.content) == 8 + 15 + 8 + 1000
