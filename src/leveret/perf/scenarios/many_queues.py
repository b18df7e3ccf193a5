"""Many queues: what a message costs when it goes to one of 1, of 100, of 10,000 queues.

The producer goes through equally many different messages each time, however many queues they are
for, so that what changes is the broker's work and not the producer's.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from leveret.perf.flow import Flow, Paths, Traffic, run_flow
from leveret.perf.result import Progress, Result, Sample
from leveret.perf.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leveret.dial.address import Address

COUNTS = (1, 100, 10_000)


def run(
    address: Address, traffic: Traffic, progress: Progress, *, counts: Sequence[int] = COUNTS
) -> Result:
    def paths(topology: Topology, count: int) -> Paths:
        names = topology.declare_queues(count)
        keys = tuple(names[index % count] for index in range(max(counts)))
        return Paths("", keys, (names,))

    return compare_counts(
        Ladder("many queues", "queues", counts, paths), address, traffic, progress
    )


@dataclass(frozen=True, slots=True)
class Ladder:
    """The same traffic beside more and more of something.

    scenario: its name; what: what there is more of, as figures name it.
    paths: makes so many, and says which way the messages take.
    """

    scenario: str
    what: str
    counts: Sequence[int]
    paths: Callable[[Topology, int], Paths]


def compare_counts(
    ladder: Ladder, address: Address, traffic: Traffic, progress: Progress
) -> Result:
    """Cost and rate of a message for each count."""
    figures: dict[str, float] = {}
    samples: list[Sample] = []
    interrupted = False
    broker = ""
    for count in ladder.counts:
        with Topology(address) as topology:
            broker = topology.broker
            flow = run_flow(address, traffic, ladder.paths(topology, count), progress)
        add_cost(figures, f"{count}_{ladder.what}", flow)
        samples += flow.samples
        interrupted = flow.interrupted
        if interrupted:
            break
    settings: dict[str, object] = {
        **asdict(replace(traffic, consumers=1)),
        "counts": list(ladder.counts),
    }
    return Result(ladder.scenario, figures, settings, samples, broker, interrupted)


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
