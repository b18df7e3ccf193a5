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
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from leveret.broker.ports import Recovered
from leveret.cluster.mirrors.records import (
    DELIVERED,
    SETTLED,
    Assembly,
    head_of,
    kinds_of,
    message_of,
    pack_sequences,
    pieces_of,
    unpack_sequences,
)
from leveret.cluster.ports import NoMajority, NoSuchLog

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence

    from leveret.broker.message import Message
    from leveret.cluster.ports import Record, SharedLog

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

    renumber: the position that a message gets here, by the one it had where it was led before.
    wall_ms: the clock on the wall.
    epoch: when that was at 0, by the broker's clock. later: call it after so many seconds.
    start: run it as a task.
    """

    renumber: Callable[[int], int]
    wall_ms: Callable[[], int]
    epoch: Callable[[], float]
    later: Callable[[float, Action], object]
    start: Callable[[Coroutine[None, None, None]], object]


@dataclass(slots=True)
class _Waiting:
    """A message that was found in the log. first: the sequence of its first record."""

    sequence: int
    first: int
    position: int
    priority: int
    deliveries: int = 0


@dataclass(slots=True)
class _Gathered:
    """What is to be said in one record each."""

    settled: list[int] = field(default_factory=list)
    delivered: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.settled) + len(self.delivered)


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
        # The sequences of messages by position, rising as they were appended; and the first
        # sequences of those that are in pieces.
        self._places: dict[int, int] = {}
        self._firsts: dict[int, int] = {}
        # Messages that are not safe yet: by position, and in the order of their tickets.
        self._on_their_way: dict[int, list[bytes]] = {}
        self._unsafe: deque[tuple[int, int]] = deque()
        # Who waits for what was said up to a ticket, and what to call when that is lost.
        self._waiters: deque[tuple[int, Action, Action]] = deque()
        self._gathered = _Gathered()
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
        self._purged_up_to = (self._oldest or fence + 1) - 1
        self.log.on_deposed(self._deposed)
        return recovered

    async def _recover(self, fence: int) -> Recovered:
        """The log up to the fence, which nobody adds to any more."""
        waiting: dict[int, _Waiting] = {}
        assembly = Assembly()
        async for record in self.log.read(1, fence):
            pieces = assembly.add(record)
            if pieces is None:
                _note(record, waiting)
            else:
                head = head_of(pieces[0])
                found = _Waiting(record.sequence, assembly.first, head.position, head.priority)
                waiting[record.sequence] = found
        return self._renumber(waiting.values())

    def _renumber(self, waiting: Iterable[_Waiting]) -> Recovered:
        recovered = Recovered()
        lines: dict[int, list[int]] = {}
        for each in waiting:
            position = self._around.renumber(each.position)
            self._enter(position, each.sequence, each.first)
            lines.setdefault(each.priority, []).append(position)
            if each.deliveries:
                recovered.deliveries[position] = each.deliveries
        recovered.positions.update(lines)
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
        self._places, self._firsts, self._on_their_way = {}, {}, {}
        self._unsafe.clear()
        self._gathered = _Gathered()
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
        pieces = pieces_of(message, self._published_ms(message))
        first = ticket = 0
        for kind, octets in zip(kinds_of(len(pieces)), pieces, strict=True):
            ticket = self._say(kind, octets)
            first = first or ticket
        self._enter(message.position, ticket, first)
        self._on_their_way[message.position] = pieces
        if not self._unsafe:
            self.log.when_safe(ticket, self._became_safe)
        self._unsafe.append((ticket, message.position))

    def _published_ms(self, message: Message) -> int:
        """By the clock on the wall; now, of one to which time did not matter so far."""
        if not message.published_at:
            return self._around.wall_ms()
        return max(0, round((message.published_at - self._around.epoch()) * 1000))

    def settle_all(self, positions: Sequence[int]) -> None:
        places = self._places
        for position in positions:
            sequence = places.pop(position, None)
            if sequence is not None:
                self._firsts.pop(sequence, None)
                self._gathered.settled.append(sequence)
        self._gather()

    def delivered(self, position: int) -> None:
        sequence = self._places.get(position)
        if sequence is not None:
            self._gathered.delivered.append(sequence)
            self._gather()

    def read(self, positions: Sequence[int], take: Callable[[list[Message]], None]) -> None:
        self._around.start(self._read(list(positions), take))

    async def _read(self, positions: list[int], take: Callable[[list[Message]], None]) -> None:
        held = {each: self._on_their_way[each] for each in positions if each in self._on_their_way}
        wanted = {
            self._places[each]: each
            for each in positions
            if each in self._places and each not in held
        }
        if wanted:
            first = min(wanted)
            try:
                await self._fetch(self._firsts.get(first, first), wanted, held)
            except (NoMajority, NoSuchLog):
                if not self.is_given_up:
                    self._around.later(RETRY_S, lambda: self.read(positions, take))
                return
        if not self.is_given_up:
            found = [self._message(held[each], each) for each in positions if each in held]
            take([each for each in found if each is not None])

    async def _fetch(
        self, first: int, wanted: dict[int, int], held: dict[int, list[bytes]]
    ) -> None:
        """From the log into `held`."""
        assembly = Assembly()
        async for record in self.log.read(first, max(wanted)):
            pieces = assembly.add(record)
            if pieces is not None and record.sequence in wanted:
                held[wanted[record.sequence]] = pieces

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

    def _enter(self, position: int, sequence: int, first: int) -> None:
        self._places[position] = sequence
        if first != sequence:
            self._firsts[sequence] = first

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
        gathered, self._gathered = self._gathered, _Gathered()
        if gathered.delivered:
            self._say(DELIVERED, pack_sequences(gathered.delivered))
        if gathered.settled:
            self._say(SETTLED, pack_sequences(gathered.settled))
            self._settled_count += len(gathered.settled)
            self._purge()

    @property
    def _oldest(self) -> int | None:
        """The first sequence of the oldest message that is not settled."""
        sequence = next(iter(self._places.values()), None)
        return None if sequence is None else self._firsts.get(sequence, sequence)

    def _purge(self) -> None:
        """Forget what is before the oldest message that is not settled.

        Once that is safe: of a message that moves on within the log, what is new may be refused
        yet, and what is old would be gone."""
        if self._settled_count < PURGED_MIN:
            return
        up_to = (self._oldest or self._last_ticket + 1) - 1
        if up_to > self._purged_up_to:
            self._purged_up_to, self._settled_count = up_to, 0
            self.log.when_safe(self._last_ticket, lambda: self.log.purge(up_to))


def _note(record: Record, waiting: dict[int, _Waiting]) -> None:
    """What a record says of messages before it."""
    if record.kind == SETTLED:
        for sequence in unpack_sequences(record.octets):
            waiting.pop(sequence, None)
    elif record.kind == DELIVERED:
        for sequence in unpack_sequences(record.octets):
            if sequence in waiting:
                waiting[sequence].deliveries += 1
