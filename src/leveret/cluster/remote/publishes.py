"""What was published here to a queue elsewhere, until its home has answered for it.

    publish ──> unsaid ──(say)──> said, by ticket ──(it is safe, or refused)──> gone
                   ^──(the home is lost, or another)──┘

Rule: what was published first is said first, to whichever home: nothing passes what was not
answered for. What was said to a home that is lost is said again, with the first ticket that it
had: the home that took it knows it by that (repeats.py). Another one may have it from the log, and
cannot know: nothing is lost, some may come twice, as when a publisher tries again himself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from leveret.broker.message import Message

# What may stand out before publishers have to wait: some milliseconds of a fast link, and little
# memory for each queue while nobody leads it. Less than consumers have credit for: their next one
# stands behind it.
COUNT_MAX: Final = 1_500
OCTETS_MAX: Final = 2**20


class _Kept:
    """A message, and who wants to hear what becomes of it. first: the ticket that it was said with
    at first; 0: as it has now, or none yet."""

    __slots__ = ("action", "first", "message")

    def __init__(self, message: Message) -> None:
        self.message = message
        self.first = 0
        self.action: Callable[[bool], None] | None = None


class Publishes:
    """Those of one queue. next_ticket: never the same twice, whichever home is told."""

    def __init__(self, next_ticket: Callable[[], int]) -> None:
        self._next_ticket = next_ticket
        self._said: dict[int, _Kept] = {}
        self._unsaid: list[_Kept] = []
        self._last: _Kept | None = None
        self._octets = 0

    def __len__(self) -> int:
        return len(self._said) + len(self._unsaid)

    @property
    def is_much(self) -> bool:
        """More stands out than is good."""
        return self._octets > OCTETS_MAX or len(self._said) + len(self._unsaid) > COUNT_MAX

    @property
    def is_awaited(self) -> bool:
        """A home has yet to answer for some."""
        return bool(self._said)

    def add(self, message: Message) -> bool:
        """The newest; it is said with `say`. Whether that is to be called: it is the first."""
        self._last = kept = _Kept(message)
        self._unsaid.append(kept)
        self._octets += len(message.content)
        return len(self._unsaid) == 1

    def say(self, say: Callable[[list[int], list[Message], tuple[int, ...]], None]) -> None:
        """Say all that was not said yet, with the tickets by which it is answered: at once, if the
        home is this node. And with the first ones, if some of it was said before."""
        unsaid, self._unsaid = self._unsaid, []
        if unsaid:
            tickets = [self._next_ticket() for _ in unsaid]
            self._said.update(zip(tickets, unsaid, strict=True))
            firsts = _firsts(tickets, unsaid) if unsaid[0].first else ()
            say(tickets, [kept.message for kept in unsaid], firsts)

    def unsay(self) -> None:
        """Nobody will answer any more for what was said: it is to be said again, in its order."""
        for ticket, kept in self._said.items():
            kept.first = kept.first or ticket
        self._unsaid = [*self._said.values(), *self._unsaid]
        self._said = {}

    def when_taken(self, action: Callable[[bool], None]) -> None:
        """Call it when the newest is answered for."""
        assert self._last is not None
        self._last.action = action

    def answered(self, tickets: Iterable[int], *, is_taken: bool) -> None:
        """By the home that was told last; an earlier one's word counts no more."""
        for ticket in tickets:
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


def _firsts(tickets: Iterable[int], kept: Iterable[_Kept]) -> tuple[int, ...]:
    return tuple(each.first or ticket for ticket, each in zip(tickets, kept, strict=True))


def _tell(kept: _Kept, *, is_taken: bool) -> None:
    if kept.action is not None:
        kept.action(is_taken)
