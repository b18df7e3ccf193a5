"""Throughput: producers and consumers on one queue, as fast as the broker goes."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from leveret.perf.flow import Paths, Traffic, run_flow
from leveret.perf.result import Progress, Result
from leveret.perf.topology import Topology

if TYPE_CHECKING:
    from leveret.perf.address import Address


def run(
    address: Address, traffic: Traffic, progress: Progress, *, queue_type: str = "classic"
) -> Result:
    with Topology(address) as topology:
        queue = topology.declare_queue("queue", kind=queue_type, durable=traffic.persistent)
        paths = Paths("", (queue,), ((queue,),) * traffic.consumers)
        flow = run_flow(address, traffic, paths, progress)
        return Result(
            scenario="throughput",
            figures=flow.figures,
            settings={**asdict(traffic), "queue_type": queue_type},
            samples=flow.samples,
            broker=topology.broker,
            interrupted=flow.interrupted,
        )
