"""The waiting messages of a priority queue (`x-max-priority`): a line for each priority in use.

Same verbs as `Ready`; the highest priority is taken first, and within one the oldest. A line that
has to be read from disk first is waited for: none of lower priority goes before it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from leveret.broker.message import NO_TRAITS
from leveret.broker.queues.ready import Backing, Ready, nobody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from leveret.broker.message import Message
    from leveret.broker.queues.pages import Waiting
    from leveret.broker.queues.tally import OnDisk


class PriorityReady:
    """Messages by priority, 0 to `priority_max`; a higher one counts as the highest."""

    __slots__ = ("_backing", "_lines", "_loaded", "_priority_max", "count")

    def __init__(self, priority_max: int, backing: Backing) -> None:
        self.count = 0
        self._priority_max = priority_max
        self._loaded = backing.loaded
        self._backing = replace(backing, loaded=self._line_loaded)
        # Lines are made when first used: most queues see a few of the 256 priorities.
        self._lines: dict[int, Ready] = {}

    @property
    def is_loading(self) -> bool:
        return bool(self.count) and self._first().is_loading

    def push(self, message: Message) -> None:
        self._line_of(message).push(message)
        self.count += 1

    def put_back(self, message: Message) -> None:
        self._line_of(message).put_back(message)
        self.count += 1

    def take(self) -> tuple[Message, bool] | None:
        taken = self._first().take()
        if taken is not None:
            self.count -= 1
        return taken

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

    def clear(self, done: Callable[[Sequence[int]], None]) -> int:
        dropped = self.count
        for line in self._highest_first():
            line.clear(done)
        self._lines.clear()
        self.count = 0
        return dropped

    def detach(self) -> None:
        """The queue is gone; see Ready. Needs to be empty."""
        assert not self._lines
        self._loaded = nobody
        self._backing.loaded = nobody

    def line_of(self, message: Message) -> int:
        """The priority under which it waits."""
        return min((message.traits or NO_TRAITS).priority, self._priority_max)

    def at_hand(self) -> Iterator[Message]:
        for line in self._highest_first():
            yield from line.at_hand()

    @property
    def at_hand_count(self) -> int:
        return sum(line.at_hand_count for line in self._highest_first())

    def head_at_hand(self) -> Message | None:
        return self._first().head_at_hand() if self.count else None

    def on_disk(self) -> Iterator[OnDisk]:
        for priority, line in self._lines.items():
            yield from line.on_disk(priority)

    def waiting(self, first: int = 0) -> Iterator[Waiting]:
        """What waits, in the order in which it will be taken; see Ready."""
        for line in self._highest_first():
            if first < line.count:
                yield from line.waiting(first)
            first = max(0, first - line.count)

    def find(self, positions: Sequence[int]) -> list[Waiting]:
        return [each for line in self._highest_first() for each in line.find(positions)]

    def withdraw(self, positions: Sequence[int]) -> list[Waiting]:
        taken = [each for line in self._highest_first() for each in line.withdraw(positions)]
        self.count -= len(taken)
        return taken

    def put_in_place(self, message: Message, *, redelivered: bool) -> None:
        self._line_of(message).put_in_place(message, redelivered=redelivered)
        self.count += 1

    def set_window(self, window: int) -> None:
        """So many stored messages are kept at hand in each line from now on."""
        self._backing.window = window

    def recover(self, by_priority: Mapping[int, Sequence[int]]) -> None:
        """What the store had before the start; nothing was pushed yet."""
        lines: dict[int, dict[int, Sequence[int]]] = {}
        for priority, positions in by_priority.items():
            lines.setdefault(min(priority, self._priority_max), {})[priority] = positions
        for priority, merged in lines.items():
            self._line(priority).recover(merged)
        self.count = sum(line.count for line in self._highest_first())

    def _line_loaded(self, messages: list[Message]) -> None:
        """What was read for a line is at hand; some may have been lost."""
        self.count = sum(line.count for line in self._highest_first())
        self._loaded(messages)

    def _line_of(self, message: Message) -> Ready:
        return self._line(self.line_of(message))

    def _line(self, priority: int) -> Ready:
        line = self._lines.get(priority)
        if line is None:
            self._lines[priority] = line = Ready(self._backing)
            self._lines = dict(sorted(self._lines.items(), reverse=True))
        return line

    def _first(self) -> Ready:
        return next(line for line in self._highest_first() if line.count)

    def _highest_first(self) -> Iterable[Ready]:
        return self._lines.values()
