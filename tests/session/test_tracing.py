"""What channels tell the firehose, and that they tell it nothing while nobody traces."""

import pytest

from leveret.session.consumer import Consumer, TracedConsumer
from leveret.wire import methods
from leveret.wire.properties import Properties
from tests.session.harness import Content

TRACE = "amq.rabbitmq.trace"


@pytest.fixture
def traced(world):
    """Switch tracing; a channel that is given the copies."""
    tap = world.channel()
    tap.declare("tap")
    tap.call(methods.QueueBind(queue="tap", exchange=TRACE, routing_key="#"))
    tap.consume("tap", no_ack=True)
    world.broker.trace("/", is_on=True)
    return tap


def told(tap):
    """Key and body of the copies so far."""
    return [(each.method.routing_key, each.body) for each in tap.take()]


def test_every_publish_is_copied_also_to_an_address_that_was_seen_before(traced, channel):
    channel.declare("q")
    channel.fill("q", b"a", b"b", b"c")
    assert told(traced) == [("publish.", b"a"), ("publish.", b"b"), ("publish.", b"c")]


def test_a_copy_says_who_published_it(traced, world):
    channel = world.client().channel(7)
    channel.declare("q")
    channel.publish(b"x", key="q")
    (copy,) = traced.take()
    headers = copy.properties.headers
    assert {name: headers[name] for name in ("connection", "channel", "user")} == {
        "connection": "peer",
        "channel": 7,
        "user": "guest",
    }
    assert headers["routed_queues"] == ["q"]


def test_an_address_is_remembered_again_once_nobody_traces(traced, world, channel):
    channel.declare("q")
    channel.fill("q", b"a")
    assert channel.client.session.access.routes == {}
    world.broker.trace("/", is_on=False)
    channel.fill("q", b"b")
    assert len(channel.client.session.access.routes) == 1
    assert told(traced) == [("publish.", b"a")]


def test_routes_remembered_before_are_forgotten(world, channel):
    channel.declare("q")
    channel.fill("q", b"a")
    assert channel.client.session.access.routes
    world.broker.trace("/", is_on=True)
    assert not channel.client.session.access.routes


def test_the_default_exchange_is_said_to_reach_whatever_is_asked_but_no_direct_reply(
    traced, channel
):
    channel.consume("amq.rabbitmq.reply-to", "r", no_ack=True)
    name = channel.client.session.channels[channel.number].direct_reply.name
    channel.publish(b"x", key=name, properties=Properties(headers={"CC": ["none"]}))
    (copy,) = traced.take()
    assert copy.properties.headers["routing_keys"] == [name, "none"]
    assert copy.properties.headers["routed_queues"] == ["none"]


def test_an_exchange_is_said_to_reach_the_queues_that_get_it(traced, channel):
    channel.declare("a")
    channel.declare("b")
    for name in ("b", "a"):
        channel.call(methods.QueueBind(queue=name, exchange="amq.fanout"))
    channel.publish(b"x", exchange="amq.fanout", key="k")
    (copy,) = traced.take()
    assert copy.method.routing_key == "publish.amq.fanout"
    assert copy.properties.headers["routed_queues"] == ["a", "b"]


def test_a_consumer_from_before_and_one_from_after_are_both_traced(world, channel):
    for name in ("before", "after"):
        channel.declare(name)
    channel.consume("before", "b")
    world.broker.trace("/", is_on=True)
    channel.consume("after", "a")
    consumers = channel.client.session.channels[channel.number].consumers
    assert [type(each) for each in consumers.values()] == [TracedConsumer, TracedConsumer]
    world.broker.trace("/", is_on=False)
    assert [type(each) for each in consumers.values()] == [Consumer, Consumer]
    channel.fill("before", b"x")
    assert channel.bodies() == [b"x"]


def test_a_delivery_is_copied_after_it(traced, channel):
    channel.declare("q")
    channel.consume("q", no_ack=True)
    channel.fill("q", b"x")
    assert told(traced) == [("publish.", b"x"), ("deliver.q", b"x")]
    assert channel.bodies() == [b"x"]


def test_a_get_is_copied_and_knows_of_a_redelivery(traced, channel):
    channel.declare("q")
    channel.fill("q", b"x")
    channel.get("q")
    channel.say(methods.BasicReject(1, requeue=True))
    channel.get("q")
    copies = [each for each in traced.take() if isinstance(each, Content)]
    assert [each.properties.headers.get("redelivered") for each in copies] == [None, 0, 1]


def test_what_a_transaction_publishes_is_copied_before_its_commit(traced, channel):
    channel.declare("q")
    channel.call(methods.TxSelect())
    channel.fill("q", b"x")
    assert told(traced) == [("publish.", b"x")]
    channel.call(methods.TxCommit())
    assert told(traced) == []


def test_a_queue_that_is_its_own_tap_does_not_go_round_in_circles(world, channel):
    channel.declare("q")
    channel.call(methods.QueueBind(queue="q", exchange=TRACE, routing_key="#"))
    world.broker.trace("/", is_on=True)
    channel.consume("q", no_ack=True)
    channel.fill("q", b"x")
    keys = [each.method.routing_key for each in channel.take()]
    assert keys == ["publish.", "q", "deliver.q"]


def test_another_vhost_is_not_traced(traced, world):
    world.broker.add_vhost("other")
    world.broker.set_permission("guest", "other")
    other = world.client(vhost="other").channel()
    other.declare("q")
    other.fill("q", b"x")
    assert told(traced) == []
