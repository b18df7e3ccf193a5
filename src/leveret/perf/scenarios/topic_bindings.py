"""Topic bindings: what a message costs when 10, 1,000, 100,000 patterns could match it.

Every message matches one pattern. The routing keys are 10,000 different ones whatever the number
of bindings, so that a broker that remembers routes has equally much to remember.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.perf.flow import Paths
from leveret.perf.scenarios.many_queues import Ladder, compare_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leveret.dial.address import Address
    from leveret.perf.flow import Traffic
    from leveret.perf.result import Progress, Result
    from leveret.perf.topology import Topology

COUNTS = (10, 1_000, 100_000)
ROUTING_KEYS = 10_000


def run(
    address: Address, traffic: Traffic, progress: Progress, *, counts: Sequence[int] = COUNTS
) -> Result:
    def paths(topology: Topology, count: int) -> Paths:
        queue = topology.declare_queue("queue")
        exchange = topology.declare_exchange("exchange", "topic")
        topology.bind(queue, exchange, patterns(count))
        return Paths(exchange, routing_keys(count), ((queue,),))

    return compare_counts(
        Ladder("topic bindings", "bindings", counts, paths), address, traffic, progress
    )


def patterns(count: int) -> list[str]:
    """Half of them with each wildcard."""
    return [f"site{index:06d}.{'*' if index % 2 else '#'}" for index in range(count)]


def routing_keys(count: int) -> tuple[str, ...]:
    """Each matched by one pattern; the patterns that match lie evenly among all."""
    return tuple(
        f"site{index * count // ROUTING_KEYS:06d}.{index:06d}" for index in range(ROUTING_KEYS)
    )
