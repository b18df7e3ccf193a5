"""Backlog: fill a queue that nobody consumes from, then drain it; memory in between.

Beside it, if asked for, a short queue that is filled and drained over and over: what the length of
a queue costs its consumers. Rates of draining are by the consumers' clocks, from the first chunk
on, so that a short queue's is not that of starting a process.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from leveret.perf.crew import Crew
from leveret.perf.errors import PerfError
from leveret.perf.flow import Paths, Traffic, check_total, make_jobs, total
from leveret.perf.process import resident_bytes
from leveret.perf.result import Progress, Result, Sample
from leveret.perf.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leveret.dial.address import Address
    from leveret.perf.crew import Answer

SAMPLE_S = 1.0
# Between two looks at the counters: what the figures may be off by.
LOOK_S = 0.01
# A short queue is drained in so little time that one drain says nothing.
SHORT_DRAINS = 20
# A broker that moves gigabytes between memory and disk may stand still for a while.
STANDSTILL_S_MAX = 60.0


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long the queue is to be, and how long the one to compare it with (0: none)."""

    messages: int = 1_000_000
    short: int = 0


MILLION = Lengths()


@dataclass(slots=True)
class Notes:
    """What goes on, second by second, and the most memory that was seen meanwhile."""

    progress: Progress
    pid: int
    samples: list[Sample] = field(default_factory=list)
    peak_bytes: int = 0

    def add(self, sample: Sample) -> None:
        self.samples.append(sample)
        self.look()
        self.progress(sample)

    def look(self) -> int:
        """The broker's memory now; 0 if its process is not known."""
        now = resident_bytes(self.pid) if self.pid else 0
        self.peak_bytes = max(self.peak_bytes, now)
        return now


def run(
    address: Address, traffic: Traffic, progress: Progress, *, lengths: Lengths = MILLION
) -> Result:
    figures: dict[str, float] = {}
    messages = lengths.messages
    notes = Notes(progress, traffic.pid)
    with Topology(address) as topology:
        if lengths.short:
            short = drain_short(address, traffic, topology, lengths.short)
            figures["short_drained_per_s"] = short
        queue = topology.declare_queue("queue", durable=traffic.persistent)
        before = notes.look()
        figures["filled_per_s"] = fill(address, traffic, (queue,), messages, notes.add)
        full = notes.look()
        figures["drained_per_s"] = drain(address, traffic, queue, messages, notes.add)
        if lengths.short:
            figures["drain_ratio"] = figures["drained_per_s"] / short
        if traffic.pid:
            figures["resident_before_mib"] = before / 2**20
            figures["resident_full_mib"] = full / 2**20
            figures["bytes_per_message"] = (full - before) / messages
            figures["resident_after_mib"] = notes.look() / 2**20
            figures["resident_peak_mib"] = notes.peak_bytes / 2**20
        settings: dict[str, object] = {**asdict(traffic), **asdict(lengths)}
        return Result("backlog", figures, settings, notes.samples, topology.broker)


def drain_short(address: Address, traffic: Traffic, topology: Topology, messages: int) -> float:
    """Fill and drain short queues, one after the other; return the rate of draining."""
    alone = replace(traffic, producers=1, consumers=1)
    seconds = 0.0
    for turn in range(SHORT_DRAINS):
        queue = topology.declare_queue(f"short{turn:02d}", durable=traffic.persistent)
        fill(address, alone, (queue,), messages, ignore)
        seconds += messages / drain(address, alone, queue, messages, ignore)
    return SHORT_DRAINS * messages / seconds


def ignore(_sample: Sample) -> None:
    pass


def fill(
    address: Address, traffic: Traffic, queues: tuple[str, ...], messages: int, note: Progress
) -> float:
    """Publish so many messages to these queues in turn; return the rate."""
    with Crew(traffic.producers, 0) as crew:
        share = messages // traffic.producers
        shares = [share] * (traffic.producers - 1)
        shares.append(messages - sum(shares))
        jobs = make_jobs(address, traffic, Paths("", queues, ()), crew)
        crew.start([replace(job, messages=count) for job, count in zip(jobs, shares, strict=True)])
        started = time.monotonic()
        crew.run()
        follow(crew, "published", crew.published, messages, note)
        crew.results_of(crew.producers)
        return messages / (time.monotonic() - started)


def drain(address: Address, traffic: Traffic, queue: str, messages: int, note: Progress) -> float:
    """Consume them all; return the rate, by the consumers' clocks."""
    with Crew(0, traffic.consumers) as crew:
        paths = Paths("", (queue,), ((queue,),) * traffic.consumers)
        jobs = make_jobs(address, traffic, paths, crew)
        started = time.monotonic()
        crew.start(jobs)
        follow(crew, "delivered", crew.delivered, messages, note)
        seconds = time.monotonic() - started
        consumed = crew.finish_consumers()
        check_total(consumed, messages)
        # So few messages that they all came at once have no other rate.
        return rate_after_the_first(consumed) or messages / seconds


def rate_after_the_first(consumed: Sequence[Answer]) -> float:
    """Messages a second from the end of the first chunk to the end of the last."""
    clocks = [(total([each], "first_ns"), total([each], "newest_ns")) for each in consumed]
    busy = [clock for clock in clocks if clock[0]]  # Some consumer may have had next to nothing.
    if not busy:
        return 0.0
    took_ns = max(newest for _, newest in busy) - min(first for first, _ in busy)
    counted = total(consumed, "messages") - total(consumed, "first_messages")
    return counted / took_ns * 1e9 if took_ns else 0.0


def follow(crew: Crew, name: str, count: Callable[[], int], expected: int, note: Progress) -> None:
    """Report once a second until so many are counted."""
    started = sampled_at = time.monotonic()
    seen = 0
    moved_at = started
    while (now_count := count()) < expected:
        crew.watch(LOOK_S)
        now = time.monotonic()
        if now - sampled_at >= SAMPLE_S:
            rates = {name: (now_count - seen) / (now - sampled_at)}
            note(Sample(round(now - started, 3), rates))
            if now_count > seen:
                moved_at = now
            elif now - moved_at > STANDSTILL_S_MAX:
                raise PerfError(f"{expected - now_count} of {expected} messages were never {name}")
            sampled_at, seen = now, now_count
