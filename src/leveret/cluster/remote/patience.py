"""How long those wait who have asked something of a queue that nobody leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.agenda import Agenda, Timer


class Patience:
    """One queue's. lose: called when it is over; is_over: until somebody leads the queue."""

    __slots__ = ("_agenda", "_lose", "_seconds", "_timer", "is_over")

    def __init__(self, agenda: Agenda, seconds: float, lose: Callable[[], None]) -> None:
        self.is_over = False
        self._agenda = agenda
        self._seconds = seconds
        self._lose = lose
        self._timer: Timer | None = None

    def begin(self) -> None:
        """Nobody leads it, or nobody that is known to; begun once it goes on."""
        if self._timer is None and not self.is_over:
            self._timer = self._agenda.at(self._agenda.clock() + self._seconds, self._end)

    def end(self) -> None:
        """Somebody does."""
        self.is_over = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self) -> None:
        self._timer = None
        self.is_over = True
        self._lose()
