"""Queues that were declared a moment ago and are on their way to where they are to be: who declared
one is told that it is there when it is.

Rule: whoever waits, waits for what was declared in his own turn of the loop, and not for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.cluster.mirroring.housings import Place
    from leveret.cluster.mirroring.ports import Tasks

# What takes longer goes on, and the declaration is answered meanwhile.
PATIENCE_S: Final = 10.0


class Freshness:
    """tasks: the clock."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._fresh: set[Place] = set()
        # Declared in this turn.
        self._of_turn: set[Place] = set()
        self._waiting: list[tuple[set[Place], Callable[[], None]]] = []

    def add(self, place: Place) -> None:
        """It was declared just now, and is to move."""
        self._fresh.add(place)
        if not self._of_turn:
            self._tasks.later(0, self._of_turn.clear)
        self._of_turn.add(place)
        self._tasks.later(PATIENCE_S, lambda: self.remove(place))

    def remove(self, place: Place) -> None:
        """It is where it is to be, or is not waited for any longer."""
        if place not in self._fresh:
            return
        self._fresh.remove(place)
        waiting, self._waiting = self._waiting, []
        for places, action in waiting:
            places.discard(place)
            self._wait(places, action)

    def when_gone(self, action: Callable[[], None]) -> None:
        """Call it when nothing of this turn is fresh any more; at once if nothing is."""
        self._wait(self._of_turn & self._fresh, action)

    def _wait(self, places: set[Place], action: Callable[[], None]) -> None:
        if places:
            self._waiting.append((places, action))
        else:
            action()
