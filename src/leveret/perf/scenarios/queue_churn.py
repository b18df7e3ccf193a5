"""Queue churn: queues declared and deleted in a second, over one channel or several.

Transient queues are exclusive and go with the connection, even if this process is killed; durable
ones can't be (an exclusive queue is never kept), so they are deleted at the end of the run.
"""

from __future__ import annotations

import contextlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from leveret.dial.connection import Connection, DialError
from leveret.perf.churn import Pace, calls, run_churn
from leveret.perf.errors import PerfError
from leveret.perf.result import Progress, Result
from leveret.perf.topology import unique_prefix
from leveret.wire import methods

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leveret.dial.address import Address


@dataclass(frozen=True, slots=True)
class Queues:
    """What is declared: so many at once, dealt out to so many channels."""

    at_once: int = 100
    durable: bool = False
    channels: int = 1


TRANSIENT = Queues()


def run(address: Address, pace: Pace, progress: Progress, *, queues: Queues = TRANSIENT) -> Result:
    prefix = unique_prefix()
    names = [f"{prefix}.queue{index:06d}" for index in range(queues.at_once)]
    with (
        tidied(address, names if queues.durable else []),
        Connection(address, "leveret perf queue churn") as connection,
    ):
        for channel in range(2, queues.channels + 1):
            connection.open_channel(channel)
        declares = [declare(queues, name) for name in names]
        deletes = [methods.QueueDelete(queue=name) for name in names]
        steps = [
            calls("declared", connection, dealt(queues, declares)),
            calls("deleted", connection, dealt(queues, deletes)),
        ]
        churn = run_churn(steps, pace, progress)
        return Result(
            scenario="queue churn",
            figures=churn.figures,
            settings={**asdict(queues), "duration_s": pace.duration_s},
            samples=churn.samples,
            broker=connection.broker,
            interrupted=churn.interrupted,
        )


def declare(queues: Queues, name: str) -> methods.QueueDeclare:
    return methods.QueueDeclare(queue=name, durable=queues.durable, exclusive=not queues.durable)


def dealt(queues: Queues, requests: Sequence[methods.Method]) -> list[tuple[int, methods.Method]]:
    """Each request with its channel, in turn."""
    return [(1 + index % queues.channels, each) for index, each in enumerate(requests)]


@contextlib.contextmanager
def tidied(address: Address, names: Sequence[str]) -> Iterator[None]:
    """Delete what an interrupted round has left, over a connection that knows nothing of it."""
    try:
        yield
    finally:
        if names:
            with (
                contextlib.suppress(DialError, PerfError),
                Connection(address, "leveret perf control") as tidy,
            ):
                deletes = [methods.QueueDelete(queue=name) for name in names]
                tidy.call_all(1, deletes, methods.QueueDeleteOk)
