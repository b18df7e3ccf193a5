"""The messages of a queue that wait for a consumer, in order.

Hot path: bench/results.md, backlog. `count` is kept as a number because the queue asks for it
with every message; calling a `__len__` there costs 3 %. For the same reason nothing is weighed
when a message comes or goes, see `weigh`.

Rule: a message that was taken and comes back goes to its original place. Whatever is taken is
taken from the front, so all that comes back is older than all that never left: three parts, the
returned before the fresh, the fresh before those that are not in memory (pages.py), keep the order
without searching.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
from itertools import chain, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from leveret.broker.queues.pages import CHUNK_MAX, Pages, Waiting, worth_reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from leveret.broker.message import Message
    from leveret.broker.queues.paging import Paging
    from leveret.broker.queues.tally import OnDisk

# A line is weighed when it has grown by so many messages or, with what they have been like, octets.
STEP_COUNT: Final = 256
STEP_OCTETS: Final = 2**18

_position_of = attrgetter("position")


@dataclass(slots=True)
class Backing:
    """What a line knows of its queue.

    number: the queue's, 0 when none of its messages is stored.
    window: how many stored messages are kept at hand.
    returns: the queue's; a message in it that is read from disk was delivered before.
    loaded: called with what was read from disk, when it is at hand.
    """

    paging: Paging
    number: int
    window: int
    returns: Mapping[int, int]
    loaded: Callable[[list[Message]], None]


class Ready:
    """Messages in the order of publishing."""

    __slots__ = (
        "_backing",
        "_fresh",
        "_octets",
        "_pages",
        "_returned",
        "_room",
        "_weighed_count",
        "count",
    )

    def __init__(self, backing: Backing) -> None:
        self.count = 0
        self._backing = backing
        self._fresh: deque[Message] = deque()
        self._returned: list[tuple[int, Message]] = []
        self._pages: Pages | None = None
        # When `count` exceeds it somebody has to look where the message should go.
        self._room = 0
        self._octets = 0
        self._weighed_count = 0

    @property
    def is_loading(self) -> bool:
        """Something waits, and what comes first is not in memory."""
        return bool(self.count) and not self._returned and not self._fresh

    def push(self, message: Message) -> None:
        """A message that was just published."""
        self.count += 1
        if self.count > self._room:
            self._push_beyond(message)
        else:
            self._fresh.append(message)

    def put_back(self, message: Message) -> None:
        """A message that was taken before. It stays in memory, where it was."""
        heapq.heappush(self._returned, (message.position, message))
        self.count += 1

    def take(self) -> tuple[Message, bool] | None:
        """The oldest message, and whether it had been taken before. Needs `count` > 0.

        None: it has to be read first, which is under way.
        """
        if self._pages is not None and not self._turn(self._pages):
            return None
        self.count -= 1
        if self._returned:
            return heapq.heappop(self._returned)[1], True
        return self._fresh.popleft(), False

    def heads(self) -> Iterable[Message]:
        """The message that would be taken next, if any; one on disk is asked for."""
        if self._returned:
            yield self._returned[0][1]
        elif self._fresh or (self._pages is not None and self._turn(self._pages)):
            yield self._fresh[0]

    def drop_while(self, is_over: Callable[[Message], bool]) -> list[Message]:
        """Take from the front while `is_over` says so."""
        dropped: list[Message] = []
        while any(is_over(head) for head in self.heads()):
            taken = self.take()
            assert taken is not None
            dropped.append(taken[0])
        return dropped

    def clear(self, done: Callable[[Sequence[int]], None]) -> int:
        """Drop everything; how many there were. `done` gets the positions of stored ones."""
        dropped = self.count
        at_hand = chain(self._fresh, (message for _, message in self._returned))
        stored = [message.position for message in at_hand if self._is_stored(message)]
        if stored:
            done(stored)
        self._fresh.clear()
        self._returned.clear()
        self.count = 0
        if self._pages is not None:
            self._pages.drop(done)
            self._pages = None
        if self._weighed_count:
            self.weigh()
        return dropped

    def detach(self) -> None:
        """The queue is gone; without a way back to it both are freed at once. Needs to be empty."""
        assert not self.count
        self._backing.loaded = nobody

    def line_of(self, _message: Message) -> int:
        """There is but one."""
        return 0

    def at_hand(self) -> Iterator[Message]:
        """Whatever is in memory."""
        yield from self._fresh
        yield from (message for _, message in self._returned)
        if self._pages is not None:
            yield from self._pages.held()

    @property
    def at_hand_count(self) -> int:
        """How many messages are in memory."""
        held = self._pages.held_count if self._pages is not None else 0
        return len(self._fresh) + len(self._returned) + held

    def head_at_hand(self) -> Message | None:
        """The message that would be taken next, unless it is on disk. Nothing is read for it."""
        if self._returned:
            return self._returned[0][1]
        return self._fresh[0] if self._fresh else None

    def on_disk(self, line: int = 0) -> Iterator[OnDisk]:
        """The others."""
        if self._pages is not None:
            yield from self._pages.on_disk(line)

    # Looked at and chosen --------------------------------------------------------------------

    def waiting(self, first: int = 0) -> Iterator[Waiting]:
        """What waits from the `first` on (0 comes next), in the order in which it will be taken.
        Good until the next turn of the loop."""
        returned = sorted(self._returned)[first:] if first < len(self._returned) else ()
        yield from (Waiting(position, each, True) for position, each in returned)
        fresh = islice(self._fresh, max(0, first - len(self._returned)), None)
        yield from (Waiting(each.position, each, False) for each in fresh)
        if self._pages is not None:
            at_hand = len(self._returned) + len(self._fresh)
            yield from self._pages.waiting(max(0, first - at_hand), self._backing.returns)

    def find(self, positions: Sequence[int]) -> list[Waiting]:
        """Those of these positions, which rise, that wait."""
        wanted = frozenset(positions)
        found = [Waiting(at, each, True) for at, each in self._returned if at in wanted]
        for position in positions:
            index = self._index_of(position)
            if index is not None:
                found.append(Waiting(position, self._fresh[index], False))
        if self._pages is not None:
            found += self._pages.find(positions, self._backing.returns)
        return found

    def _index_of(self, position: int) -> int | None:
        """Where it is among the fresh, which stand in order."""
        fresh = self._fresh
        index = bisect_left(fresh, position, key=_position_of)
        return index if index < len(fresh) and fresh[index].position == position else None

    def withdraw(self, positions: Sequence[int]) -> list[Waiting]:
        """Take out what `find` finds, wherever it stands."""
        found = self.find(positions)
        gone = frozenset(each.position for each in found)
        if not gone.isdisjoint(position for position, _ in self._returned):
            self._returned = [each for each in self._returned if each[0] not in gone]
            heapq.heapify(self._returned)
        for position in gone:
            index = self._index_of(position)
            if index is not None:
                del self._fresh[index]
        if self._pages is not None:
            self._pages.withdraw(positions)
            if self._pages.is_empty:
                self._pages = None
                self.weigh()
        self.count -= len(found)
        return found

    def put_in_place(self, message: Message, *, redelivered: bool) -> None:
        """One that was withdrawn stands where it stood."""
        if redelivered or any(message.position < position for position, _ in self._returned):
            self.put_back(message)
            return
        self.count += 1
        is_stored = self._is_stored(message)
        if self._pages is None or not self._pages.put_in_place(message, is_stored=is_stored):
            index = bisect_left(self._fresh, message.position, key=_position_of)
            self._fresh.insert(index, message)

    # What is not in memory -------------------------------------------------------------------

    def set_window(self, window: int) -> None:
        """So many stored messages are kept at hand from now on."""
        self._backing.window = window

    def recover(self, by_priority: Mapping[int, Sequence[int]]) -> None:
        """What the store had before the start; here a priority means nothing."""
        lines = [line for line in by_priority.values() if line]
        if not lines:
            return
        self.count = sum(map(len, lines))
        pages = self._begin_pages(read_count=1)
        for part in lines if len(lines) == 1 else _merged(lines):
            pages.adopt(part)

    def weigh(self, newest: int = 0) -> None:
        """Say how many octets are at hand: the newest exactly, the others as they were last time.

        Done when the line has grown, and when memory seems short.
        """
        fresh = self._fresh
        octets = sum(len(message.content) for message in islice(reversed(fresh), newest))
        if self._weighed_count:
            octets += self._octets * (len(fresh) - newest) // self._weighed_count
        self._backing.paging.weighed(self, octets, self._octets)
        self._octets, self._weighed_count = octets, len(fresh)
        if self._pages is None:
            self._room = self._next_look()

    def _next_look(self) -> int:
        """How far `count` may go before somebody has to look again."""
        step = min(self.count, STEP_COUNT, STEP_OCTETS * self._weighed_count // (self._octets + 1))
        room = self.count + step
        window = self._backing.window
        return min(room, window) if self.count < window else room

    def _is_stored(self, message: Message) -> bool:
        """For this queue: a message may be stored for others only."""
        return message.is_stored and self._backing.number > 0

    def _push_beyond(self, message: Message) -> None:
        """Here, or behind what is on disk, or the first to go there."""
        is_stored = self._is_stored(message)
        pages = self._pages
        if pages is None:
            if self._may_stay(is_stored=is_stored):
                self._fresh.append(message)
                self.weigh(max(0, len(self._fresh) - self._weighed_count))
                return
            pages = self._begin_pages(worth_reading(self._octets, self._weighed_count))
        if is_stored:
            pages.append(message.position)
        else:
            pages.append_transient(message)

    def _may_stay(self, *, is_stored: bool) -> bool:
        paging = self._backing.paging
        if is_stored and self.count > self._backing.window:
            return False
        return not ((is_stored or paging.spill is not None) and paging.is_short())

    def _begin_pages(self, read_count: int) -> Pages:
        self._room = 0
        self._pages = Pages(self._backing.paging, self._arrived, read_count, self._backing.number)
        return self._pages

    def _turn(self, pages: Pages) -> bool:
        """Ask for what comes next when little is left at hand; whether anything is.

        At the latest before the last goes: what comes then may have expired, or do so.
        """
        fresh, returned = self._fresh, self._returned
        if len(fresh) + len(returned) <= pages.read_count:
            held = pages.turn()
            if held:
                fresh.extend(held)
                self._turned(pages, len(held))
        return bool(fresh or returned)

    def _arrived(self, messages: list[Message], lost_count: int) -> None:
        """The next ones were read, except for some that can't be."""
        assert self._pages is not None
        self.count -= lost_count
        returns = self._backing.returns
        fresh = [message for message in messages if message.position not in returns]
        if len(fresh) < len(messages):
            # Delivered before the start: as if they had just come back.
            for message in messages:
                if message.position in returns:
                    heapq.heappush(self._returned, (message.position, message))
        self._fresh.extend(fresh)
        self._turned(self._pages, len(fresh))
        self._backing.loaded(messages)

    def _turned(self, pages: Pages, count: int) -> None:
        """So many more are at hand."""
        if pages.is_empty:
            self._pages = None
        self.weigh(count)


def nobody(_messages: list[Message]) -> None:
    """Nobody waits for what was read."""


def _merged(lines: Iterable[Sequence[int]]) -> Iterator[Sequence[int]]:
    """One line of several, in parts."""
    merged = heapq.merge(*lines)
    while part := tuple(islice(merged, CHUNK_MAX)):
        yield part
