"""Long work in the broker's loop, done in slices: between two of them messages are delivered."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final, Generic, TypeVar

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


class Slices(Generic[Result]):
    """Steps, as many at a time as there is time for. actor: who is told to have done what they do.

    result: what they come to, once `advance` has said that it was the last.
    """

    result: Result

    def __init__(self, steps: Steps[Result], events: Events, actor: str) -> None:
        self._steps = steps
        self._events = events
        self._actor = actor

    def advance(self) -> bool:
        """One step, and as many more as there is time for; whether all is done."""
        told_before, self._events.actor = self._events.actor, self._actor
        try:
            current = Slice()
            next(self._steps)
            while not current.is_over:
                next(self._steps)
        except StopIteration as end:
            self.result = end.value
            return True
        finally:
            self._events.actor = told_before
        return False


async def unhurried(steps: Steps[Result], events: Events, actor: str) -> Result:
    """What the steps come to, with a turn for everybody else between two slices."""
    slices = Slices(steps, events, actor)
    while True:
        if slices.advance():
            return slices.result
        await asyncio.sleep(0)
