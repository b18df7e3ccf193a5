"""Octets of messages that wait on disk, when somebody begins to limit them: after a start, or with
a new policy. Their sizes are known once they have been read, some at a time, oldest first.

Rule: a message is counted once. One that is taken before its line's tally has come to it is passed
over when the tally does.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from leveret.broker.message import Message
    from leveret.broker.ports import MessageStore

# Read at once: so little that nobody else's read waits for long.
PART_MAX: Final = 512


@dataclass(frozen=True, slots=True)
class OnDisk:
    """Messages of one line, in order. line: which of a queue's; 0 where there is but one.

    number: the queue's.
    """

    line: int
    store: MessageStore
    positions: Sequence[int]
    number: int = 0


class Tally:
    """Counts what waits on disk in one queue.

    counted: called with octets found.
    is_done: all of it is counted; nothing is to be asked any more.
    """

    __slots__ = ("_counted", "_ends", "_is_over", "_parts", "_passed", "_reached", "is_done")

    def __init__(self, waiting: Iterable[OnDisk], counted: Callable[[int], None]) -> None:
        self._counted = counted
        self._parts = deque(part for each in waiting for part in _parts(each))
        # By line: the position up to which it is counted, and the last one to count.
        self._reached = {part.line: -1 for part in self._parts}
        self._ends = {part.line: part.positions[-1] for part in self._parts}
        self._passed: set[int] = set()
        self._is_over = False
        self.is_done = not self._parts
        self._go_on()

    def passes(self, line: int, message: Message) -> bool:
        """A message was taken: whether it has not been counted, and shall not be any more."""
        position = message.position
        if not self._reached.get(line, 0) < position <= self._ends.get(line, -1):
            return False
        if position in self._passed:
            return False
        self._passed.add(position)
        return True

    def know(self, message: Message) -> None:
        """It stands among those on disk and is counted already."""
        self._passed.add(message.position)

    def end(self) -> None:
        """Nothing waits any more."""
        self._is_over = self.is_done = True

    def _go_on(self) -> None:
        while self._parts:
            part = self._parts[0]
            unknown = [each for each in part.positions if each not in self._passed]
            if unknown:
                part.store.read(unknown, self._take, part.number)
                return
            self._finish()
        self.is_done = True

    def _take(self, messages: list[Message]) -> None:
        if self._is_over:
            return
        found = sum(each.body_bytes for each in messages if each.position not in self._passed)
        self._finish()
        self._counted(found)
        if not self._is_over:
            self._go_on()

    def _finish(self) -> None:
        """The first part is counted."""
        part = self._parts.popleft()
        self._reached[part.line] = part.positions[-1]
        self._passed.difference_update(part.positions)


def _parts(waiting: OnDisk) -> Iterable[OnDisk]:
    for first in range(0, len(waiting.positions), PART_MAX):
        yield replace(waiting, positions=waiting.positions[first : first + PART_MAX])
