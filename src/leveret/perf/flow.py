"""Messages from producers to consumers: the run that most scenarios are made of.

Rule: no figure without the count. Every message that was published must have been delivered once,
or the run fails.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leveret.perf.crew import Answer, Crew
from leveret.perf.errors import PerfError
from leveret.perf.histogram import Histogram
from leveret.perf.job import Job
from leveret.perf.process import busy_s
from leveret.perf.result import Progress, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leveret.dial.address import Address

SAMPLE_S = 1.0


@dataclass(frozen=True, slots=True)
class Traffic:
    """How messages are sent and taken, wherever they go."""

    producers: int = 1
    consumers: int = 1
    size: int = 1024
    connections: int = 1  # Of each producer, each a publisher with a window of its own.
    confirm: int = 0
    auto_ack: bool = True
    prefetch: int = 0
    ack_batch: int = 100
    persistent: bool = False
    rate: float = 0.0
    check_sequence: bool = False
    warmup_s: float = 1.0
    duration_s: float = 10.0
    pid: int = 0  # The broker's process, if its memory and processor time are to be read.


@dataclass(frozen=True, slots=True)
class Paths:
    """Where messages go: what each producer sends to, and what each consumer takes from."""

    exchange: str
    routing_keys: tuple[str, ...]
    queues: tuple[tuple[str, ...], ...]  # One entry for each consumer.
    copies: int = 1  # How many queues get each message.


@dataclass(slots=True)
class Flow:
    """What a run has found."""

    figures: dict[str, float]
    samples: list[Sample]
    interrupted: bool = False


def run_flow(address: Address, traffic: Traffic, paths: Paths, progress: Progress) -> Flow:
    """Warm up, measure, stop, and check the totals."""
    with Crew(traffic.producers, len(paths.queues)) as crew:
        crew.start(make_jobs(address, traffic, paths, crew))
        crew.run()
        flow = Flow({}, [])
        try:
            crew.watch(traffic.warmup_s)
            measure(crew, traffic, flow, progress)
        except KeyboardInterrupt:
            flow.interrupted = True
        conclude(crew, paths.copies, flow)
        return flow


def make_jobs(address: Address, traffic: Traffic, paths: Paths, crew: Crew) -> list[Job]:
    """A job for each of the crew; producers share the rate."""

    def job(role: str, worker: int, queues: tuple[str, ...]) -> Job:
        return Job(
            role="producer" if role == "producer" else "consumer",
            worker=worker,
            workers=crew.counters.workers,
            counters=str(crew.path),
            address=address,
            exchange=paths.exchange,
            routing_keys=paths.routing_keys,
            queues=queues,
            size=traffic.size,
            persistent=traffic.persistent,
            connections=traffic.connections if role == "producer" else 1,
            confirm=traffic.confirm,
            rate=traffic.rate / max(1, len(crew.producers)),
            auto_ack=traffic.auto_ack,
            prefetch=0 if traffic.auto_ack else traffic.prefetch,
            ack_batch=min(traffic.ack_batch, traffic.prefetch or traffic.ack_batch),
            check_sequence=traffic.check_sequence,
        )

    producers = [job("producer", worker, ()) for worker in crew.producers]
    consumers = [
        job("consumer", worker, queues)
        for worker, queues in zip(crew.consumers, paths.queues, strict=True)
    ]
    return producers + consumers


def measure(crew: Crew, traffic: Traffic, flow: Flow, progress: Progress) -> None:
    """Sample the counters until the time is over; the figures are of the whole of it."""
    first = last = reading(crew)
    busy_before_s = busy_s(traffic.pid) if traffic.pid else 0.0
    deadline = first[0] + traffic.duration_s
    try:
        while (left := deadline - time.monotonic()) > 0:
            crew.watch(min(SAMPLE_S, left))
            now = reading(crew)
            latency_us = crew.counters.latency_us(crew.consumers)
            sample = Sample(round(now[0] - first[0], 3), rates(last, now), latency_us)
            last = now
            flow.samples.append(sample)
            progress(sample)
    finally:
        if last[0] > first[0]:
            flow.figures.update(
                {f"{name}_per_s": rate for name, rate in rates(first, last).items()}
            )
        if traffic.pid and last[2] > first[2]:
            busy_us = (busy_s(traffic.pid) - busy_before_s) * 1e6
            flow.figures["broker_busy_us_per_message"] = busy_us / (last[2] - first[2])


def reading(crew: Crew) -> tuple[float, int, int]:
    return time.monotonic(), crew.published(), crew.delivered()


def rates(since: tuple[float, int, int], now: tuple[float, int, int]) -> dict[str, float]:
    seconds = max(now[0] - since[0], 1e-9)
    return {
        "published": (now[1] - since[1]) / seconds,
        "delivered": (now[2] - since[2]) / seconds,
    }


def conclude(crew: Crew, copies: int, flow: Flow) -> None:
    """Stop in order, and compare what was sent with what came."""
    produced = crew.finish_producers()
    published = total(produced, "messages")
    for trouble in ("nacked", "returned"):
        if count := total(produced, trouble):
            raise PerfError(f"{count} of {published} messages were {trouble}")
    crew.drain(published * copies)
    consumed = crew.finish_consumers()
    check_total(consumed, published * copies)
    flow.figures.update({"published_total": published, "delivered_total": published * copies})
    if published:
        # What the clients themselves took of the processor: small, or they are the limit.
        busy_us = total(produced, "busy_us") + total(consumed, "busy_us")
        flow.figures["client_busy_us_per_message"] = busy_us / published
    flow.figures.update(merged(consumed).figures("latency"))
    flow.figures.update(merged(produced).figures("confirm"))


def check_total(consumed: Sequence[Answer], expected: int) -> None:
    """None lost, none extra."""
    delivered = total(consumed, "messages")
    if delivered != expected:
        raise PerfError(f"{expected} messages were due, {delivered} came")


def total(answers: Sequence[Answer], name: str) -> int:
    return sum(value for answer in answers if isinstance(value := answer[name], int))


def merged(answers: Sequence[Answer]) -> Histogram:
    """The latencies of several workers; a producer that sends in bulk has none."""
    latency = Histogram()
    for answer in answers:
        counts = answer.get("latency", {})
        assert isinstance(counts, dict)
        latency.merge(Histogram({int(duration): count for duration, count in counts.items()}))
    return latency
