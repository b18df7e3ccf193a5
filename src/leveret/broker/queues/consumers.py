"""Who waits for a queue's messages, and whose turn it is.

Hot path: bench/results.md, 1 KiB auto-ack. `first` is read with every message, so it is kept
ready-made and changes only when a consumer comes, goes, is full or has room again.

Rule: strict round robin among the consumers of the highest priority that can take more.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leveret.broker.message import Message


class Consumer(Protocol):
    """The far end of a subscription, as a queue sees it."""

    @property
    def priority(self) -> int:
        """Higher is served first."""

    @property
    def exclusive(self) -> bool:
        """No other consumer may share the queue."""

    def deliver(self, message: Message, redelivered: bool) -> None:
        """Hand over a message. A consumer that is then full parks itself with the queue."""

    def queue_gone(self) -> None:
        """The queue was deleted; nothing more will come."""


NOBODY: Final[deque[Consumer]] = deque()


class Consumers:
    """The consumers of one queue. Those that can take more stand in line, by priority."""

    __slots__ = ("_all", "_lines", "first")

    def __init__(self) -> None:
        self.first: deque[Consumer] = NOBODY
        self._all: dict[Consumer, None] = {}
        self._lines: dict[int, deque[Consumer]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Consumer]:
        return iter(list(self._all))

    @property
    def is_exclusive(self) -> bool:
        return any(consumer.exclusive for consumer in self._all)

    def add(self, consumer: Consumer) -> None:
        """A new consumer; it stands in no line until it resumes."""
        assert consumer not in self._all
        self._all[consumer] = None

    def remove(self, consumer: Consumer) -> None:
        del self._all[consumer]
        self.park(consumer)

    def resume(self, consumer: Consumer) -> None:
        """It can take messages: at the end of its line."""
        self._lines.setdefault(consumer.priority, deque()).append(consumer)
        self._choose()

    def park(self, consumer: Consumer) -> None:
        """It can't take more for now. Parking twice is no harm."""
        line = self._lines.get(consumer.priority)
        if line is None:
            return
        # Who has just been served stands at the end.
        if line[-1] is consumer:
            line.pop()
        elif consumer in line:
            line.remove(consumer)
        if not line:
            del self._lines[consumer.priority]
            self._choose()

    def _choose(self) -> None:
        self.first = self._lines[max(self._lines)] if self._lines else NOBODY
