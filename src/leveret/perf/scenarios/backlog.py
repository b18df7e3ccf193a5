"""Backlog: fill a queue that nobody consumes from, then drain it; memory in between."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from leveret.perf.connection import PerfError
from leveret.perf.crew import STUCK_S_MAX, Crew
from leveret.perf.flow import Paths, Traffic, check_total, make_jobs
from leveret.perf.process import resident_bytes
from leveret.perf.result import Progress, Result, Sample
from leveret.perf.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.perf.address import Address

SAMPLE_S = 1.0
# Between two looks at the counters: what the figures may be off by.
LOOK_S = 0.01


def run(
    address: Address,
    traffic: Traffic,
    progress: Progress,
    *,
    messages: int = 1_000_000,
) -> Result:
    pid = traffic.pid
    figures: dict[str, float] = {}
    samples: list[Sample] = []

    def note(sample: Sample) -> None:
        samples.append(sample)
        progress(sample)

    with Topology(address) as topology:
        queue = topology.declare_queue("queue", durable=traffic.persistent)
        before = resident_bytes(pid) if pid else 0
        figures["filled_per_s"] = fill(address, traffic, queue, messages, note)
        if pid:
            figures["resident_before_mib"] = before / 2**20
            figures["resident_full_mib"] = (full := resident_bytes(pid)) / 2**20
            figures["bytes_per_message"] = (full - before) / messages
        figures["drained_per_s"] = drain(address, traffic, queue, messages, note)
        if pid:
            figures["resident_after_mib"] = resident_bytes(pid) / 2**20
        settings: dict[str, object] = {**asdict(traffic), "messages": messages}
        return Result("backlog", figures, settings, samples, topology.broker)


def fill(address: Address, traffic: Traffic, queue: str, messages: int, note: Progress) -> float:
    """Publish so many messages; return the rate."""
    with Crew(traffic.producers, 0) as crew:
        share = messages // traffic.producers
        shares = [share] * (traffic.producers - 1)
        shares.append(messages - sum(shares))
        jobs = make_jobs(address, traffic, Paths("", (queue,), ()), crew)
        crew.start([replace(job, messages=count) for job, count in zip(jobs, shares, strict=True)])
        started = time.monotonic()
        crew.run()
        follow(crew, "published", crew.published, messages, note)
        crew.results_of(crew.producers)
        return messages / (time.monotonic() - started)


def drain(address: Address, traffic: Traffic, queue: str, messages: int, note: Progress) -> float:
    """Consume them all; return the rate, from the first consumer's start."""
    with Crew(0, traffic.consumers) as crew:
        paths = Paths("", (queue,), ((queue,),) * traffic.consumers)
        jobs = make_jobs(address, traffic, paths, crew)
        started = time.monotonic()
        crew.start(jobs)
        follow(crew, "delivered", crew.delivered, messages, note)
        seconds = time.monotonic() - started
        check_total(crew.finish_consumers(), messages)
        return messages / seconds


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
            elif now - moved_at > STUCK_S_MAX:
                raise PerfError(f"{expected - now_count} of {expected} messages were never {name}")
            sampled_at, seen = now, now_count
