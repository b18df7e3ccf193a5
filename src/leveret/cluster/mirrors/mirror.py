"""One mirrored queue's messages on the node that leads it.

    append ──> log ──(a majority has it)──> safe: its confirm may go
    settle, delivered ──> gathered for some milliseconds ──> one record for all of them
    everything before the oldest that is not settled ──> purged

Rule: a message is named by its position, which is this node's; the log knows it by its sequence.
Whoever leads next reads the log and gives it positions of his own.
"""

from __future__ import annotations

import heapq
import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from leveret.broker.ports import Recovered
from leveret.cluster.mirrors.records import (
    DELIVERED,
    MESSAGE,
    PART,
    SETTLED,
    head_of,
    message_of,
    pack_sequences,
    pieces_of,
    unpack_sequences,
)
from leveret.cluster.ports import NoMajority

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Sequence

    from leveret.broker.message import Message
    from leveret.cluster.ports import Record, SharedLog

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
    later: Callable[[float, Callable[[], None]], object]
    start: Callable[[Coroutine[None, None, None]], object]


@dataclass(slots=True)
class _Place:
    """Where a message is in the log: its last record's sequence, and its first's."""

    sequence: int
    first: int


@dataclass(slots=True)
class _Waiting:
    """A message that was found in the log."""

    place: _Place
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
    """number: the queue's. log: written by this node."""

    def __init__(self, number: int, shared: SharedLog, around: Around) -> None:
        self.number = number
        self.log = shared
        self._around = around
        self._places: dict[int, _Place] = {}
        # First sequences of messages, the lowest first; those that are settled are passed over.
        self._line: list[int] = []
        self._open: set[int] = set()
        # Messages that are not safe yet: by position, and in the order of their tickets.
        self._on_their_way: dict[int, list[bytes]] = {}
        self._unsafe: deque[tuple[int, int]] = deque()
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
        self._purged_up_to = self._line[0] - 1 if self._line else fence
        return recovered

    async def _recover(self, fence: int) -> Recovered:
        """The log up to the fence, which nobody adds to any more."""
        waiting: dict[int, _Waiting] = {}
        pieces: list[tuple[int, bytes]] = []
        async for record in self.log.read(1, fence):
            if record.kind in {PART, MESSAGE}:
                pieces.append((record.sequence, record.octets))
                if record.kind == MESSAGE:
                    waiting[record.sequence] = _found(pieces)
                    pieces = []
            else:
                # A message that its leader did not say to the end is none.
                pieces = []
                _note(record, waiting)
        return self._renumber(waiting.values())

    def _renumber(self, waiting: Iterable[_Waiting]) -> Recovered:
        recovered = Recovered()
        lines: dict[int, list[int]] = {}
        for each in waiting:
            position = self._around.renumber(each.position)
            self._enter(position, each.place)
            lines.setdefault(each.priority, []).append(position)
            if each.deliveries:
                recovered.deliveries[position] = each.deliveries
        recovered.positions.update(lines)
        return recovered

    # The port MessageStore, for one queue --------------------------------------------------------

    def __contains__(self, position: int) -> bool:
        return position in self._places

    def append(self, message: Message) -> None:
        pieces = pieces_of(message, self._around.wall_ms())
        first = 0
        for at, octets in enumerate(pieces, 1):
            kind = MESSAGE if at == len(pieces) else PART
            ticket = self._say(kind, octets)
            first = first or ticket
        self._enter(message.position, _Place(ticket, first))
        self._on_their_way[message.position] = pieces
        if not self._unsafe:
            self.log.when_safe(ticket, self._became_safe)
        self._unsafe.append((ticket, message.position))

    def settle_all(self, positions: Sequence[int]) -> None:
        places = self._places
        for position in positions:
            place = places.pop(position)
            self._open.discard(place.first)
            self._gathered.settled.append(place.sequence)
        self._gather()

    def delivered(self, position: int) -> None:
        self._gathered.delivered.append(self._places[position].sequence)
        self._gather()

    def read(self, positions: Sequence[int], take: Callable[[list[Message]], None]) -> None:
        self._around.start(self._read(list(positions), take))

    async def _read(self, positions: list[int], take: Callable[[list[Message]], None]) -> None:
        held = {each: self._on_their_way[each] for each in positions if each in self._on_their_way}
        places = {self._places[each].sequence: each for each in positions if each in self._places}
        wanted = {
            sequence: position for sequence, position in places.items() if position not in held
        }
        if wanted:
            first = min(self._places[position].first for position in wanted.values())
            try:
                await self._fetch(first, wanted, held)
            except NoMajority:
                self._around.later(RETRY_S, lambda: self.read(positions, take))
                return
        found = [self._message(held[each], each) for each in positions if each in held]
        take([each for each in found if each is not None])

    async def _fetch(
        self, first: int, wanted: dict[int, int], held: dict[int, list[bytes]]
    ) -> None:
        """From the log into `held`."""
        pieces: list[bytes] = []
        async for record in self.log.read(first, max(wanted)):
            if record.kind not in {PART, MESSAGE}:
                # What was begun before was not said to the end.
                pieces = []
                continue
            pieces.append(record.octets)
            if record.kind == MESSAGE:
                if record.sequence in wanted:
                    held[wanted[record.sequence]] = pieces
                pieces = []

    def _message(self, pieces: list[bytes], position: int) -> Message | None:
        found = message_of(pieces)
        if found is None:
            self._give_up(position)
            return None
        message, published_ms = found
        message.position = position
        message.is_stored = True
        message.published_at = self._around.epoch() + published_ms / 1000
        return message

    def _give_up(self, position: int) -> None:
        """It is delivered to nobody, and waits for nobody any more."""
        log.error(
            "message %d of mirrored queue %d is damaged (wrong checksum): it is lost; check the "
            "disks of its nodes",
            position,
            self.number,
        )
        if position in self._places:
            self.settle_all((position,))

    # Safety --------------------------------------------------------------------------------------

    @property
    def is_safe(self) -> bool:
        """Whether a majority has all that was appended so far."""
        return not self._unsafe

    @property
    def is_behind(self) -> bool:
        """Whether more is on its way than is good."""
        return len(self._unsafe) > UNSAFE_MAX

    def when_safe(self, action: Callable[[], None]) -> None:
        """Call it once a majority has all that was said so far, settles too."""
        self._flush()
        self.log.when_safe(self._last_ticket, action)

    def _say(self, kind: int, octets: bytes) -> int:
        self._last_ticket = self.log.append(kind, octets)
        return self._last_ticket

    def _enter(self, position: int, place: _Place) -> None:
        self._places[position] = place
        heapq.heappush(self._line, place.first)
        self._open.add(place.first)

    def _became_safe(self) -> None:
        safe_ticket, unsafe = self.log.safe_ticket, self._unsafe
        while unsafe and unsafe[0][0] <= safe_ticket:
            self._on_their_way.pop(unsafe.popleft()[1], None)
        if unsafe:
            self.log.when_safe(unsafe[-1][0], self._became_safe)

    def _gather(self) -> None:
        if len(self._gathered) >= GATHERED_MAX and self.log.is_writer:
            self._flush()
        elif self._gathered and not self._is_flush_due:
            self._is_flush_due = True
            self._around.later(GATHERED_S, self._flush_due)

    def _flush_due(self) -> None:
        self._is_flush_due = False
        if self.log.is_writer:
            self._flush()

    def _flush(self) -> None:
        gathered, self._gathered = self._gathered, _Gathered()
        if gathered.delivered:
            self._say(DELIVERED, pack_sequences(gathered.delivered))
        if gathered.settled:
            self._say(SETTLED, pack_sequences(gathered.settled))
            self._settled_count += len(gathered.settled)
            self._purge()

    def _purge(self) -> None:
        """Forget what is before the oldest message that is not settled.

        Once that is safe: of a message that moves on within the log, what is new may be refused
        yet, and what is old would be gone."""
        if self._settled_count < PURGED_MIN:
            return
        line, is_open = self._line, self._open
        while line and line[0] not in is_open:
            heapq.heappop(line)
        up_to = line[0] - 1 if line else self._last_ticket
        if up_to > self._purged_up_to:
            self._purged_up_to, self._settled_count = up_to, 0
            self.log.when_safe(self._last_ticket, lambda: self.log.purge(up_to))


def _found(pieces: list[tuple[int, bytes]]) -> _Waiting:
    head = head_of(pieces[0][1])
    return _Waiting(_Place(pieces[-1][0], pieces[0][0]), head.position, head.priority)


def _note(record: Record, waiting: dict[int, _Waiting]) -> None:
    """What a record says of messages before it."""
    if record.kind == SETTLED:
        for sequence in unpack_sequences(record.octets):
            waiting.pop(sequence, None)
    elif record.kind == DELIVERED:
        for sequence in unpack_sequences(record.octets):
            if sequence in waiting:
                waiting[sequence].deliveries += 1
