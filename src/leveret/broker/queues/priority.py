"""The waiting messages of a priority queue (`x-max-priority`): a line for each priority in use.

Same verbs as `Ready`; the highest priority is taken first, and within one the oldest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.message import NO_TRAITS
from leveret.broker.queues.ready import Ready

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from leveret.broker.message import Message


class PriorityReady:
    """Messages by priority, 0 to `priority_max`; a higher one counts as the highest."""

    __slots__ = ("_lines", "_priority_max", "count")

    def __init__(self, priority_max: int) -> None:
        self.count = 0
        self._priority_max = priority_max
        # Lines are made when first used: most queues see a few of the 256 priorities.
        self._lines: dict[int, Ready] = {}

    def push(self, message: Message) -> None:
        self._line_of(message).push(message)
        self.count += 1

    def put_back(self, message: Message) -> None:
        self._line_of(message).put_back(message)
        self.count += 1

    def take(self) -> tuple[Message, bool]:
        self.count -= 1
        return next(line for line in self._highest_first() if line.count).take()

    def heads(self) -> Iterable[Message]:
        """The first of each line: a message may expire behind one of higher priority."""
        for line in self._highest_first():
            yield from line.heads()

    def drop_while(self, is_over: Callable[[Message], bool]) -> list[Message]:
        dropped: list[Message] = []
        for line in self._highest_first():
            dropped += line.drop_while(is_over)
        self.count -= len(dropped)
        return dropped

    def clear(self) -> int:
        dropped = self.count
        self._lines.clear()
        self.count = 0
        return dropped

    def _line_of(self, message: Message) -> Ready:
        priority = min((message.traits or NO_TRAITS).priority, self._priority_max)
        line = self._lines.get(priority)
        if line is None:
            self._lines[priority] = line = Ready()
            self._lines = dict(sorted(self._lines.items(), reverse=True))
        return line

    def _highest_first(self) -> Iterable[Ready]:
        return self._lines.values()
