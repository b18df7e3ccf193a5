"""A stream's messages: appended at the end, read from anywhere, cut at the beginning.

Hot path of streams: `append` is called for every message.

    first ............................ safe_end ... end
      [ on the disk; what is recent in memory too ]  [ on its way to the disk ]

Rule: a reader gets a message once it is safe. One that was seen and then lost in a crash would
leave its offset to another, which whoever counts offsets would never see.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from leveret.broker.queues.keeping import keep_own
from leveret.broker.streams.held import HeldMessages
from leveret.broker.streams.index import Index
from leveret.broker.streams.positions import pack
from leveret.broker.streams.recent import Recent

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable

    from leveret.broker.agenda import Agenda
    from leveret.broker.keeper import Keeper
    from leveret.broker.message import Message
    from leveret.broker.queues.paging import Paging
    from leveret.broker.streams.index import Block, Stretch
    from leveret.broker.streams.laid import Laid

# How many messages are read at once to find out how large they are.
MEASURED_AT_ONCE: Final = 2048


@dataclass(frozen=True, slots=True)
class StreamHome:
    """What the streams of a vhost have in common."""

    vhost_name: str
    agenda: Agenda
    paging: Paging
    keeper: Keeper


class StreamLog:
    """The log of one stream.

    number: what the message store knows it by; 0 in a broker that keeps nothing.
    safe_end: up to where messages may be read.
    is_read: somebody reads. is_paused: nobody may, for a while.
    grown: called when `safe_end` has.
    """

    def __init__(self, home: StreamHome, number: int, grown: Callable[[], None]) -> None:
        self.number = number
        self.index = Index()
        self.recent = Recent()
        self.safe_end = 0
        self.is_read = self.is_paused = False
        self._grown = grown
        self._agenda = home.agenda
        self._paging = home.paging
        self._durability = home.keeper.confirming
        self._when_kept = home.keeper.when_queue_kept
        store = home.paging.store
        self._store = store if number and store is not None else HeldMessages(home.agenda)
        # The batches that take messages to the disk, and the end of the log with each.
        self._awaited: deque[tuple[int, int]] = deque()
        # Of what there was before the start: see `recover`.
        self._first_position = 0
        self._unmeasured: Block | None = None
        # Cut off, and not yet out of the store.
        self._leaving: deque[Block] = deque()

    def append(self, message: Message) -> None:
        """The next message."""
        if self._unmeasured is not None:
            self._measure()
        message = self._kept(message)
        if not message.published_at:
            message.published_at = self._agenda.clock()
        index = self.index
        offset = index.end
        index.append(message.position, len(message.content), self._agenda.wall_clock())
        if self.is_read:
            self.recent.append(offset, message)
        batch, awaited = self._durability.batch, self._awaited
        if awaited and awaited[-1][0] == batch:
            awaited[-1] = (batch, offset + 1)
        else:
            awaited.append((batch, offset + 1))
            self._when_kept(self.number, self._became_safe)

    def _kept(self, message: Message) -> Message:
        """The message as the store has it; a stream keeps what need not survive elsewhere, too."""
        if not self.number:
            self._store.append(message, (self.number,))
            return message
        if message.is_stored:
            return message
        return keep_own(message, self.number, self._paging)

    def _became_safe(self) -> None:
        _batch, self.safe_end = self._awaited.popleft()
        self._grown()

    # Reading ---------------------------------------------------------------------------------

    def read(self, stretch: Stretch, take: Callable[[list[Message]], None]) -> None:
        """Fetch the messages of a stretch; see MessageStore.read."""
        self._store.read(stretch.positions, take, self.number)

    def since(self, time_s: float) -> float:
        """A time of the clock on the wall by the broker's, as messages have theirs."""
        return time_s - self._agenda.wall_clock() + self._agenda.clock()

    # Cutting ---------------------------------------------------------------------------------

    def cut(self, count: int) -> None:
        """So many of the oldest blocks go: for readers at once, from the store when it is safe
        that they have gone, since where offsets begin must not be forgotten before."""
        gone = self.index.cut(count)
        self._leaving.extend(gone)
        self._durability.when_durable(lambda: self._settle(len(gone)))

    def _settle(self, count: int) -> None:
        for _ in range(min(count, len(self._leaving))):
            self._store.settle_all(self.number, self._leaving.popleft().all_positions())

    def forget(self) -> None:
        """The stream was deleted."""
        for block in (*self._leaving, *self.index.blocks, self.index.tail):
            self._store.forget(self.number, block.all_positions())
        self._leaving.clear()
        self.recent.clear()
        self.index = Index(self.index.end)

    # After a start ---------------------------------------------------------------------------

    def begin_at(self, offset: int, position: int) -> None:
        """What is older had been cut off."""
        self.index.begin_at(offset)
        self._first_position = position

    def lay(self, laid: Laid, positions: array[int], octets_max: int) -> None:
        """Take over what the store has, of which it says the offsets itself."""
        self.index.lay(laid, positions, octets_max)
        self.safe_end = self.index.end

    def recover(self, positions: array[int]) -> None:
        """Take over what the store has: the messages of the blocks that `index` knows, and of the
        tail. What had been cut off goes, if the store was not told any more."""
        start = bisect_left(positions, self._first_position)
        if start:
            gone = positions[:start]
            self._agenda.soon(lambda: self._store.settle_all(self.number, gone))
        for block in self.index.blocks:
            end = bisect_left(positions, block.last_position + 1)
            block.positions = pack(positions[max(start, end - block.count) : end])
            start = end
        tail = self.index.tail
        tail.positions = positions[start:]
        tail.count = len(tail.positions)
        self.safe_end = self.index.end
        self._unmeasured = tail if tail.count else None

    def _measure(self) -> None:
        """Have the tail read, once somebody publishes: how large it is."""
        tail, self._unmeasured = self._unmeasured, None
        assert tail is not None
        positions = tail.all_positions()
        for start in range(0, len(positions), MEASURED_AT_ONCE):
            part = positions[start : start + MEASURED_AT_ONCE]
            self._store.read(part, partial(self.index.weigh, tail), self.number)
