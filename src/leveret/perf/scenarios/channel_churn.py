"""Channel churn: channels opened and closed in a second, on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.dial.connection import Connection
from leveret.perf.churn import Pace, calls, run_churn
from leveret.perf.result import Progress, Result
from leveret.wire import methods

if TYPE_CHECKING:
    from leveret.dial.address import Address


def run(address: Address, pace: Pace, progress: Progress, *, at_once: int = 100) -> Result:
    with Connection(address, "leveret perf channel churn") as connection:
        channels = range(2, 2 + at_once)
        closing = methods.ChannelClose(reply_code=200, reply_text="Goodbye")
        steps = [
            calls("opened", connection, [(channel, methods.ChannelOpen()) for channel in channels]),
            calls("closed", connection, [(channel, closing) for channel in channels]),
        ]
        churn = run_churn(steps, pace, progress)
        return Result(
            scenario="channel churn",
            figures=churn.figures,
            settings={"at_once": at_once, "duration_s": pace.duration_s},
            samples=churn.samples,
            broker=connection.broker,
            interrupted=churn.interrupted,
        )
