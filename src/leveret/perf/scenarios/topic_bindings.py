"""Topic bindings: what a message costs when 10, 1,000, 100,000 patterns could match it.

Every message matches one pattern. The routing keys are 10,000 different ones whatever the number
of bindings, so that a broker that remembers routes has equally much to remember.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from leveret.perf.flow import Paths, Traffic, run_flow
from leveret.perf.result import Progress, Result, Sample
from leveret.perf.scenarios.many_queues import add_cost
from leveret.perf.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leveret.perf.address import Address

COUNTS = (10, 1_000, 100_000)
ROUTING_KEYS = 10_000


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
            queue = topology.declare_queue("queue")
            exchange = topology.declare_exchange("exchange", "topic")
            topology.bind(queue, exchange, patterns(count))
            paths = Paths(exchange, routing_keys(count), ((queue,),))
            flow = run_flow(address, traffic, paths, progress)
        add_cost(figures, f"{count}_bindings", flow)
        samples += flow.samples
        interrupted = flow.interrupted
        if interrupted:
            break
    settings: dict[str, object] = {**asdict(replace(traffic, consumers=1)), "counts": list(counts)}
    return Result("topic bindings", figures, settings, samples, broker, interrupted)


def patterns(count: int) -> list[str]:
    """Half of them with each wildcard."""
    return [f"site{index:06d}.{'*' if index % 2 else '#'}" for index in range(count)]


def routing_keys(count: int) -> tuple[str, ...]:
    """Each matched by one pattern; the patterns that match lie evenly among all."""
    return tuple(
        f"site{index * count // ROUTING_KEYS:06d}.{index:06d}" for index in range(ROUTING_KEYS)
    )
