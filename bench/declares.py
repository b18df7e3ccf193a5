"""What it costs to change what all nodes of a cluster know, and how soon they do. See clusters.py.

A queue is there for the clients of a node when a message that is mandatory reaches it through that
node: nothing else that a client can say goes by what the node knows just then, and no further.
"""

import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import UnroutableError

from bench.leveret_cluster import LeveretNode
from bench.rabbitmq_cluster import ClusterNode
from bench.workload import Figures
from leveret.dial.address import parse_uri
from leveret.dial.connection import Connection
from leveret.wire import methods

DECLARES = 200
ROUNDS = 100

Node = LeveretNode | ClusterNode


def measure_declares(nodes: Sequence[Node], seconds: float) -> Figures:  # noqa: ARG001
    """Durable queues, one after the other: through one node, through two in turns, once more."""
    visible_ms = sorted(all_visible_ms(nodes))
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(Connection(parse_uri(node.url), "bench")) for node in nodes[:2]
        )
        figures = {
            "declares_per_s": declared_per_s("one", (first,)),
            "declares_in_turns_per_s": declared_per_s("turns", (first, second)),
            # Whoever declared last may change more at once; the other one has to look.
            "redeclares_per_s": declared_per_s("turns", (first,)),
        }
        for name in ("one", "turns"):
            for number in range(DECLARES):
                gone = methods.QueueDelete(queue=f"declares.{name}.{number}")
                first.call(1, gone, methods.QueueDeleteOk)
    return figures | {
        "visible_ms": statistics.median(visible_ms),
        "visible_worst_ms": visible_ms[-1],
    }


def declared_per_s(name: str, connections: Sequence[Connection]) -> float:
    started = time.monotonic()
    for number in range(DECLARES):
        declared = methods.QueueDeclare(queue=f"declares.{name}.{number}", durable=True)
        connections[number % len(connections)].call(1, declared, methods.QueueDeclareOk)
    return DECLARES / (time.monotonic() - started)


def all_visible_ms(nodes: Sequence[Node]) -> list[float]:
    """From each declare's answer until the clients of every other node reach the queue."""
    with ExitStack() as stack:
        connections = [
            stack.enter_context(pika.BlockingConnection(pika.URLParameters(node.url)))
            for node in nodes
        ]
        declaring, *others = (each.channel() for each in connections)
        for channel in others:
            channel.confirm_delivery()
        found = []
        for number in range(ROUNDS):
            queue = f"declares.visible.{number}"
            declaring.queue_declare(queue, durable=True)
            found.append(reached_ms(others, queue))
            declaring.queue_delete(queue)
        return found


def reached_ms(channels: Sequence[BlockingChannel], queue: str) -> float:
    """Until it is reached through all of them."""
    started = time.monotonic()
    for channel in channels:
        while not is_reached(channel, queue):
            pass
    return (time.monotonic() - started) * 1000


def is_reached(channel: BlockingChannel, queue: str) -> bool:
    try:
        channel.basic_publish("", queue, b"", mandatory=True)
    except UnroutableError:
        return False
    return True
