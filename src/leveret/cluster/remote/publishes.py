"""What was published here to a queue elsewhere, until its home has answered for it.

    publish ──> unsaid ──(say)──> said, by ticket ──(it is safe, or refused)──> gone
                   ^──(the home is lost, or another)──┘

Rule: what was published first is said first, to whichever home: nothing passes what was not
answered for. What was said to a home that is lost is said again to the next, which may have it
already then: nothing is lost, some may come twice, as when a publisher tries again himself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.message import Message

# What may stand out before publishers have to wait: some milliseconds of a fast link, and little
# memory for each queue while nobody leads it.
COUNT_MAX: Final = 10_000
OCTETS_MAX: Final = 4 * 2**20


class _Kept:
    """A message, and who wants to hear what becomes of it."""

    __slots__ = ("action", "message")

    def __init__(self, message: Message) -> None:
        self.message = message
        self.action: Callable[[bool], None] | None = None


class Publishes:
    """Those of one queue."""

    def __init__(self) -> None:
        self._said: dict[int, _Kept] = {}
        self._unsaid: list[_Kept] = []
        self._last: _Kept | None = None
        self._octets = 0

    def __len__(self) -> int:
        return len(self._said) + len(self._unsaid)

    @property
    def is_much(self) -> bool:
        """More stands out than is good."""
        return self._octets > OCTETS_MAX or len(self) > COUNT_MAX

    @property
    def is_awaited(self) -> bool:
        """A home has yet to answer for some."""
        return bool(self._said)

    def add(self, message: Message) -> None:
        """The newest; it is said with `say`."""
        self._last = _Kept(message)
        self._unsaid.append(self._last)
        self._octets += len(message.content)

    def say(self, say: Callable[[Message], int]) -> None:
        """Say all that was not said yet; `say` gives the ticket that it is answered by."""
        unsaid, self._unsaid = self._unsaid, []
        for kept in unsaid:
            self._said[say(kept.message)] = kept

    def unsay(self) -> None:
        """Nobody will answer any more for what was said: it is to be said again, in its order."""
        self._unsaid = [*self._said.values(), *self._unsaid]
        self._said = {}

    def when_taken(self, action: Callable[[bool], None]) -> None:
        """Call it when the newest is answered for."""
        assert self._last is not None
        self._last.action = action

    def answered(self, ticket: int, *, is_taken: bool) -> None:
        """By the home that was told last; an earlier one's word counts no more."""
        kept = self._said.pop(ticket, None)
        if kept is not None:
            self._octets -= len(kept.message.content)
            _tell(kept, is_taken=is_taken)

    def refuse(self) -> None:
        """Nobody will have them."""
        self.unsay()
        refused, self._unsaid, self._octets = self._unsaid, [], 0
        for kept in refused:
            _tell(kept, is_taken=False)


def _tell(kept: _Kept, *, is_taken: bool) -> None:
    if kept.action is not None:
        kept.action(is_taken)
