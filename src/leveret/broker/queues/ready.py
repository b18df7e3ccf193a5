"""The messages of a queue that wait for a consumer, in order.

Hot path: bench/results.md, backlog. `count` is kept as a number because the queue asks for it
with every message; calling a `__len__` there costs 3 %.

Rule: a message that was taken and comes back goes to its original place. Whatever is taken is
taken from the front, so all that comes back is older than all that never left: two lines, the
returned before the fresh, keep the order without searching.
"""

from __future__ import annotations

import heapq
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from leveret.broker.message import Message


class Ready:
    """Messages in the order of publishing."""

    __slots__ = ("_fresh", "_returned", "count")

    def __init__(self) -> None:
        self.count = 0
        self._fresh: deque[Message] = deque()
        self._returned: list[tuple[int, Message]] = []

    def push(self, message: Message) -> None:
        """A message that was just published."""
        self._fresh.append(message)
        self.count += 1

    def put_back(self, message: Message) -> None:
        """A message that was taken before."""
        heapq.heappush(self._returned, (message.position, message))
        self.count += 1

    def take(self) -> tuple[Message, bool]:
        """The oldest message, and whether it had been taken before. Needs `count` > 0."""
        self.count -= 1
        if self._returned:
            return heapq.heappop(self._returned)[1], True
        return self._fresh.popleft(), False

    def heads(self) -> Iterable[Message]:
        """The message that would be taken next, if any."""
        if self._returned:
            yield self._returned[0][1]
        elif self._fresh:
            yield self._fresh[0]

    def drop_while(self, is_over: Callable[[Message], bool]) -> list[Message]:
        """Take from the front while `is_over` says so."""
        dropped: list[Message] = []
        while any(is_over(head) for head in self.heads()):
            dropped.append(self.take()[0])
        return dropped

    def clear(self) -> int:
        """Drop everything; how many there were."""
        dropped = self.count
        self._fresh.clear()
        self._returned.clear()
        self.count = 0
        return dropped
