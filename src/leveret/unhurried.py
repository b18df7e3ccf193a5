"""Long work in the broker's loop, done in slices: between two of them messages are delivered."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from leveret.broker.definitions.steps import Steps
    from leveret.broker.events import Events

Result = TypeVar("Result")

# As long as a turn may be without anybody's messages being late.
SLICE_S: Final = 0.004


async def unhurried(steps: Steps[Result], events: Events, actor: str) -> Result:
    """What the steps come to. actor: who is told to have done what they do."""
    while True:
        told_before, events.actor = events.actor, actor
        try:
            _slice(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
        finally:
            events.actor = told_before
        await asyncio.sleep(0)


def _slice(steps: Steps[Result]) -> None:
    """One step, and as many more as there is time for. Raises StopIteration at the end."""
    until = time.perf_counter() + SLICE_S
    next(steps)
    while time.perf_counter() < until:
        next(steps)
