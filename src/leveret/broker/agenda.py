"""What the broker has promised to do later: in the next turn of the loop, or at a time.

Rule: nothing in the domain reads a clock or waits. It writes its intention here; the edge that
owns the loop is told once (`wake`) when the earliest time changes, and calls `run`.
"""

from __future__ import annotations

import heapq
from collections import deque
from itertools import count
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable


# Promises taken back that may lie among the others before anybody tidies up.
CANCELLED_MAX: Final = 1000


class Timer:
    """A promise that can be taken back. action: None once it is kept or taken back."""

    __slots__ = ("_forget", "action")

    def __init__(self, action: Callable[[], None], forget: Callable[[], None]) -> None:
        self.action: Callable[[], None] | None = action
        self._forget = forget

    def take_action(self) -> Callable[[], None] | None:
        """What is to be done now, once."""
        action, self.action = self.action, None
        return action

    def cancel(self) -> None:
        if self.take_action() is not None:
            self._forget()


class Agenda:
    """Actions by time. `clock` gives seconds and never goes back.

    wall_clock: seconds since 1970, for what people read; the edge sets it, and without an edge the
        clock stands for it.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.wall_clock = clock
        self.wake: Callable[[], None] = _nobody_listens
        self._soon: deque[Callable[[], None]] = deque()
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = count()
        self._cancelled_count = 0

    def soon(self, action: Callable[[], None]) -> None:
        """Do it in the next turn, after what is already waiting there."""
        self._soon.append(action)
        self.wake()

    def at(self, deadline: float, action: Callable[[], None]) -> Timer:
        """Do it when the clock reads `deadline` or more."""
        timer = Timer(action, self._tidy_up)
        entry = (deadline, next(self._order), timer)
        heapq.heappush(self._timers, entry)
        if self._timers[0] is entry:
            self.wake()
        return timer

    def next_deadline(self) -> float | None:
        """When `run` has something to do: a clock reading, or None for never."""
        if self._soon:
            return self.clock()
        while self._timers and self._timers[0][2].action is None:
            heapq.heappop(self._timers)
            self._cancelled_count -= 1
        return self._timers[0][0] if self._timers else None

    def run(self) -> None:
        """Do what is due. What that adds for the next turn waits for the next turn."""
        for _ in range(len(self._soon)):
            self._soon.popleft()()
        now = self.clock()
        while self._timers and self._timers[0][0] <= now:
            action = heapq.heappop(self._timers)[2].take_action()
            if action is None:
                self._cancelled_count -= 1
            else:
                action()

    def _tidy_up(self) -> None:
        """One more was taken back. They must not pile up until their time: clients that come and
        go with queues of their own (x-expires of a day) would leave one each."""
        self._cancelled_count += 1
        if self._cancelled_count > max(CANCELLED_MAX, len(self._timers) // 2):
            self._timers = [entry for entry in self._timers if entry[2].action is not None]
            heapq.heapify(self._timers)
            self._cancelled_count = 0


def _nobody_listens() -> None:
    """A broker without an edge (in tests) is run by hand."""
