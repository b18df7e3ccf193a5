"""Copies of what is published and delivered, for whoever binds to amq.rabbitmq.trace."""

import pytest

from leveret.broker.bindings import Binding
from leveret.broker.broker import Broker
from leveret.broker.firehose import TRACE_EXCHANGE, Client
from leveret.broker.queues.queue import QueueOptions
from leveret.wire.properties import Properties
from tests.broker.domain import HandClock, bodies, message, random_bytes

CLIENT = Client("127.0.0.1:5000 -> 127.0.0.1:5672", 3, "alice")
NODE = "leveret@burrow"


class Traced:
    """A vhost that is traced, with a queue that takes all copies."""

    def __init__(self, key="#"):
        broker = Broker(HandClock(), random_bytes())
        broker.node = NODE
        self.vhost = broker.add_vhost("/")
        self.tap = self.vhost.create_queue("tap", QueueOptions(), None)
        self.binding = Binding(self.vhost.exchange(TRACE_EXCHANGE), self.tap, key)
        self.vhost.bind(self.binding)
        broker.trace("/", is_on=True)
        self.broker, self.firehose = broker, self.vhost.firehose

    def copies(self):
        taken = []
        while self.tap.ready.count:
            taken.append(self.tap.get()[0])
        return taken

    def copy(self):
        (copy,) = self.copies()
        return copy


@pytest.fixture
def traced():
    return Traced()


def test_what_is_published_is_copied_with_where_it_came_from_and_went(traced):
    original = message("hello", exchange="x", key="k")
    traced.firehose.published(CLIENT, original, ["k", "also"], ["q2", "q1", "q2"])
    copy = traced.copy()
    assert (copy.exchange, copy.routing_key, copy.body) == (TRACE_EXCHANGE, "publish.x", b"hello")
    assert list(copy.headers.items()) == [
        ("exchange_name", "x"),
        ("routing_keys", ["k", "also"]),
        ("properties", {}),
        ("node", NODE),
        ("vhost", "/"),
        ("connection", CLIENT.connection),
        ("channel", 3),
        ("user", "alice"),
        ("routed_queues", ["q1", "q2"]),
    ]
    assert copy.properties == Properties(headers=copy.headers)


def test_what_is_delivered_is_copied_with_the_queue_in_its_key(traced):
    properties = Properties(headers={"CC": ["c", 1]})
    original = message("hello", exchange="x", key="k", properties=properties)
    traced.firehose.delivered(CLIENT, original, "jobs", redelivered=True)
    copy = traced.copy()
    assert (copy.routing_key, copy.body) == ("deliver.jobs", b"hello")
    assert list(copy.headers.items()) == [
        ("exchange_name", "x"),
        ("routing_keys", ["k", "c"]),
        ("properties", {"headers": {"CC": ["c", 1]}}),
        ("node", NODE),
        ("redelivered", 1),
        ("vhost", "/"),
        ("connection", CLIENT.connection),
        ("channel", 3),
        ("user", "alice"),
    ]


def test_properties_are_told_the_last_first(traced):
    told = Properties(
        content_type="a/b", delivery_mode=2, priority=0, timestamp=2**40, cluster_id="c"
    )
    traced.firehose.published(CLIENT, message(properties=told), [""], [])
    assert list(traced.copy().headers["properties"].items()) == [
        ("cluster_id", "c"),
        ("timestamp", 2**40),
        ("priority", 0),
        ("delivery_mode", 2),
        ("content_type", "a/b"),
    ]


def test_a_copy_is_not_copied(traced):
    copy = message("copy", exchange=TRACE_EXCHANGE, key="publish.x")
    traced.firehose.delivered(CLIENT, copy, "tap", redelivered=False)
    traced.firehose.published(CLIENT, copy, ["publish.x"], ["tap"])
    assert traced.copies() == []


def test_copies_nobody_asked_for_are_not_made():
    traced = Traced(key="deliver.jobs")
    for queue in ("jobs", "others"):
        traced.firehose.delivered(CLIENT, message(queue), queue, redelivered=False)
    assert bodies(traced.copies()) == ["jobs"]
    traced.vhost.unbind(traced.binding)
    traced.firehose.delivered(CLIENT, message(), "jobs", redelivered=False)
    assert traced.copies() == []


def test_a_name_too_long_for_a_routing_key_loses_its_end(traced):
    name = "x" * 255
    traced.firehose.published(CLIENT, message(exchange=name), [""], [])
    copy = traced.copy()
    assert copy.routing_key == "publish." + "x" * 247
    assert copy.headers["exchange_name"] == name


def test_an_empty_message_has_an_empty_copy(traced):
    traced.firehose.published(CLIENT, message(""), [""], [])
    assert traced.copy().body == b""
