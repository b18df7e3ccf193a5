"""A whole cluster as its users have it: processes, command lines, clients. Either broker's.

Rule: nothing here knows what a node is made of. What a test does to a cluster and sees of it goes
through the broker's command-line tool, AMQP and HTTP, and is said of both brokers alike.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import quote

import pika
from bench.leveret_cluster import running_leveret_cluster
from bench.processes import Told
from bench.rabbitmq_cluster import running_rabbitmq_cluster
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError, ChannelClosedByBroker

PATIENCE_S = 30.0
PERSISTENT = pika.BasicProperties(delivery_mode=2)
TRANSIENT = pika.BasicProperties(delivery_mode=1)


class Node(Protocol):
    """One node, and what is done to it from outside."""

    @property
    def name(self) -> str: ...

    @property
    def url(self) -> str: ...

    def ask(self, *arguments: str) -> Told: ...

    def ctl(self, *arguments: str) -> str: ...

    def fetch(self, path: str) -> Any: ...

    def begin(self) -> None: ...

    def start(self) -> None: ...

    def stop(self) -> object: ...

    def kill(self) -> None: ...

    def freeze(self) -> None: ...

    def thaw(self) -> None: ...


def running_nodes(
    broker: str, count: int = 3, *, joined: bool = True
) -> AbstractContextManager[Sequence[Node]]:
    if broker == "leveret":
        return running_leveret_cluster(count, joined=joined)
    return running_rabbitmq_cluster(count, joined=joined)


def until(is_so: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Wait until it is; what it said last is told when it never is."""
    deadline = time.monotonic() + patience_s
    while not (said := is_so()):
        assert time.monotonic() < deadline, f"it is not so after {patience_s:g} s: {said!r}"
        time.sleep(0.05)


def until_equal(
    found: Callable[[], object], wanted: object, patience_s: float = PATIENCE_S
) -> None:
    deadline = time.monotonic() + patience_s
    while (said := found()) != wanted:
        assert time.monotonic() < deadline, f"{said!r} is not {wanted!r} after {patience_s:g} s"
        time.sleep(0.05)


@contextlib.contextmanager
def channel_of(node: Node, vhost: str = "/") -> Iterator[BlockingChannel]:
    """A channel of a connection of its own."""
    parameters = pika.URLParameters(node.url)
    parameters.virtual_host = vhost
    connection = pika.BlockingConnection(parameters)
    try:
        yield connection.channel()
    finally:
        # The node may have ended meanwhile.
        with contextlib.suppress(AMQPError):
            connection.close()


def publish(node: Node, queue: str, bodies: Sequence[bytes], properties=PERSISTENT) -> None:
    """Each of them routed and confirmed."""
    with channel_of(node) as channel:
        channel.confirm_delivery()
        for body in bodies:
            channel.basic_publish("", queue, body, properties, mandatory=True)


def take_all(node: Node, queue: str) -> list[bytes]:
    """What waits there, each message acked."""
    bodies = []
    with channel_of(node) as channel:
        while (got := channel.basic_get(queue))[0] is not None:
            bodies.append(got[2])
            channel.basic_ack(got[0].delivery_tag)
    return bodies


def count(node: Node, queue: str) -> int:
    """How many messages are ready there, as AMQP says it at once."""
    with channel_of(node) as channel:
        return channel.queue_declare(queue, passive=True).method.message_count


def refusal(node: Node, act: Callable[[BlockingChannel], object]) -> tuple[int, str]:
    """Code and text of the channel.close that it earns."""
    with channel_of(node) as channel:
        try:
            act(channel)
        except ChannelClosedByBroker as closed:
            return closed.reply_code, closed.reply_text
    raise AssertionError("it was not refused")


def queue_of(node: Node, name: str, vhost: str = "/") -> dict[str, Any]:
    """What the HTTP API says of it; nothing while the node has not heard of it yet, which it does a
    moment after the client that declares it elsewhere."""
    try:
        told: dict[str, Any] = node.fetch(f"queues/{quote(vhost, safe='')}/{quote(name, safe='')}")
    except HTTPError as refused:
        if refused.code != HTTPStatus.NOT_FOUND:
            raise
        return {}
    return told


def mirrors_of(node: Node, name: str, vhost: str = "/") -> tuple[str, set[str], set[str]]:
    """Its leader, its mirrors, those of them that have all of it."""
    told = queue_of(node, name, vhost)
    slaves, synchronised = told.get("slave_nodes"), told.get("synchronised_slave_nodes")
    return told.get("node", ""), set(slaves or ()), set(synchronised or ())


def is_mirrored(node: Node, name: str) -> bool:
    return "slave_nodes" in queue_of(node, name)


def running_nodes_of(node: Node) -> set[str]:
    return {each["name"] for each in node.fetch("nodes") if each["running"]}
