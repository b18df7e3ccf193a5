"""Flow control: who publishes faster than the disk can take it is read no further, in short holds.

    disk    persistent messages wait for the log       held until what waited is written
    spill   messages leave memory, which is short      the same, by the spill
    home    messages are on their way to other nodes   held until those have answered for some

Rule: a hold ends when the disk has what it had been given when the hold began. Nobody is told of
it, as in RabbitMQ: the connection's state shows it (`flow`), and for a while afterwards, so that
who looks now and then sees it at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.ports import Durability

# RabbitMQ shows a connection as in flow for so long after it was.
SHOWN_S: Final = 5.0
DISK: Final = "disk"
SPILL: Final = "spill"
HOME: Final = "home"
REASONS: Final = (DISK, SPILL, HOME)


class HoldReading(Protocol):
    """See session.Edge."""

    def __call__(self, reason: str, *, is_held: bool) -> None: ...


class Throttle:
    """The holds of one connection."""

    __slots__ = ("_clock", "_ended_at", "_hold_reading", "_last", "_reasons")

    def __init__(self, hold_reading: HoldReading, clock: Callable[[], float]) -> None:
        self._hold_reading = hold_reading
        self._clock = clock
        self._reasons: set[str] = set()
        self._last = ""
        self._ended_at = float("-inf")

    @property
    def is_on(self) -> bool:
        return bool(self._reasons)

    @property
    def is_shown(self) -> bool:
        """It is on, or was a moment ago."""
        return self.is_on or self._clock() - self._ended_at < SHOWN_S

    @property
    def shown(self) -> list[str]:
        """Why, while it is shown."""
        if not self.is_shown:
            return []
        return sorted(self._reasons) or [self._last]

    def hold(self, reason: str, durability: Durability) -> None:
        """Read nothing until what was given to it so far is safe."""
        self.hold_until(reason, durability.when_durable)

    def hold_until(self, reason: str, when_over: Callable[[Callable[[], None]], None]) -> None:
        """Read nothing until that calls."""
        if reason in self._reasons:
            return
        self._reasons.add(reason)
        self._hold_reading(reason, is_held=True)
        when_over(lambda: self._release(reason))

    def _release(self, reason: str) -> None:
        self._reasons.discard(reason)
        self._last = reason
        self._ended_at = self._clock()
        self._hold_reading(reason, is_held=False)
