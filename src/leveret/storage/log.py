"""The message log: segments in order, and what is alive in them.

    positions   1 ............ 900 | 901 ........ 1750 | 1751 ... (written now)
    segments    [   sealed, 3 live ] [ sealed, all live ] [ tail ]

Rule: only the loop changes what stands here. Threads write and read files that they were handed
(write.py, reading.py, rewrite.py), and what they did is entered when they are done.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from contextlib import suppress
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from leveret.storage.record import BATCH_OCTETS
from leveret.storage.segment import Segment, SegmentHead
from leveret.storage.write import Write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from leveret.storage.batch import Batch
    from leveret.storage.disk import Disk
    from leveret.storage.segment import Entries

# Large enough that a thousand of them are a big log, small enough to be rewritten in a second.
SEGMENT_OCTETS: Final = 64 * 1024 * 1024


class Log:
    """The segments of one directory.

    new_salt: gives numbers that nobody can guess (32 bits); see SegmentHead.
    segments: oldest first; the last one is the tail once something was written.
    is_synced: False where nothing has to survive a power cut.
    busy: segments that are being rewritten, which must not go meanwhile.
    finished: segments in which nothing is needed any more; whoever removes the files empties it.
    """

    def __init__(
        self,
        disk: Disk,
        new_salt: Callable[[], int],
        segments: Iterable[Segment] = (),
        *,
        is_synced: bool = True,
        segment_octets: int = SEGMENT_OCTETS,
    ) -> None:
        self.disk = disk
        self._new_salt = new_salt
        self.segments = list(segments)
        self.is_synced = is_synced
        self.segment_octets = segment_octets
        self.finished: list[Segment] = []
        self.busy: list[Segment] = []
        self._next_id = max((each.head.last for each in self.segments), default=0) + 1
        # What was there at the start is sealed: a new start writes a new segment.
        self._tail: Segment | None = None
        self._suspect: Segment | None = None
        self._places = Places(self.segments)

    @property
    def sealed(self) -> list[Segment]:
        """The segments to which nothing is added any more, and from which nothing is cut."""
        return [each for each in self.segments if each not in (self._tail, self._suspect)]

    @property
    def octets(self) -> int:
        return sum(segment.size for segment in self.segments)

    # Writing ---------------------------------------------------------------------------------

    def prepare(self, batch: Batch) -> Write:
        """The writing of a batch, to be run in a thread: to the tail, or to a new segment."""
        tail = self._tail
        if tail is not None and tail.size + batch.octets <= self.segment_octets:
            return Write(self.disk, batch, tail.head, tail.file, is_synced=self.is_synced)
        self.seal()
        head = SegmentHead(id=self._next_id, last=self._next_id, salt=self._new_salt())
        write = Write(self.disk, batch, head, None, is_synced=self.is_synced)
        write.suspect = self._suspect
        return write

    def seal(self) -> None:
        """Write nothing more to the tail."""
        tail, self._tail = self._tail, None
        if tail is not None:
            self.look_at(tail)

    def write_failed(self) -> None:
        """Nobody knows what the tail holds behind its last good octet: it is cut there, and the
        writing goes on in a new segment."""
        if self._tail is not None:
            self._suspect = self._tail
            self.seal()

    def enter(self, write: Write) -> None:
        """What was written counts from now on."""
        assert write.file is not None
        suspect, self._suspect = self._suspect, None
        if write.is_first:
            self._tail = Segment(write.head, write.file)
            self.segments.append(self._tail)
            self._next_id = write.head.id + 1
        tail = self._tail
        assert tail is not None
        if write.batch.records:
            is_first = not tail.entries.positions
            self._enter_messages(tail, write.batch, write.offset + BATCH_OCTETS)
            if is_first:
                self.reindex()
        tail.entries.controls.extend(write.controls)
        tail.size = write.file.size
        self._enter_controls(tail, write.batch)
        if suspect is not None:
            self.look_at(suspect)

    def _enter_messages(self, tail: Segment, batch: Batch, offset: int) -> None:
        entries = tail.entries
        first = len(entries.positions)
        assert not first or next(iter(batch.records)) > tail.last_position
        entries.positions.extend(batch.records)
        lengths = map(len, batch.records.values())
        entries.offsets.extend(accumulate(lengths, initial=offset))
        # The last of these is where the next record begins.
        entries.offsets.pop()
        entries.wanted += b"\1" * len(batch.records)
        tail.live += len(batch.records)
        _enter_routes(entries, batch, first)
        for position, priority in batch.priorities.items():
            index = tail.index_of(position)
            assert index is not None
            entries.priorities[index] = priority

    def _enter_controls(self, tail: Segment, batch: Batch) -> None:
        for settled in batch.settled.values():
            self.settle(_rising(settled), tail)
        for delivered in batch.delivered.values():
            self.concern(_rising(delivered), tail)

    # Settling --------------------------------------------------------------------------------

    def settle(self, positions: array[int], told_by: Segment | None = None) -> None:
        """One queue each is done with these, which rise, as a record in `told_by` says."""
        for segment, part in self.split(positions):
            segment.settle(part)
            _concern(told_by, segment, len(part))
            self.look_at(segment)

    def concern(self, positions: array[int], told_by: Segment) -> None:
        """A record in `told_by` says something of these, and is needed as long as they are."""
        for segment, part in self.split(positions):
            _concern(told_by, segment, len(part))

    def split(self, positions: array[int]) -> Iterator[tuple[Segment, array[int]]]:
        """The positions by the segments they may be in."""
        start, count = 0, len(positions)
        segments, firsts = self._places.segments, self._places.firsts
        while start < count:
            number = bisect_right(firsts, positions[start])
            end = count
            if number < len(firsts):
                end = bisect_right(positions, firsts[number] - 1, start)
            if number:
                segment = segments[number - 1]
                there = bisect_right(positions, segment.last_position, start, end)
                if there > start:
                    yield segment, positions[start:there]
            start = end

    def find(self, position: int) -> Segment | None:
        """The segment that has the message, if any has."""
        return self._places.find(position)

    def places(self) -> Places:
        """Where messages are now, for a thread that asks while the log goes on."""
        return self._places

    def replace(self, old: Sequence[Segment], new: Segment) -> None:
        """Neighbours were rewritten into one segment."""
        start = self.segments.index(old[0])
        self.segments[start : start + len(old)] = [new]
        self.reindex()
        ids = [each.head.id for each in old]
        kept, there = len(new.entries.positions), sum(len(each.entries.positions) for each in old)
        for other in self.segments:
            moved = sum(other.concerns.pop(each, 0) for each in ids)
            if moved:
                # Most of them are about messages that are gone now. Nobody has counted; rewriting
                # will, which is worth it when they are few.
                other.concerns[new.head.id] = max(1, moved * kept // there)

    # Ending ----------------------------------------------------------------------------------

    def look_at(self, segment: Segment) -> None:
        """Is it finished: sealed, nothing alive in it, and nothing said of what is still there?"""
        if segment.live or segment.concerns or segment is self._tail:
            return
        if segment in self.segments and segment not in (*self.busy, self._suspect):
            self.segments.remove(segment)
            self.reindex()
            self.finished.append(segment)

    def removed(self, segment: Segment) -> None:
        """Its file is gone for good: what others say of its messages is needed no more."""
        for other in list(self.segments):
            if other.concerns.pop(segment.head.id, 0):
                self.look_at(other)

    def close(self) -> None:
        """Let go of the files."""
        for segment in (*self.segments, *self.finished):
            if segment is self._tail:
                # Without the room that was made for more; the next start can cut it as well.
                with suppress(OSError):
                    segment.file.truncate(segment.size)
            segment.file.close()

    def reindex(self) -> None:
        """Segments came or went."""
        self._places = Places(self.segments)


def _enter_routes(entries: Entries, batch: Batch, first: int) -> None:
    routes = set(batch.queues.values())
    if len(routes) == 1 and len(only := routes.pop()) == 1:
        # One queue's messages, as most batches are: nothing to look at one by one.
        entries.add_route(first, only)
        return
    for index, queues in enumerate(batch.queues.values(), first):
        entries.add_route(index, queues)
        if len(queues) > 1:
            entries.want(index, len(queues))


def _concern(told_by: Segment | None, segment: Segment, count: int) -> None:
    """A segment goes with what it says of itself."""
    if told_by is not None and told_by is not segment:
        told_by.concerns[segment.head.id] = told_by.concerns.get(segment.head.id, 0) + count


class Places:
    """Where messages are. It never changes: when segments come or go, the log makes another.

    segments: those with messages. firsts: the first position of each.
    """

    def __init__(self, segments: Iterable[Segment]) -> None:
        self.segments = [each for each in segments if each.entries.positions]
        self.firsts = [each.first_position for each in self.segments]

    def find(self, position: int) -> Segment | None:
        """The segment that has the message, if any has."""
        number = bisect_right(self.firsts, position)
        return self.segments[number - 1] if number else None


def _rising(positions: array[int]) -> array[int]:
    return array("Q", sorted(positions))
