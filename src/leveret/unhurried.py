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


class Slice:
    """What may be done before everybody else has a turn of the loop. Begins when it is made."""

    __slots__ = ("_until",)

    def __init__(self) -> None:
        self._until = time.perf_counter() + SLICE_S

    @property
    def is_over(self) -> bool:
        return time.perf_counter() >= self._until

    async def give_way(self) -> None:
        """A turn for everybody else; then the next slice begins."""
        await asyncio.sleep(0)
        self._until = time.perf_counter() + SLICE_S


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
    current = Slice()
    next(steps)
    while not current.is_over:
        next(steps)
