"""Latency: one message at a time, from the publisher over the broker to the consumer.

A persistent one goes through a durable queue and is acknowledged, so that the disk is on its way.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from leveret.dial.connection import CHUNK_BYTES, Connection, method_frame, refuse
from leveret.perf.deliveries import DeliveryScanner
from leveret.perf.errors import PerfError
from leveret.perf.histogram import Histogram
from leveret.perf.publishing import Envelope, encode_publish
from leveret.perf.result import Progress, Result, Sample
from leveret.perf.topology import Topology
from leveret.wire import methods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leveret.dial.address import Address
    from leveret.perf.churn import Pace

SAMPLE_S = 1.0
LOST_S_MAX = 10.0


@dataclass(frozen=True, slots=True)
class Kind:
    """What goes round."""

    size: int = 16
    persistent: bool = False


SMALL = Kind()


class RoundTrip:
    """A publisher and a consumer, each with its own connection, in one process."""

    def __init__(self, publisher: Connection, consumer: Connection, queue: str, kind: Kind) -> None:
        self._publisher = publisher
        self._consumer = consumer
        self._acks = kind.persistent
        consume = methods.BasicConsume(queue=queue, consumer_tag="c", no_ack=not self._acks)
        consumer.call(1, consume, methods.BasicConsumeOk)
        envelope = Envelope("", queue, persistent=kind.persistent)
        self._message = encode_publish(1, envelope, bytes(kind.size), publisher.frame_max)
        self._scanner = DeliveryScanner(refuse)
        self._buffer = bytearray(2 * CHUNK_BYTES)
        self._view = memoryview(self._buffer)
        self.count = 0

    def go(self) -> int:
        """Publish one message, wait for it; return the nanoseconds that took."""
        scanner, view = self._scanner, self._view
        self.count += 1
        held = 0
        started_ns = time.monotonic_ns()
        self._publisher.send(self._message)
        while scanner.count < self.count:
            end = held + self._consumer.receive_into(view[held:])
            done = scanner.scan(self._buffer, end)
            view[: end - done] = view[done:end]
            held = end - done
            if time.monotonic_ns() - started_ns > LOST_S_MAX * 1e9:
                raise PerfError(f"message {self.count} was never delivered")
        took_ns = time.monotonic_ns() - started_ns
        if self._acks:
            ack = methods.BasicAck(delivery_tag=scanner.tag)
            self._consumer.send(method_frame(1, ack))
        return took_ns


def run(address: Address, pace: Pace, progress: Progress, *, kind: Kind = SMALL) -> Result:
    samples: list[Sample] = []
    histogram = Histogram()
    interrupted = False
    with Topology(address) as topology, round_trip(topology, "queue", kind) as trip:
        try:
            warm_up(trip, pace.warmup_s)
            for sample in measure(trip, pace.duration_s, histogram):
                samples.append(sample)
                progress(sample)
        except KeyboardInterrupt:
            interrupted = True
        figures = histogram.figures("round_trip")
        settings: dict[str, object] = {**asdict(kind), "duration_s": pace.duration_s}
        return Result("latency", figures, settings, samples, topology.broker, interrupted)


@contextlib.contextmanager
def round_trip(topology: Topology, name: str, kind: Kind) -> Iterator[RoundTrip]:
    """A short queue with a publisher and a consumer."""
    address = topology.connection.address
    with (
        Connection(address, "leveret perf publisher") as publisher,
        Connection(address, "leveret perf consumer") as consumer,
    ):
        queue = topology.declare_queue(name, durable=kind.persistent)
        yield RoundTrip(publisher, consumer, queue, kind)


def warm_up(trip: RoundTrip, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        trip.go()


def measure(trip: RoundTrip, seconds: float, histogram: Histogram) -> Iterator[Sample]:
    """Go round until the time is over; a sample about every second."""
    started = sampled_at = time.monotonic()
    count = trip.count
    newest_ns = 0
    while (now := time.monotonic()) < started + seconds:
        if now - sampled_at >= SAMPLE_S:
            rates = {"round trips": (trip.count - count) / (now - sampled_at)}
            yield Sample(round(now - started, 3), rates, newest_ns // 1000)
            sampled_at, count = now, trip.count
        newest_ns = trip.go()
        histogram.add(newest_ns)
