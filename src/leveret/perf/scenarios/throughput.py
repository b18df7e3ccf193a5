"""Throughput: producers and consumers on one queue, as fast as the broker goes."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from leveret.perf.flow import Paths, Traffic, run_flow
from leveret.perf.result import Progress, Result
from leveret.perf.topology import Topology

if TYPE_CHECKING:
    from leveret.dial.address import Address
    from leveret.wire.values import Table


def run(
    address: Address, traffic: Traffic, progress: Progress, *, arguments: Table | None = None
) -> Result:
    """arguments: the queue's."""
    table = arguments or {}
    with Topology(address) as topology:
        queue = topology.declare_queue("queue", durable=traffic.persistent, arguments=table)
        paths = Paths("", (queue,), ((queue,),) * traffic.consumers)
        flow = run_flow(address, traffic, paths, progress)
        return Result(
            scenario="throughput",
            figures=flow.figures,
            settings={**asdict(traffic), "arguments": table},
            samples=flow.samples,
            broker=topology.broker,
            interrupted=flow.interrupted,
        )
