"""What a broker that was killed knows again: the same on both brokers.

Each broker lives twice on one data directory: in the first life everything is declared, in the
second it is looked at. What was seen has to be what RabbitMQ shows.
"""

import contextlib
from functools import partial

import pika
import pytest
from bench.rabbitmq import is_installed, running_rabbitmq
from pika.exceptions import AMQPError, ChannelClosedByBroker, UnroutableError

from tests.crash.node import Node

QUEUES = {
    "durable": {"durable": True},
    "auto-delete": {"durable": True, "auto_delete": True},
    "passing": {},
    "prioritised": {"durable": True, "arguments": {"x-max-priority": 3, "x-expires": 600_000}},
}
EXCHANGES = {
    "durable": {"durable": True},
    "second": {"durable": True, "exchange_type": "fanout"},
    "internal": {"durable": True, "internal": True},
    "auto-delete": {"durable": True, "auto_delete": True},
    "bound to what passes": {"durable": True, "auto_delete": True},
    "alternate": {"durable": True, "arguments": {"alternate-exchange": "second"}},
    "passing": {},
}
# Source, destination, whether that is an exchange, key.
BINDINGS = [
    ("durable", "durable", False, "k"),
    ("durable", "passing", False, "k"),
    ("durable", "prioritised", False, "gone"),
    ("passing", "durable", False, "k"),
    ("amq.topic", "durable", False, "a.#"),
    ("auto-delete", "durable", False, "k"),
    ("bound to what passes", "passing", False, "k"),
    ("second", "auto-delete", False, ""),
    ("amq.fanout", "durable", True, ""),
    ("durable", "passing", True, "k"),
]
ROUTES = [
    *[(name, "k") for name in EXCHANGES if name != "internal"],
    ("durable", "gone"),
    ("amq.topic", "a.b"),
    ("amq.fanout", "k"),
    ("", "durable"),
    ("", "exclusive"),
]


@contextlib.contextmanager
def connected(port):
    parameters = pika.ConnectionParameters("127.0.0.1", port)
    connection = pika.BlockingConnection(parameters)
    yield connection
    # The broker may have been killed meanwhile.
    with contextlib.suppress(AMQPError):
        connection.close()


def answer(connection, act):
    """What became of it: the answer, or the refusal."""
    channel = connection.channel()
    try:
        return act(channel)
    except ChannelClosedByBroker as refusal:
        return refusal.reply_code, refusal.reply_text


def declare_all(connection):
    channel = connection.channel()
    for name, options in EXCHANGES.items():
        channel.exchange_declare(name, **options)
    for name, options in QUEUES.items():
        channel.queue_declare(name, **options)
    channel.queue_declare("exclusive", durable=True, exclusive=True)
    channel.queue_declare("deleted", durable=True)
    channel.exchange_declare("deleted", durable=True)
    for source, destination, is_exchange, key in BINDINGS:
        bind = channel.exchange_bind if is_exchange else channel.queue_bind
        bind(destination, source, key)
    channel.queue_unbind("prioritised", "durable", "gone")
    channel.queue_bind("deleted", "durable", "gone")
    channel.queue_delete("deleted")
    channel.exchange_delete("deleted")


def look(connection):
    """Everything a client can see of it."""
    seen = {"last binding": answer(connection, unbind_last)}
    for name in [*QUEUES, "exclusive", "deleted"]:
        seen["queue", name] = answer(connection, partial(find_queue, name))
    for name in [*EXCHANGES, "deleted"]:
        seen["exchange", name] = answer(connection, partial(find_exchange, name))
    for name in ("durable", "prioritised"):
        seen["declared otherwise", name] = answer(connection, partial(declare_passing, name))
    for route in ROUTES:
        seen["route", *route] = answer(connection, partial(reached, *route))
    return seen


def find_queue(name, channel):
    return channel.queue_declare(name, passive=True).method.NAME


def find_exchange(name, channel):
    return channel.exchange_declare(name, passive=True).method.NAME


def declare_passing(name, channel):
    return channel.queue_declare(name).method.NAME


def unbind_last(channel):
    """An auto-delete exchange remembers that it was bound; then it is bound again."""
    channel.queue_unbind("durable", "auto-delete", "k")
    gone = answer(channel.connection, partial(find_exchange, "auto-delete"))
    channel.exchange_declare("auto-delete", **EXCHANGES["auto-delete"])
    channel.queue_bind("durable", "auto-delete", "k")
    return gone


def reached(exchange, key, channel):
    """The queues that a message gets to."""
    channel.confirm_delivery()
    with contextlib.suppress(UnroutableError):
        channel.basic_publish(exchange, key, b"x", mandatory=True)
    return [name for name in QUEUES if answer(channel.connection, partial(take, name)) is True]


def take(name, channel):
    method, _properties, _body = channel.basic_get(name, auto_ack=True)
    return method is not None


def both_lives(port, kill, start):
    """What is seen in the first life and in the second."""
    with connected(port) as connection:
        declare_all(connection)
        first = look(connection)
        kill()
    start()
    with connected(port) as connection:
        return first, look(connection)


@pytest.mark.slow
@pytest.mark.skipif(not is_installed(), reason="RabbitMQ is not installed")
def test_a_killed_broker_knows_again_what_rabbitmq_knows(tmp_path):
    with Node(tmp_path) as node:
        ours = both_lives(node.port, node.kill, node.start)
    with running_rabbitmq() as oracle:
        theirs = both_lives(oracle.port, oracle.kill, oracle.server.start)
    for life in (0, 1):
        assert ours[life] == theirs[life]
    # Something did not last, or nothing was tested.
    assert ours[0] != ours[1]
