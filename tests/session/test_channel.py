"""A channel: publishes in, deliveries out, and its end."""

import pytest

from leveret.broker.message import Message
from leveret.broker.queues.queue import QueueOptions
from leveret.wire import codec, frames, methods
from leveret.wire.properties import Properties
from tests.session.harness import PERSISTENT, World

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


# A limit for all consumers together ------------------------------------------------------------


@pytest.fixture
def limited(channel):
    """A channel with room for three deliveries, two consumers, and five messages waiting."""
    channel.declare()
    channel.call(methods.BasicQos(prefetch_count=3, global_=True))
    channel.consume(tag="x")
    channel.consume(tag="y")
    channel.fill("q", *[b"%d" % number for number in range(5)])
    return channel


def test_a_channel_that_is_full_gets_no_more_until_it_settles(limited):
    assert limited.bodies() == [b"0", b"1", b"2"]
    limited.ack(1)
    limited.say(methods.BasicNack(3, multiple=True))
    assert limited.bodies() == [b"3", b"4"]


def test_the_limit_of_a_channel_and_of_a_consumer_hold_both(channel):
    channel.declare()
    channel.call(methods.BasicQos(prefetch_count=2))
    channel.call(methods.BasicQos(prefetch_count=3, global_=True))
    channel.consume()
    channel.fill("q", *[b"%d" % number for number in range(5)])
    assert channel.bodies() == [b"0", b"1"]
    channel.consume(tag="second")
    channel.ack(2, multiple=True)
    assert channel.bodies() == [b"3", b"4"]


def test_a_limit_for_consumers_to_come_lifts_that_of_the_channel(limited):
    limited.take()
    limited.say(methods.BasicQos(prefetch_count=9))
    assert [getattr(said, "body", said) for said in limited.take()] == [
        methods.BasicQosOk(),
        b"3",
        b"4",
    ]


def test_lifting_the_limit_lets_all_through(limited):
    limited.take()
    limited.say(methods.BasicQos(prefetch_count=0, global_=True))
    assert [getattr(said, "body", said) for said in limited.take()] == [
        methods.BasicQosOk(),
        b"3",
        b"4",
    ]


def test_a_queue_that_goes_takes_its_consumers_along(world, limited):
    limited.take()
    world.channel().call(methods.QueueDelete(queue="q"))
    world.pass_time()
    assert limited.take() == [
        methods.BasicCancel("x", nowait=True),
        methods.BasicCancel("y", nowait=True),
    ]
    limited.ack(1)
    assert limited.call(methods.BasicCancel("x")) == methods.BasicCancelOk("x")


def test_a_client_that_does_not_understand_is_not_told_that_its_queue_goes(world):
    channel = world.client(capabilities={}).channel()
    channel.declare()
    channel.consume()
    world.vhost.remove_queue(world.vhost.queues["q"])
    world.pass_time()
    assert channel.take() == []


def test_a_cancelled_consumer_is_not_told_that_its_queue_goes(world, limited):
    limited.take()
    limited.say(methods.QueueDelete(queue="q"), methods.BasicCancel("x"))
    world.pass_time()
    *_, last = limited.take()
    assert last == methods.BasicCancel("y", nowait=True)


# Settling --------------------------------------------------------------------------------------


def test_a_channel_settles_one_or_all_up_to_a_tag(channel):
    channel.declare()
    channel.consume()
    channel.fill("q", b"0", b"1", b"2", b"3", b"4")
    held = channel.client.session.channels[1].unacked
    channel.ack(2)
    assert list(held) == [1, 3, 4, 5]
    channel.ack(3, multiple=True)
    assert list(held) == [4, 5]
    channel.say(methods.BasicReject(5))
    assert list(held) == [4]
    channel.say(methods.BasicNack(4, requeue=True))
    assert list(held) == [6]


def test_in_a_transaction_what_is_settled_waits_for_the_commit(world, channel):
    channel.declare()
    channel.call(methods.TxSelect())
    world.channel().fill("q", b"0", b"1")
    channel.consume()
    channel.ack(1)
    channel.ack(2, multiple=True)
    channel.close()
    assert world.channel().count() == 2


def test_publishes_are_counted_when_they_are_to_be_confirmed(channel):
    channel.declare()
    channel.call(methods.ConfirmSelect())
    channel.client.send(channel.published(b"a", key="q") + channel.published(b"b", key="q"))
    assert channel.take() == [methods.BasicAck(2, multiple=True)]


def test_an_answer_is_left_out_with_nowait(channel):
    channel.say(methods.QueueDeclare(queue="q", nowait=True))
    assert channel.take() == []


def test_what_a_client_says_that_only_a_server_may_costs_the_connection(channel):
    channel.say(methods.QueueDeclareOk("q"))
    assert channel.client.closed_with().reply_code == 503


def test_answers_to_get_move_to_the_channel_that_asks(world, channel):
    world.channel().declare()
    world.client().channel(9).fill("q", b"x" * 9000)
    assert channel.get().body == b"x" * 9000


def test_a_reply_consumer_ends_with_its_channel(world, channel):
    channel.consume("amq.rabbitmq.reply-to", "r", no_ack=True)
    channel.call(methods.BasicCancel("r"))
    channel.consume("amq.rabbitmq.reply-to", "r", no_ack=True)
    channel.close()
    assert world.vhost.reply_consumers._waiting == {}


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


@pytest.mark.parametrize("is_on_first", [True, False])
def test_a_channel_opened_before_or_during_an_alarm_blocks_its_first_publish(world, is_on_first):
    client = world.client()
    channel = None if is_on_first else client.channel()
    world.broker.alarms.set("memory")
    channel = channel or client.channel()
    channel.declare()
    channel.publish(b"x", key="q")
    assert client.is_reading_held
    assert client.take(0) == [methods.ConnectionBlocked("low on memory")]
    assert world.vhost.queues["q"].ready.count == 0


# What the disk has to have ---------------------------------------------------------------------


def test_a_persistent_message_is_stored_for_its_durable_queues_before_they_get_it(durable):
    channel = durable.channel()
    queue = channel.declare_durable()
    channel.consume(no_ack=True)
    stored = durable.engine.messages
    for _ in range(2):
        # Not the first of its kind: it is published without a further look.
        channel.fill_stored("q", b"a")
        assert channel.bodies() == [b"a"]
        assert stored.kept == {}
    channel.say(methods.BasicCancel("c"))
    channel.client.send(channel.published(b"b", key="q", properties=PERSISTENT) * 2)
    (position, message), _second = stored.kept.items()
    assert message.is_stored
    assert stored.positions(queue.number)[0] == position
    channel.fill("q", b"transient")
    assert len(stored.kept) == 2


@pytest.mark.parametrize("multiple", [True, False])
def test_what_is_acknowledged_is_settled_in_the_store(durable, multiple):
    channel = durable.channel()
    channel.declare_durable()
    channel.consume()
    channel.fill_stored("q", b"a")
    assert len(durable.engine.messages.kept) == 1
    channel.ack(1, multiple=multiple)
    assert durable.engine.messages.kept == {}


def test_what_is_not_safe_when_the_channel_ends_is_not_confirmed(durable):
    channel = durable.channel()
    channel.declare_durable()
    channel.call(methods.ConfirmSelect())
    channel.fill_stored("q", b"a")
    channel.close()
    durable.sync()
    assert channel.take() == []


def test_an_answer_waits_for_what_the_method_changed(durable):
    channel = durable.channel()
    channel.say(methods.QueueDeclare(queue="d", durable=True), methods.BasicGet(queue="d"))
    assert channel.take() == []
    durable.sync()
    assert channel.take() == [methods.QueueDeclareOk("d", 0, 0), methods.BasicGetEmpty()]


def test_an_answer_may_wait_for_something_else():
    world = World()
    channel = world.channel()
    waits = []
    queue = world.vhost.create_queue("slow", QueueOptions(), None)
    world.vhost.queues["slow"] = SlowQueue(queue, waits)
    channel.say(methods.BasicGet(queue="slow"))
    assert channel.take() == []
    world.vhost.queues["slow"] = queue
    waits.pop()()
    assert channel.take() == [methods.BasicGetEmpty()]


class SlowQueue:
    """Stands before a queue whose first message is still being read."""

    is_loading = True

    def __init__(self, queue, waits):
        self.owner = queue.owner
        self.when_loaded = waits.append

    def get(self):
        return None


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
