"""How long clients of a mirrored queue wait while the node that leads it ends. See clusters.py.

One publisher on a node that stays waits for each confirm, as a careful user's does, and goes to the
other node when its connection fails. A pause is the longest time between two confirms.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, pairwise
from urllib.parse import quote

import pika
from pika.exceptions import AMQPError

from bench.leveret_cluster import LeveretNode
from bench.rabbitmq_cluster import ClusterNode

QUEUE = "mirrored.pauses"
PERSISTENT = pika.BasicProperties(delivery_mode=2)
WARM_S = 2.0
# Confirms again for so long, and the pause is over.
GOING_S = 2.0
SYNCHRONISED_S_MAX = 120.0
RETRY_S = 0.05

Node = LeveretNode | ClusterNode


@dataclass(frozen=True, slots=True)
class End:
    """How the leader ends and how it comes back: verbs of a node. s_max: nobody waits longer."""

    verb: str
    back: str
    s_max: float


STOP, KILL, FREEZE = End("stop", "begin", 30), End("kill", "begin", 30), End("freeze", "thaw", 100)


@dataclass
class Publisher:
    """Publishes for the length of a block, and remembers when confirms came."""

    nodes: Sequence[Node]
    confirmed_s: list[float] = field(default_factory=list)
    _is_over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def publishing(self) -> Iterator[None]:
        thread = threading.Thread(target=self._live)
        thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            thread.join()

    def _live(self) -> None:
        for node in cycle(self.nodes):
            if self._is_over.is_set():
                return
            try:
                self._publish(node)
            except (AMQPError, OSError):
                time.sleep(RETRY_S)

    def _publish(self, node: Node) -> None:
        with pika.BlockingConnection(pika.URLParameters(f"{node.url}?heartbeat=60")) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            while not self._is_over.is_set():
                channel.basic_publish("", QUEUE, b"x", PERSISTENT, mandatory=True)
                self.confirmed_s.append(time.monotonic())

    def is_going(self, since_s: float, s: float) -> bool:
        """Whether confirms have come for so long behind the longest pause since then."""
        times = [each for each in self.confirmed_s if each >= since_s]
        if not times or time.monotonic() - times[-1] > s / 2:
            return False
        _, end_s = widest([since_s, *times])
        return time.monotonic() - end_s > s


def widest(times: Sequence[float]) -> tuple[float, float]:
    """The two neighbours that lie furthest apart."""
    return max(pairwise(times), key=lambda pair: pair[1] - pair[0])


def longest_pause_s(nodes: Sequence[Node], end: End) -> float:
    """It begins when the nodes are whole, whichever leads, and ends with the leader back, which
    may not make them whole: a RabbitMQ that was frozen stays apart from the others."""
    wait_synchronised(nodes)
    leader = leader_of(nodes)
    publisher = Publisher([node for node in nodes if node is not leader])
    with publisher.publishing():
        time.sleep(WARM_S)
        ended_s = time.monotonic()
        getattr(leader, end.verb)()
        while not publisher.is_going(ended_s, GOING_S):
            if time.monotonic() - ended_s > end.s_max:
                break
            time.sleep(0.1)
        over_s = time.monotonic()
    getattr(leader, end.back)()
    since = [each for each in publisher.confirmed_s if ended_s - WARM_S < each <= over_s]
    first, last = widest([*since, over_s])
    return last - first


def declare(nodes: Sequence[Node]) -> None:
    with pika.BlockingConnection(pika.URLParameters(nodes[0].url)) as connection:
        connection.channel().queue_declare(QUEUE, durable=True)


def told(node: Node) -> dict[str, object]:
    said = node.fetch(f"queues/%2F/{quote(QUEUE, safe='')}")
    assert isinstance(said, dict)
    return said


def leader_of(nodes: Sequence[Node]) -> Node:
    name = told(nodes[0])["node"]
    return next(node for node in nodes if node.name == name)


def wait_synchronised(nodes: Sequence[Node]) -> None:
    until = time.monotonic() + SYNCHRONISED_S_MAX
    while not all(has_mirrors(node, len(nodes) - 1) for node in nodes):
        if time.monotonic() > until:
            raise RuntimeError(f"{QUEUE} is not mirrored again after {SYNCHRONISED_S_MAX:g} s")
        time.sleep(0.2)


def has_mirrors(node: Node, count: int) -> bool:
    try:
        mirrors = told(node).get("synchronised_slave_nodes")
    except OSError:  # It is not up yet.
        return False
    return isinstance(mirrors, list) and len(mirrors) == count
