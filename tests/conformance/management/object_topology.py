"""The same things over AMQP on both brokers: queues of every kind, consumers, messages waiting and
out, bindings. In the vhost `obv`, which has to be there with its policies."""

import contextlib
from collections.abc import Iterator

import pika

VHOST = "obv"
POLICIES = (
    'PUT /policies/obv/pol {"pattern": "^pol", "definition": {"max-length": 100}}',
    'PUT /operator-policies/obv/opol {"pattern": "^pol", "definition": {"max-length": 50}}',
)
# Of each queue that is listed: its flags, its arguments.
QUEUES = {
    "durable": ({"durable": True}, {}),
    "transient": ({}, {}),
    "exclusive": ({"exclusive": True}, {}),
    "auto": ({"auto_delete": True}, {}),
    "counted": ({"durable": True}, {}),
    "priority": ({"durable": True}, {"x-max-priority": 5}),
    "single": ({"durable": True}, {"x-single-active-consumer": True}),
    "quorum": ({"durable": True}, {"x-queue-type": "quorum", "x-delivery-limit": 3}),
    "quorum-single": (
        {"durable": True},
        {"x-queue-type": "quorum", "x-single-active-consumer": True},
    ),
    "stream": ({"durable": True}, {"x-queue-type": "stream", "x-max-age": "1h"}),
    "pol-queue": ({"durable": True}, {}),
    "arguments": (
        {"durable": True},
        {
            "x-message-ttl": 600000,
            "x-max-length": 5,
            "x-dead-letter-exchange": "amq.fanout",
            "x-overflow": "reject-publish",
            "x-expires": 1000000,
            "x-queue-mode": "lazy",
            "other": [1, "x", True, None, {"octets": b"\xff\xfe"}],
        },
    ),
}
EXCHANGES = {
    "alternate": ("direct", {"durable": True}, {"alternate-exchange": "amq.fanout", "z": 1}),
    "auto-x": ("fanout", {"auto_delete": True}, {}),
    "inner": ("topic", {"durable": True, "internal": True}, {}),
    "pol-x": ("headers", {"durable": True}, {}),
}
# Of each consumer: its queue, its tag, what else basic.consume says of it.
CONSUMERS = (
    ("durable", "first", {"arguments": {"x-priority": 2, "of": "mine"}}),
    ("transient", "no-ack", {"auto_ack": True}),
    ("auto", "alone", {"exclusive": True}),
    ("single", "active", {}),
    ("single", "waiting", {}),
    ("quorum", "q", {}),
    ("quorum-single", "qs", {}),
    ("stream", "reader", {"arguments": {"x-stream-offset": "first"}}),
)
PERSISTENT = pika.BasicProperties(delivery_mode=2)
MESSAGES = (
    ("durable", b"ten octets", pika.BasicProperties(delivery_mode=2, timestamp=1700000000)),
    ("transient", b"hello", pika.BasicProperties()),
    ("counted", b"p", PERSISTENT),
    ("counted", b"transient", pika.BasicProperties()),
    ("pol-queue", b"p", PERSISTENT),
    ("priority", b"p", pika.BasicProperties(delivery_mode=2, priority=3)),
    ("quorum", b"q", PERSISTENT),
    ("quorum-single", b"q", PERSISTENT),
    ("stream", b"s", PERSISTENT),
)
COUNT = 7
PREFETCH = 3


@contextlib.contextmanager
def topology(url: str) -> Iterator[None]:
    """All of it, as long as the block lasts. url: of the broker's AMQP."""
    place = pika.URLParameters(url)
    place.virtual_host = VHOST
    with connected(place) as makes, connected(place) as consumes:
        channel = makes.channel()
        _declare(channel)
        _publish(channel)
        _consume(consumes)
        yield


@contextlib.contextmanager
def connected(place: pika.URLParameters) -> Iterator[pika.BlockingConnection]:
    connection = pika.BlockingConnection(place)
    try:
        yield connection
    finally:
        # What it has not looked at it would give back, and a stream's messages can't be.
        connection.process_data_events(0.1)
        connection.close()


def _declare(channel) -> None:
    for name, (flags, arguments) in QUEUES.items():
        channel.queue_declare(name, arguments=arguments, **flags)
    for name, (kind, flags, arguments) in EXCHANGES.items():
        channel.exchange_declare(name, kind, arguments=arguments, **flags)
    for key in ("key", "~é /x", "~", ""):
        channel.queue_bind("durable", "amq.direct", key)
    channel.queue_bind("durable", "amq.headers", "", {"x-match": "all", "a": 1, "b": "x"})
    nested = {"x-match": "any", "l": [1, 2], "t": {"q": True}, "o": b"\xff"}
    channel.queue_bind("durable", "amq.headers", "k", nested)
    channel.exchange_bind("alternate", "amq.topic", "a.#")
    channel.exchange_bind("inner", "alternate", "e", {"n": 1})


def _publish(channel) -> None:
    channel.confirm_delivery()
    for _ in range(COUNT):
        for name, body, properties in MESSAGES:
            channel.basic_publish("", name, body, properties)
    channel.basic_publish("amq.direct", "key", b"by a binding", PERSISTENT)
    channel.basic_publish("amq.topic", "nowhere", b"lost")
    channel.basic_get("counted", auto_ack=True)
    method, _, _ = channel.basic_get("counted")
    channel.basic_ack(method.delivery_tag)
    method, _, _ = channel.basic_get("counted")
    channel.basic_nack(method.delivery_tag)
    channel.basic_get("counted")
    channel.basic_get("arguments")


def _consume(connection) -> None:
    channel = connection.channel()
    channel.basic_qos(prefetch_count=PREFETCH)
    for queue, tag, more in CONSUMERS:
        channel.basic_consume(queue, lambda *_: None, consumer_tag=tag, **more)
    connection.process_data_events(0.5)
