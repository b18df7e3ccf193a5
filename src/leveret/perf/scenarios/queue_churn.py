"""Queue churn: transient queues declared and deleted in a second, on one channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.perf.churn import Pace, calls, run_churn
from leveret.perf.connection import Connection
from leveret.perf.result import Progress, Result
from leveret.perf.topology import unique_prefix
from leveret.wire import methods

if TYPE_CHECKING:
    from leveret.perf.address import Address


def run(address: Address, pace: Pace, progress: Progress, *, at_once: int = 100) -> Result:
    prefix = unique_prefix()
    names = [f"{prefix}.queue{index:06d}" for index in range(at_once)]
    with Connection(address, "leveret perf queue churn") as connection:
        # Exclusive: they go with the connection, even if this process is killed.
        declares = [(1, methods.QueueDeclare(queue=name, exclusive=True)) for name in names]
        deletes = [(1, methods.QueueDelete(queue=name)) for name in names]
        steps = [calls("declared", connection, declares), calls("deleted", connection, deletes)]
        churn = run_churn(steps, pace, progress)
        return Result(
            scenario="queue churn",
            figures=churn.figures,
            settings={"at_once": at_once, "duration_s": pace.duration_s},
            samples=churn.samples,
            broker=connection.broker,
            interrupted=churn.interrupted,
        )
