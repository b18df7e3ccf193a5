"""The part of a line that is not in memory: positions in order, read back some at a time.

A waiting message costs 9 octets here: its position and where it is. They lie in chunks, so that
ten million can be dropped without touching each.

Rule: one read at a time, and what was dropped meanwhile does not come back with it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections import deque
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from leveret.broker.queues.paging import SPILL_NUMBER
from leveret.broker.queues.tally import OnDisk

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from leveret.broker.message import Message
    from leveret.broker.ports import MessageStore
    from leveret.broker.queues.paging import Paging

# Where a message is: in the store; in the spill; in memory after all, because it need not survive,
# memory is not short, and those before it in the line are on disk.
STORED: Final = 0
SPILLED: Final = 1
HELD: Final = 2

# Positions in a chunk: the overhead of its objects is then below a tenth of an octet each.
CHUNK_MAX: Final = 4096
_ALL_STORED: Final = bytes(CHUNK_MAX)
_HELD: Final = bytes((HELD,))

# Messages and octets read at once: large enough that a read costs little for each message, small
# enough that one queue's backlog neither fills memory nor keeps others waiting.
READ_COUNT_MAX: Final = 2048
READ_OCTETS: Final = 4 * 2**20
# Nobody knows how large they are before one was read; a read may be so many times the last.
READ_GROWTH: Final = 8


class Chunk:
    """Positions and, for each, where the message is."""

    __slots__ = ("places", "positions")

    def __init__(self, positions: array[int], places: bytes) -> None:
        self.positions = positions
        self.places = places

    def __len__(self) -> int:
        return len(self.positions)

    def take(self, count: int) -> Chunk:
        """The first ones, taken out."""
        taken = Chunk(self.positions[:count], self.places[:count])
        self.positions, self.places = self.positions[count:], self.places[count:]
        return taken

    def at(self, place: int) -> Sequence[int]:
        """The positions of the messages that are there."""
        count = self.places.count(place)
        if count in (0, len(self.places)):
            return self.positions if count else ()
        return [each for each, its in zip(self.positions, self.places, strict=True) if its == place]

    def among(self, wanted: Sequence[int]) -> Sequence[int]:
        """Those that may be here, of positions that rise."""
        if not self.positions:
            return ()
        first = bisect_left(wanted, self.positions[0])
        return wanted[first : bisect_left(wanted, self.positions[-1] + 1)]

    def place_of(self, position: int) -> int | None:
        """Where the message is; None when it does not stand here."""
        index = bisect_left(self.positions, position)
        if index == len(self.positions) or self.positions[index] != position:
            return None
        return self.places[index]

    def remove(self, position: int) -> None:
        """It has to be here."""
        index = bisect_left(self.positions, position)
        del self.positions[index]
        self.places = self.places[:index] + self.places[index + 1 :]

    def insert(self, position: int, place: int) -> None:
        """Where it belongs."""
        index = bisect_left(self.positions, position)
        insort(self.positions, position)
        self.places = self.places[:index] + bytes((place,)) + self.places[index:]


class Waiting(NamedTuple):
    """A message in its line, as whoever looks at it or takes it out sees it.

    message: None for one that has to be read first. redelivered: it had been taken before.

    store, number: where it is read from, and whose it is there; None while it is in memory.
    is_spilled: that is the spill, where it has no place of its own.
    """

    position: int
    message: Message | None
    redelivered: bool
    store: MessageStore | None = None
    number: int = 0
    is_spilled: bool = False


class Pages:
    """What a line has besides the messages at hand. Once there is any, new ones go behind it.

    number: the queue's. read_count: how many messages are worth reading at once, as far as their
    size is known. arrived: called with what was read, in order, and how many could not be.
    """

    __slots__ = (
        "_arrived",
        "_chunks",
        "_found",
        "_held",
        "_newest",
        "_newest_places",
        "_number",
        "_paging",
        "_reading",
        "_withdrawn",
        "read_count",
    )

    def __init__(
        self,
        paging: Paging,
        arrived: Callable[[list[Message], int], None],
        read_count: int = 1,
        number: int = 0,
    ) -> None:
        self.read_count = read_count
        self._paging = paging
        self._number = number
        self._arrived = arrived
        self._chunks: deque[Chunk] = deque()
        # Behind the chunks: what will be the next one.
        self._newest = array("Q")
        self._newest_places = bytearray()
        self._held: dict[int, Message] = {}
        # The read under way, and what has come of it; None while an answer is due.
        self._reading: Chunk | None = None
        self._found: dict[int, list[Message] | None] = {}
        # What was taken out of it meanwhile.
        self._withdrawn: set[int] = set()

    @property
    def is_empty(self) -> bool:
        return not (self._chunks or self._newest or self._reading is not None)

    def append(self, position: int, place: int = STORED) -> None:
        """A message that was just published. One that the store has is appended by its position
        alone."""
        self._newest.append(position)
        self._newest_places.append(place)
        if len(self._newest) == CHUNK_MAX:
            self._end_chunk()

    def append_transient(self, message: Message) -> None:
        """One that need not survive."""
        paging = self._paging
        if paging.spill is not None and paging.is_short():
            self.append(paging.spill_out(message), SPILLED)
        else:
            self._held[message.position] = message
            paging.add(len(message.content))
            self.append(message.position, HELD)

    def _end_chunk(self) -> None:
        """Without the room to grow that an array keeps; and most are alike."""
        places = bytes(self._newest_places)
        if places == _ALL_STORED:
            places = _ALL_STORED
        self._chunks.append(Chunk(self._newest[:], places))
        self._newest, self._newest_places = array("Q"), bytearray()

    def adopt(self, positions: Sequence[int]) -> None:
        """Stored messages from before the start."""
        for first in range(0, len(positions), CHUNK_MAX):
            chunk = array("Q", positions[first : first + CHUNK_MAX])
            self._chunks.append(Chunk(chunk, _ALL_STORED[: len(chunk)]))

    def held(self) -> Iterable[Message]:
        """Those that are in memory after all."""
        return self._held.values()

    @property
    def held_count(self) -> int:
        """How many they are."""
        return len(self._held)

    def on_disk(self, line: int) -> Iterator[OnDisk]:
        """The others, as they lie; those being read are on disk until they have arrived."""
        if self._newest:
            self._end_chunk()
        under_way = () if self._reading is None else (self._reading,)
        for place, store in ((STORED, self._paging.store), (SPILLED, self._paging.spill)):
            positions = array("Q")
            for chunk in (*under_way, *self._chunks):
                positions.extend(chunk.at(place))
            if positions:
                assert store is not None
                yield OnDisk(line, store, positions, self._number)

    # Looked at and chosen --------------------------------------------------------------------

    def waiting(self, first: int, returns: Container[int]) -> Iterator[Waiting]:
        """What stands here from a place on, in order. returns: those were delivered before."""
        for chunk in self._all_chunks():
            for index in range(first, len(chunk)):
                yield self._waiting(chunk.positions[index], chunk.places[index], returns)
            first = max(0, first - len(chunk))

    def find(self, wanted: Sequence[int], returns: Container[int]) -> Iterator[Waiting]:
        """Those of these positions, which rise, that stand here."""
        for chunk in self._all_chunks():
            for position in chunk.among(wanted):
                place = chunk.place_of(position)
                if place is not None:
                    yield self._waiting(position, place, returns)

    def _waiting(self, position: int, place: int, returns: Container[int]) -> Waiting:
        is_redelivered = position in returns
        if place == HELD:
            return Waiting(position, self._held[position], is_redelivered)
        is_spilled = place == SPILLED
        store = self._paging.spill if is_spilled else self._paging.store
        return Waiting(position, None, is_redelivered, store, self._number, is_spilled)

    def withdraw(self, wanted: Sequence[int]) -> None:
        """Take out those of these positions, which rise, that stand here."""
        for chunk in self._all_chunks():
            for position in chunk.among(wanted):
                place = chunk.place_of(position)
                if place is None:
                    continue
                chunk.remove(position)
                if chunk is self._reading:
                    self._withdrawn.add(position)
                if place == HELD:
                    self._release(position)
        self._chunks = deque(chunk for chunk in self._chunks if len(chunk))

    def put_in_place(self, message: Message, *, is_stored: bool) -> bool:
        """One that was taken out stands where it stood; False when that is before all that is
        here. While those around it are being read it stays in memory."""
        chunks = self._all_chunks()
        if not chunks or message.position < chunks[0].positions[0]:
            return False
        chunk = next((each for each in chunks if message.position < each.positions[-1]), chunks[-1])
        if is_stored and chunk is not self._reading:
            chunk.insert(message.position, STORED)
            return True
        self._held[message.position] = message
        self._paging.add(len(message.content))
        chunk.insert(message.position, HELD)
        return True

    def _all_chunks(self) -> list[Chunk]:
        """From the one that is being read to the newest, as far as anything is in them."""
        if self._newest:
            self._end_chunk()
        under_way = () if self._reading is None else (self._reading,)
        return [chunk for chunk in (*under_way, *self._chunks) if len(chunk)]

    # Back into memory ------------------------------------------------------------------------

    def turn(self) -> list[Message]:
        """What comes next, as far as it is in memory; if nothing is, have the next ones read."""
        if self._reading is not None or self.is_empty:
            return []
        if not self._chunks:
            self._end_chunk()
        places = self._chunks[0].places
        held_count = len(places) - len(places.lstrip(_HELD))
        if held_count:
            return [self._release(position) for position in self._take(held_count).positions]
        self._read(self._take(self.read_count))
        return []

    def _take(self, count: int) -> Chunk:
        """So many from the front, or what the first chunk has."""
        first = self._chunks[0]
        if len(first) <= count:
            return self._chunks.popleft()
        return first.take(count)

    def _release(self, position: int) -> Message:
        message = self._held.pop(position)
        self._paging.octets -= len(message.content)
        return message

    def _read(self, chunk: Chunk) -> None:
        self._reading = chunk
        asked = {STORED: self._paging.store, SPILLED: self._paging.spill}
        wanted = {place: chunk.at(place) for place in asked}
        self._found = {place: None for place, positions in wanted.items() if positions}
        for place in list(self._found):
            store = asked[place]
            assert store is not None
            store.read(wanted[place], partial(self._answer, chunk, place), self._number)

    def _answer(self, chunk: Chunk, place: int, messages: list[Message]) -> None:
        """The store or the spill has read its share."""
        if self._reading is not chunk:
            return
        self._found[place] = messages
        if None not in self._found.values():
            self._finish(chunk)

    def _settle_spilled(self, messages: list[Message]) -> None:
        """They are ordinary transient messages again."""
        if messages:
            assert self._paging.spill is not None
            self._paging.spill.settle_all(SPILL_NUMBER, [each.position for each in messages])
        for message in messages:
            message.is_stored = False

    def _finish(self, chunk: Chunk) -> None:
        """All is there that will be."""
        if self._withdrawn:
            self._found = {
                place: [each for each in found or () if each.position not in self._withdrawn]
                for place, found in self._found.items()
            }
            self._withdrawn.clear()
        shares = [share for share in self._found.values() if share is not None]
        self._settle_spilled(self._found.get(SPILLED) or [])
        self._reading, self._found = None, {}
        messages = shares[0]
        if len(messages) < len(chunk):
            # Of several places, or not all: in their order.
            found = {each.position: each for each in chain(*shares)}
            found.update((position, self._release(position)) for position in chunk.at(HELD))
            messages = [found[each] for each in chunk.positions if each in found]
        self.read_count = _next_read_count(len(chunk), messages)
        self._arrived(messages, len(chunk) - len(messages))

    # The end ---------------------------------------------------------------------------------

    def drop(self, done: Callable[[Sequence[int]], None]) -> None:
        """Let go of everything; `done` gets the positions of what the store has, part by part."""
        self._end_chunk()
        under_way = () if self._reading is None else (self._reading,)
        chunks = (*under_way, *self._chunks)
        self._reading = None
        self._withdrawn.clear()
        self._chunks.clear()
        for chunk in chunks:
            stored, spilled = chunk.at(STORED), chunk.at(SPILLED)
            if stored:
                done(stored)
            if spilled:
                assert self._paging.spill is not None
                self._paging.spill.settle_all(SPILL_NUMBER, spilled)
        for message in [self._release(position) for position in list(self._held)]:
            if message.is_stored and self._number:
                done([message.position])


def _next_read_count(count: int, messages: list[Message]) -> int:
    """How many to read after so many were, and these came of it."""
    if not count:
        return 1
    octets = sum(len(message.content) for message in messages)
    return min(READ_GROWTH * count, worth_reading(octets, len(messages)))


def worth_reading(octets: int, count: int) -> int:
    """How many messages make a read when `count` of them have so many octets."""
    return max(1, min(READ_COUNT_MAX, READ_OCTETS * count // max(1, octets)))
