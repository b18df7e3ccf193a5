"""One mirrored queue's messages on the node that leads it.

    append ──> log ──(a majority has it)──> safe: its confirm may go
    settle, delivered ──> gathered for some milliseconds ──> one record for all of them
    everything before the oldest that is not settled ──> purged

Rule: a message is named by its position, which is this node's; the log knows it by its sequence.
Whoever leads next reads the log and gives it positions of his own. A mirror that was given up says
nothing more: what waits for it to be safe hears that it is lost.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.broker.ports import Recovered
from leveret.cluster.mirrors.places import Places
from leveret.cluster.mirrors.records import (
    MOVED,
    Gathered,
    kinds_of,
    message_of,
    pack_moved,
    pieces_of,
)
from leveret.cluster.mirrors.recovery import Recovery, fetch
from leveret.cluster.mirrors.rewriting import SLICE, Extent, is_worthwhile
from leveret.cluster.ports import NoMajority, NoSuchLog

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence

    from leveret.broker.message import Message
    from leveret.cluster.mirrors.recovery import Waiting
    from leveret.cluster.ports import SharedLog

    Action = Callable[[], None]

log = logging.getLogger("leveret.cluster")

# How long settles wait for others, and how many make a record that does not wait.
GATHERED_S: Final = 0.005
GATHERED_MAX: Final = 200
# Messages on their way to the majority before publishers should wait.
UNSAFE_MAX: Final = 10_000
# So many messages at least are settled between two purges: each purge is a request.
PURGED_MIN: Final = 1000
# How long a read that found no majority waits before it tries again.
RETRY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Around:
    """What a mirror has of its node.

    renumber: the position that a message gets here, by the key it has in the log; of 0: one that
        is behind all that were given.
    wall_ms: the clock on the wall.
    epoch: when that was at 0, by the broker's clock. later: call it after so many seconds.
    start: run it as a task.
    """

    renumber: Callable[[int], int]
    wall_ms: Callable[[], int]
    epoch: Callable[[], float]
    later: Callable[[float, Action], object]
    start: Callable[[Coroutine[None, None, None]], object]


class Mirror:
    """number: the queue's. log: written by this node.

    is_own, engines: see Place. is_given_up: somebody else leads the queue, or nobody.
    """

    is_own: Final = False

    def __init__(self, number: int, shared: SharedLog, around: Around) -> None:
        self.number = number
        self.log = shared
        self.engines: dict[Mirror | None, None] = {self: None}
        self.is_given_up = False
        self._around = around
        self._places = Places()
        # From a message's position to its key in the log.
        self._shift = 0
        self._extent = Extent()
        self._is_rewriting = False
        # Messages that are not safe yet: by position, and in the order of their tickets.
        self._on_their_way: dict[int, list[bytes]] = {}
        self._unsafe: deque[tuple[int, int]] = deque()
        # Who waits for what was said up to a ticket, and what to call when that is lost.
        self._waiters: deque[tuple[int, Action, Action]] = deque()
        self._gathered = Gathered()
        self._is_flush_due = False
        self._last_ticket = 0
        self._purged_up_to = 0
        # Since the last purge.
        self._settled_count = 0

    # Taking over -------------------------------------------------------------------------------

    async def lead(self) -> Recovered:
        """Become the one who writes it; what waits in it. Raises NoMajority."""
        fence = await self.log.take_over()
        self._last_ticket = fence
        recovered = await self._recover(fence)
        self._purged_up_to = (self._places.oldest or fence + 1) - 1
        self.log.on_deposed(self._deposed)
        return recovered

    async def _recover(self, fence: int) -> Recovered:
        """The log up to the fence, which nobody adds to any more."""
        recovery = self._new_recovery()
        async for record in self.log.read(1, fence):
            recovery.add(record)
        waiting, again = recovery.found()
        # Whatever comes later stands behind all of it.
        self._shift = max(0, recovery.highest + 1 - self._around.renumber(0))
        recovered = self._renumber(waiting)
        for sequence in self._places.by_position.values():
            self._extent.add(sequence)
        self._gathered.settled += again
        self._gather()
        return recovered

    def _new_recovery(self) -> Recovery:
        return Recovery()

    def _renumber(self, waiting: Iterable[Waiting]) -> Recovered:
        recovered = Recovered()
        lines: dict[int, list[int]] = {}
        for each in waiting:
            position = self._around.renumber(each.key)
            self._places.enter(position, each.sequence, each.first)
            lines.setdefault(each.priority, []).append(position)
            if each.deliveries:
                recovered.deliveries[position] = each.deliveries
        recovered.positions.update(lines)
        self._places.marks.update(recovered.deliveries)
        self._places.sort()
        return recovered

    # The end of it -------------------------------------------------------------------------------

    def _deposed(self) -> None:
        # The same log may have been taken over again since, by another mirror of this node.
        if not self.log.is_writer:
            self.give_up()

    def give_up(self, *, is_kept: bool = False) -> None:
        """Somebody else leads the queue: whoever waits for something here hears that it is lost;
        or that it is kept, where another place has it too."""
        if self.is_given_up:
            return
        self.is_given_up = True
        waiters, self._waiters = self._waiters, deque()
        self._places, self._on_their_way = Places(), {}
        self._unsafe.clear()
        self._gathered = Gathered()
        for _ticket, action, lost in waiters:
            (action if is_kept else lost)()

    # The verbs of a Place ------------------------------------------------------------------------

    def __contains__(self, position: int) -> bool:
        return position in self._places

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def append(self, message: Message) -> None:
        self.adopt(message)

    def adopt(self, message: Message) -> None:
        if not self._may_write:
            return
        position = message.position
        pieces = pieces_of(message, self._published_ms(message), self._key_of(position))
        self._write(position, pieces)

    def _key_of(self, position: int) -> int:
        """Of the message that is about to be written."""
        return position + self._shift

    def _write(self, position: int, pieces: list[bytes]) -> int:
        """The sequence that its first record will have."""
        first = ticket = 0
        for kind, octets in zip(kinds_of(len(pieces)), pieces, strict=True):
            ticket = self._say(kind, octets)
            first = first or ticket
        self._places.enter(position, ticket, first)
        self._extent.add(ticket)
        self._on_their_way[position] = pieces
        if not self._unsafe:
            self.log.when_safe(ticket, self._became_safe)
        self._unsafe.append((ticket, position))
        return first

    def _published_ms(self, message: Message) -> int:
        """By the clock on the wall; now, of one to which time did not matter so far."""
        if not message.published_at:
            return self._around.wall_ms()
        return max(0, round((message.published_at - self._around.epoch()) * 1000))

    def settle_all(self, positions: Sequence[int]) -> None:
        for position in positions:
            sequence = self._places.take(position)
            if sequence is not None:
                self._gathered.settled.append(sequence)
        self._gather()

    def delivered(self, position: int) -> None:
        sequence = self._places.mark(position)
        if sequence is not None:
            self._gathered.delivered.append(sequence)
            self._gather()

    def read(self, positions: Sequence[int], take: Callable[[list[Message]], None]) -> None:
        self._around.start(self._read(list(positions), take))

    async def _read(self, positions: list[int], take: Callable[[list[Message]], None]) -> None:
        held: dict[int, list[bytes]] = {}
        try:
            await self._read_all(positions, held)
        except (NoMajority, NoSuchLog):
            if not self.is_given_up:
                self._around.later(RETRY_S, lambda: self.read(positions, take))
            return
        if not self.is_given_up:
            found = [self._message(held[each], each) for each in positions if each in held]
            take([each for each in found if each is not None])

    async def _read_all(self, positions: Iterable[int], held: dict[int, list[bytes]]) -> None:
        """Into `held`; once more what was written anew while it was being read."""
        places = self._places.by_position
        wanted: dict[int, int] = {}
        for each in positions:
            if each in self._on_their_way:
                held[each] = self._on_their_way[each]
            elif each in places:
                wanted[places[each]] = each
        if not wanted:
            return
        await fetch(self.log, self._places.first_of(min(wanted)), wanted, held)
        moved = [
            each
            for sequence, each in wanted.items()
            if each not in held and places.get(each, sequence) != sequence
        ]
        await self._read_all(moved, held)

    def _message(self, pieces: list[bytes], position: int) -> Message | None:
        found = message_of(pieces)
        if found is None:
            self._lose(position)
            return None
        message, published_ms = found
        message.position = position
        message.is_stored = True
        message.published_at = self._around.epoch() + published_ms / 1000
        return message

    def _lose(self, position: int) -> None:
        """It is delivered to nobody, and waits for nobody any more."""
        log.error(
            "message %d of mirrored queue %d is damaged (wrong checksum): it is lost; check the "
            "disks of its nodes",
            position,
            self.number,
        )
        self.settle_all((position,))

    # Safety --------------------------------------------------------------------------------------

    @property
    def is_safe(self) -> bool:
        """Whether a majority has all that was said so far."""
        return not self._gathered and self._last_ticket <= self.log.safe_ticket

    @property
    def is_behind(self) -> bool:
        """Whether more is on its way than is good."""
        return len(self._unsafe) > UNSAFE_MAX

    def when_safe(self, action: Action, lost: Action) -> None:
        """Call `action` once a majority has all that was said so far, settles too; `lost` when
        that may never be. Later, never from within this call."""
        if not self._may_write:
            self._around.later(0, lost)
            return
        self._flush()
        self._waiters.append((self._last_ticket, action, lost))
        self.log.when_safe(self._last_ticket, self._serve_waiters)

    def _serve_waiters(self) -> None:
        safe_ticket, waiters = self.log.safe_ticket, self._waiters
        while waiters and waiters[0][0] <= safe_ticket:
            waiters.popleft()[1]()

    @property
    def _may_write(self) -> bool:
        """The log may know before it says so that somebody else writes it."""
        if not self.is_given_up and not self.log.is_writer:
            self.give_up()
        return not self.is_given_up

    def _say(self, kind: int, octets: bytes) -> int:
        self._last_ticket = self.log.append(kind, octets)
        return self._last_ticket

    def _became_safe(self) -> None:
        safe_ticket, unsafe = self.log.safe_ticket, self._unsafe
        while unsafe and unsafe[0][0] <= safe_ticket:
            self._on_their_way.pop(unsafe.popleft()[1], None)
        if unsafe:
            self.log.when_safe(unsafe[-1][0], self._became_safe)

    def _gather(self) -> None:
        if len(self._gathered) >= GATHERED_MAX:
            self._flush()
        elif self._gathered and not self._is_flush_due:
            self._is_flush_due = True
            self._around.later(GATHERED_S, self._flush_due)

    def _flush_due(self) -> None:
        self._is_flush_due = False
        self._flush()

    def _flush(self) -> None:
        if not self._gathered or not self._may_write:
            return
        gathered, self._gathered = self._gathered, Gathered()
        for kind, octets in gathered.records():
            self._say(kind, octets)
        if gathered.settled:
            self._settled_count += len(gathered.settled)
            self._purge()

    def _purge(self) -> None:
        """Forget what is before the oldest message that is not settled.

        Once that is safe: of a message that moves on within the log, what is new may be refused
        yet, and what is old would be gone."""
        if self._settled_count < PURGED_MIN:
            return
        oldest = self._places.oldest
        up_to = self._purgeable(oldest)
        if up_to > self._purged_up_to:
            self._purged_up_to, self._settled_count = up_to, 0
            self._extent.forget_before(up_to)
            self.log.when_safe(self._last_ticket, lambda: self.log.purge(up_to))
        if oldest is not None and not self._is_rewriting:
            length = self._extent.since(oldest)
            if is_worthwhile(length, len(self._places)):
                self._is_rewriting = True
                self._around.start(self._rewrite(self._last_ticket))

    def _purgeable(self, oldest: int | None) -> int:
        """Up to where nothing is needed. oldest: of what is not settled."""
        return (oldest or self._last_ticket + 1) - 1

    # Writing anew --------------------------------------------------------------------------------

    async def _rewrite(self, up_to: int) -> None:
        """A pass: whatever is older than it, a slice at a time. What can't be read now waits for
        the next pass."""
        try:
            while older := self._places.older(up_to, SLICE):
                held: dict[int, list[bytes]] = {}
                await self._read_all(older, held)
                if not held or self.is_behind or not self._may_write:
                    break
                self._move_up(older, held)
        except (NoMajority, NoSuchLog) as error:
            log.debug("queue %d is not written anew now: %r", self.number, error)
        finally:
            self._is_rewriting = False

    def _move_up(self, older: dict[int, int], held: dict[int, list[bytes]]) -> None:
        # What was said of them is said of where they were.
        self._flush()
        places, moved = self._places, []
        for position, old in older.items():
            if position in held and places.by_position.get(position) == old:
                marks = places.marks.get(position, 0)
                places.take(position)
                self._write(position, held[position])
                moved.append((old, places.by_position[position], marks))
                if marks:
                    places.marks[position] = marks
        if moved:
            self._say(MOVED, pack_moved(moved))
            self._settled_count += len(moved)
            self._purge()
