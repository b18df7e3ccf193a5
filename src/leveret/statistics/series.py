"""Counters of one thing over time, a row of them at each tick.

    Timeline   when the ticks were: the same for all things
    Series     what the counters of one thing were then

A counter that never changes costs nothing but its place in a row. One that does has a ring for each
step of its retention; when nothing has changed for as long as the rings reach they go again.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leveret.statistics.retention import Policy, Step

Row: TypeAlias = tuple[int, ...]

# Older than that, the last two rows say nothing of now.
STALE_S: Final = 12.0


class Timeline:
    """When the ticks were, counted from 1, by the clock on the wall."""

    def __init__(self, length: int) -> None:
        self.tick = 0
        self._length = length
        # A day of the finest ticks, oldest first.
        self._times = array("d")

    def advance(self, now_s: float) -> int:
        self.tick += 1
        self._times.append(now_s)
        if len(self._times) > 2 * self._length:
            del self._times[: -self._length]
        return self.tick

    def time_of(self, tick: int) -> float:
        """Of one of the last ticks."""
        return self._times[tick - self.tick - 1]

    @property
    def interval_s(self) -> float:
        """Between the last two ticks; 0 when there are not two."""
        return self._times[-1] - self._times[-2] if len(self._times) > 1 else 0.0

    def is_live(self, now_s: float) -> bool:
        """The last two ticks say something of now."""
        return self.interval_s > 0 and now_s - self._times[-1] < STALE_S

    def ticks_at(self, points_ms: Sequence[int]) -> list[int]:
        """For each point of time the last tick before it, 0 for none."""
        before = self.tick - len(self._times)
        found = (bisect_right(self._times, point / 1000) for point in points_ms)
        return [before + count if count else 0 for count in found]


class Series:
    """One thing's.

    last, before: its counters at the last two ticks.
    """

    __slots__ = ("_changed", "_first", "_rings", "before", "last")

    def __init__(self, tick: int, before: Row) -> None:
        """before: what they were at the tick before this one, the first to be recorded."""
        self._first = self._changed = tick
        self.before = self.last = before
        self._rings: dict[int, list[array[int]]] = {}

    def record(self, tick: int, row: Row, policy: Policy) -> None:
        """Ticks follow one another, and each is recorded."""
        last = self.before = self.last
        if row != last:
            self._changed = tick
            for column, (value, known) in enumerate(zip(row, last, strict=True)):
                if value != known and column not in self._rings:
                    self._rings[column] = [array("q", [known]) * step.size for step in policy.steps]
            self.last = row
        elif self._rings and tick - self._changed > policy.length:
            self._rings.clear()
        for number, place in policy.places(tick) if self._rings else ():
            for column, rings in self._rings.items():
                rings[number][place] = row[column]

    @property
    def changed(self) -> int:
        """The tick at which anything was other than before."""
        return self._changed

    def at(self, column: int, ticks: Sequence[int], number: int, step: Step) -> list[int]:
        """What a counter was at these ticks; 0 where the step of that number does not reach."""
        rings, every, size = self._rings.get(column), step.every, step.size
        if rings is None:
            constant = self.last[column]
            return [constant if tick >= self._first else 0 for tick in ticks]
        ring = rings[number]
        # The last row that the step has taken before each tick.
        rows = [tick // every for tick in ticks]
        oldest = max(-(-self._first // every), ticks[-1] // every - size + 1) if rows else 0
        return [ring[row % size] if row >= oldest else 0 for row in rows]
