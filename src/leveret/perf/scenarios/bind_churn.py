"""Bind churn: bindings of one queue to a topic exchange made and unmade in a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.perf.churn import Pace, calls, run_churn
from leveret.perf.result import Progress, Result
from leveret.perf.topology import Topology
from leveret.wire import methods

if TYPE_CHECKING:
    from leveret.dial.address import Address


def run(address: Address, pace: Pace, progress: Progress, *, at_once: int = 100) -> Result:
    keys = [f"key.{index:06d}.#" for index in range(at_once)]
    with Topology(address) as topology:
        queue = topology.declare_queue("queue")
        exchange = topology.declare_exchange("exchange", "topic")
        binds = [
            (1, methods.QueueBind(queue=queue, exchange=exchange, routing_key=key)) for key in keys
        ]
        unbinds = [
            (1, methods.QueueUnbind(queue=queue, exchange=exchange, routing_key=key))
            for key in keys
        ]
        steps = [
            calls("bound", topology.connection, binds),
            calls("unbound", topology.connection, unbinds),
        ]
        churn = run_churn(steps, pace, progress)
        return Result(
            scenario="bind churn",
            figures=churn.figures,
            settings={"at_once": at_once, "duration_s": pace.duration_s},
            samples=churn.samples,
            broker=topology.broker,
            interrupted=churn.interrupted,
        )
