"""Fan-out: every message to many queues through a fanout exchange."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from leveret.perf.flow import Paths, Traffic, run_flow
from leveret.perf.result import Progress, Result
from leveret.perf.topology import Topology

if TYPE_CHECKING:
    from leveret.dial.address import Address


def run(address: Address, traffic: Traffic, progress: Progress, *, queues: int = 10) -> Result:
    """The queues are dealt out to the consumers, of which there may be fewer."""
    consumers = min(traffic.consumers, queues)
    with Topology(address) as topology:
        exchange = topology.declare_exchange("exchange", "fanout")
        names = topology.declare_queues(queues)
        for name in names:
            topology.bind(name, exchange, [""])
        dealt = tuple(names[each::consumers] for each in range(consumers))
        paths = Paths(exchange, ("",), dealt, copies=queues)
        flow = run_flow(address, traffic, paths, progress)
        return Result(
            scenario="fan-out",
            figures=flow.figures,
            settings={**asdict(traffic), "queues": queues},
            samples=flow.samples,
            broker=topology.broker,
            interrupted=flow.interrupted,
        )
