"""Clients as careful users write them: confirms, manual acks, heartbeats, and another node when one
fails.

    publishers ── a confirm each ──> queue ──> one consumer that acks, and now and then fences

Each client is a thread that goes through the nodes for ever: connects, does its work until the
connection fails or nothing has moved for too long, and goes on to the next. It tells the history
what it knows. There is one consumer at a time, so that order can be seen.
"""

import itertools
import threading
from collections.abc import Callable, Iterator
from random import Random
from typing import Protocol

import pika
from pika.exceptions import AMQPError, NackError

from tests.cluster.chaos.history import (
    Acked,
    Confirmed,
    Delivered,
    FenceConfirmed,
    FenceDelivered,
    History,
    Message,
    message_of,
)

QUEUE = "mirrored.work"
PERSISTENT = pika.BasicProperties(delivery_mode=2)
# A user who wants to notice soon asks for this; the broker's own is a minute.
HEARTBEAT_S = 4
CONNECT_S_MAX = 3.0
BLOCKED_S_MAX = 12.0
RETRY_S = 0.3
PREFETCH = 50
ACKS_PER_FENCE = 25
# A publisher's pace: enough to be in flight whenever something happens, and to drain soon.
PAUSE_S = 0.002
# The longest that a consumer stays without a delivery before it looks elsewhere.
SILENT_S_MAX = 8.0
# How many messages always wait while there are publishers: what is at stake when a node goes.
BACKLOG = 300
NAP_S = 0.01
FENCE = b"fence"
FAILURES = (AMQPError, OSError)

Address = tuple[str, int]


class Living(Protocol):
    """A client, from one node to the next."""

    def live(self) -> None: ...


class Load:
    """So many publishers and one consumer, on whatever addresses the nodes have."""

    def __init__(
        self,
        addresses: list[Address],
        history: History,
        seed: int,
        consumer: "Callable[[Load], Living] | None" = None,
    ) -> None:
        self.history = history
        self.addresses = addresses
        self.waiting = 0
        self._lock = threading.Lock()
        self._chance = Random(seed)
        self._is_over = threading.Event()
        self._is_published = threading.Event()
        self._publishers: list[threading.Thread] = []
        self._consumer = (consumer or Consumer)(self)

    def start(self, publishers: int = 3) -> None:
        names = ("ann", "bob", "cyd")[:publishers]
        self._publishers = [self._thread(Publisher(self, name).live) for name in names]
        self._consuming = self._thread(self._consumer.live)

    def stop_publishing(self) -> None:
        self._is_published.set()
        for thread in self._publishers:
            thread.join()

    def stop(self) -> None:
        self.stop_publishing()
        self._is_over.set()
        self._consuming.join()

    def _thread(self, work: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=work)
        thread.start()
        return thread

    def route(self) -> Iterator[Address]:
        """The nodes in an order of one's own, again and again."""
        order = self.addresses[:]
        self._chance.shuffle(order)
        return itertools.cycle(order)

    def count(self, change: int) -> None:
        """What waits in the queue, more or less: what comes twice is counted twice."""
        with self._lock:
            self.waiting = max(0, self.waiting + change)

    def has_backlog(self) -> bool:
        return self.waiting > BACKLOG or not self.is_publishing()

    def is_publishing(self) -> bool:
        return not self._is_published.is_set()

    def is_consuming(self) -> bool:
        return not self._is_over.is_set()

    def pause(self, seconds: float) -> None:
        self._is_over.wait(seconds)


class Publisher:
    """One message at a time. One without an answer is published again, as a message of its own."""

    def __init__(self, load: Load, name: str) -> None:
        self._load = load
        self._name = name
        self._route = load.route()
        self._channels = itertools.count(1)

    def live(self) -> None:
        while self._load.is_publishing():
            try:
                with connected(next(self._route)) as connection:
                    self._publish(connection)
            except FAILURES:
                self._load.pause(RETRY_S)

    def _publish(self, connection: pika.BlockingConnection) -> None:
        channel = connection.channel()
        channel.confirm_delivery()
        line = f"{self._name}-{next(self._channels)}"
        for ordinal in itertools.count(1):
            if not self._load.is_publishing():
                return
            message = Message(line, ordinal)
            try:
                channel.basic_publish("", QUEUE, message.octets(), PERSISTENT, mandatory=True)
            except NackError:  # The broker says that it may not have it: no failure of the channel.
                continue
            self._load.history.tell(Confirmed(message))
            self._load.count(+1)
            self._load.pause(PAUSE_S)


class Consumer:
    """Takes, acks, and shows with fences what it has settled."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._route = load.route()
        self._incarnations = itertools.count(1)
        self._fences = itertools.count(1)

    def live(self) -> None:
        while self._load.is_consuming():
            try:
                with connected(next(self._route)) as connection:
                    self._consume(connection)
            except FAILURES:
                self._load.pause(RETRY_S)

    def _consume(self, connection: pika.BlockingConnection) -> None:
        name = f"eve-{next(self._incarnations)}"
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_qos(prefetch_count=PREFETCH)
        unfenced = 0
        for method, _, body in channel.consume(QUEUE, inactivity_timeout=SILENT_S_MAX):
            if method is None or not self._load.is_consuming():
                return
            unfenced += self._take(channel, name, method, body)
            while self._load.is_consuming() and not self._load.has_backlog():
                connection.sleep(NAP_S)
            if unfenced >= ACKS_PER_FENCE:
                unfenced = 0
                self._fence(channel, name)

    def _take(self, channel, name: str, method, body: bytes) -> int:
        what = told(body, name, is_redelivered=method.redelivered)
        self._load.history.tell(what)
        channel.basic_ack(method.delivery_tag)
        if isinstance(what, FenceDelivered):
            return 0
        self._load.count(-1)
        self._load.history.tell(Acked(what.message, name))
        return 1

    def _fence(self, channel, name: str) -> None:
        fence = next(self._fences)
        channel.basic_publish("", QUEUE, b"%s %d" % (FENCE, fence), PERSISTENT, mandatory=True)
        self._load.history.tell(FenceConfirmed(fence, name))


def connected(address: Address) -> pika.BlockingConnection:
    host, port = address
    return pika.BlockingConnection(
        pika.ConnectionParameters(
            host,
            port,
            heartbeat=HEARTBEAT_S,
            socket_timeout=CONNECT_S_MAX,
            stack_timeout=2 * CONNECT_S_MAX,
            blocked_connection_timeout=BLOCKED_S_MAX,
        )
    )


def told(body: bytes, consumer: str, *, is_redelivered: bool) -> Delivered | FenceDelivered:
    message = message_of(body.decode())
    if message.line == FENCE.decode():
        return FenceDelivered(message.ordinal)
    return Delivered(message, consumer, is_redelivered)


def drain(address: Address, history: History, quiet_s: float) -> int:
    """Take and ack all that one node has to give; it is over when nothing came for so long.

    Returns how many came."""
    count = 0
    with connected(address) as connection:
        channel = connection.channel()
        channel.basic_qos(prefetch_count=PREFETCH)
        for method, _, body in channel.consume(QUEUE, inactivity_timeout=quiet_s):
            if method is None:
                break
            count += 1
            name = f"drain-{address[0]}"
            history.tell(told(body, name, is_redelivered=method.redelivered))
            channel.basic_ack(method.delivery_tag)
        # What waits is zero, or somebody else has it: then this is no end.
        left = channel.queue_declare(QUEUE, passive=True).method.message_count
    if left:
        raise TimeoutError(f"{left} messages wait at {address} and are not given out")
    return count
