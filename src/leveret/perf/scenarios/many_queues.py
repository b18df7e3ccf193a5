"""Many queues: what a message costs when it goes to one of 1, of 100, of 10,000 queues.

The producer goes through equally many different messages each time, however many queues they are
for, so that what changes is the broker's work and not the producer's.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from leveret.perf.flow import Flow, Paths, Traffic, run_flow
from leveret.perf.result import Progress, Result, Sample
from leveret.perf.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leveret.perf.address import Address

COUNTS = (1, 100, 10_000)


def run(
    address: Address, traffic: Traffic, progress: Progress, *, counts: Sequence[int] = COUNTS
) -> Result:
    figures: dict[str, float] = {}
    samples: list[Sample] = []
    interrupted = False
    broker = ""
    for count in counts:
        with Topology(address) as topology:
            broker = topology.broker
            names = topology.declare_queues(count)
            keys = tuple(names[index % count] for index in range(max(counts)))
            flow = run_flow(address, traffic, Paths("", keys, (names,)), progress)
        add_cost(figures, f"{count}_queues", flow)
        samples += flow.samples
        interrupted = flow.interrupted
        if interrupted:
            break
    settings: dict[str, object] = {**asdict(replace(traffic, consumers=1)), "counts": list(counts)}
    return Result("many queues", figures, settings, samples, broker, interrupted)


def add_cost(figures: dict[str, float], name: str, flow: Flow) -> None:
    """Rate and cost of a message; the cost also relative to the first that was measured.

    The cost is the broker's processor time if that is known, else the time that passed.
    """
    rate = flow.figures.get("delivered_per_s", 0.0)
    if not rate:
        return
    figures[f"{name}_per_s"] = rate
    cost = flow.figures.get("broker_busy_us_per_message", 1e6 / rate)
    figures[f"{name}_us_per_message"] = cost
    first = next(value for key, value in figures.items() if key.endswith("_us_per_message"))
    figures[f"{name}_cost_ratio"] = cost / first
