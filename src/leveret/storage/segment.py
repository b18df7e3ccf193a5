"""One segment of the message log, as it is known in memory.

A segment is a file of records. What is kept of each message is its position, where its record
begins, and how many queues still want it: 13 octets.

Rule: positions rise within a segment and from one segment to the next, so a message is found by
two searches and no map.
"""

from __future__ import annotations

import struct
from array import array
from binascii import crc32
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from leveret.storage.disk import File
    from leveret.storage.record import MessageHead, Queues

# magic, version, id, last id, generation, salt; then zeros, and the CRC of all this.
_HEAD: Final = struct.Struct("<8sH6xQQII")
_CRC: Final = struct.Struct("<I")
HEAD_OCTETS: Final = 64
MAGIC: Final = b"LVRTLOG\0"
VERSION: Final = 1

SUFFIX: Final = ".segment"


class UnreadableHead(Exception):
    """The file does not begin as a segment of ours does."""


class OtherVersion(UnreadableHead):
    """It begins as a segment of another version of the format does: nothing is damaged."""


@dataclass(frozen=True, slots=True)
class SegmentHead:
    """The first 64 octets of a segment.

    last: the last of the segments that were joined in this one; its own id when it was not.
    generation: how often it was rewritten.
    salt: where the checksums of its batch heads begin.
    """

    id: int
    last: int
    generation: int = 0
    salt: int = 0

    def encode(self) -> bytes:
        fields = _HEAD.pack(MAGIC, VERSION, self.id, self.last, self.generation, self.salt)
        octets = fields.ljust(HEAD_OCTETS - _CRC.size, b"\0")
        return octets + _CRC.pack(crc32(octets))


def decode_head(octets: bytes) -> SegmentHead:
    """Raises UnreadableHead."""
    if len(octets) < HEAD_OCTETS or not octets.startswith(MAGIC):
        raise UnreadableHead("it does not begin as a segment does")
    (crc,) = _CRC.unpack_from(octets, HEAD_OCTETS - _CRC.size)
    if crc32(octets[: HEAD_OCTETS - _CRC.size]) != crc:
        raise UnreadableHead("the checksum of its head is wrong")
    _magic, version, *fields = _HEAD.unpack_from(octets)
    if version != VERSION:
        raise OtherVersion(f"its format is version {version}; this Leveret reads {VERSION}")
    return SegmentHead(*fields)


def file_name(segment_id: int) -> str:
    return f"{segment_id:016x}{SUFFIX}"


MANY: Final = 255


@dataclass(slots=True)
class Entries:
    """The messages of a segment, by their place in it.

    positions, offsets: of each message. wanted: by how many queues, one octet each; MANY stands
        for a number that `many` has.
    routes: runs of messages for the same queues: index of the first, and the queues.
    priorities: of the messages that have one.
    controls: where records stand that are no messages and say something of some.
    """

    positions: array[int] = field(default_factory=lambda: array("Q"))
    offsets: array[int] = field(default_factory=lambda: array("I"))
    wanted: bytearray = field(default_factory=bytearray)
    many: dict[int, int] = field(default_factory=dict)
    routes: list[tuple[int, Queues]] = field(default_factory=list)
    priorities: dict[int, int] = field(default_factory=dict)
    controls: array[int] = field(default_factory=lambda: array("I"))

    def add(self, head: MessageHead, offset: int) -> None:
        """A message behind the others, wanted by one queue until somebody says otherwise."""
        index = len(self.positions)
        self.positions.append(head.position)
        self.offsets.append(offset)
        self.wanted.append(1)
        self.add_route(index, head.queues)
        if head.priority:
            self.priorities[index] = head.priority

    def add_route(self, index: int, queues: Queues) -> None:
        """The message at `index` and those behind it are for these queues."""
        if not self.routes or self.routes[-1][1] != queues:
            self.routes.append((index, queues))

    def want(self, index: int, count: int) -> None:
        """So many queues want the message at `index`."""
        self.wanted[index] = min(count, MANY)
        if count >= MANY:
            self.many[index] = count
        else:
            self.many.pop(index, None)

    def settle_one(self, index: int) -> bool:
        """One queue less wants a message; True when nobody does any more."""
        if self.wanted[index] == MANY:
            self.want(index, self.many[index] - 1)
        else:
            self.wanted[index] -= 1
        return not self.wanted[index]

    def runs(self) -> Iterator[tuple[int, int, Queues]]:
        """The routes with both ends: first index, index behind the last, queues."""
        end = len(self.positions)
        ends = [*(first for first, _queues in self.routes), end][1:]
        for (first, queues), end in zip(self.routes, ends, strict=True):
            yield first, end, queues

    def waiting(self, first: int, end: int) -> Iterator[int]:
        """The positions between two indexes that somebody wants."""
        return compress(self.positions[first:end], self.wanted[first:end])


class Segment:
    """A segment and what is alive in it.

    size: octets of the file that count.
    live: messages that somebody wants.
    concerns: by segment, how many of the settled and delivered marks in this one are about
        messages in that one; this segment is needed as long as that one is there.
    has_index: it stands beside the file.
    is_damaged: something in it can't be read, so it can't be rewritten.
    """

    __slots__ = (
        "concerns",
        "entries",
        "file",
        "has_index",
        "head",
        "is_damaged",
        "live",
        "size",
    )

    def __init__(self, head: SegmentHead, file: File) -> None:
        self.head = head
        self.file = file
        self.size = HEAD_OCTETS
        self.entries = Entries()
        self.live = 0
        self.concerns: dict[int, int] = {}
        self.has_index = False
        self.is_damaged = False

    @property
    def first_position(self) -> int:
        return self.entries.positions[0]

    @property
    def last_position(self) -> int:
        return self.entries.positions[-1]

    @property
    def live_octets(self) -> int:
        """About how many of its octets are messages that somebody wants."""
        return self.size * self.live // len(self.entries.positions) if self.live else 0

    def index_of(self, position: int) -> int | None:
        """The place of a message in `entries`, if it is here and wanted."""
        positions = self.entries.positions
        index = bisect_left(positions, position)
        if index == len(positions) or positions[index] != position:
            return None
        return index if self.entries.wanted[index] else None

    def drop(self, index: int) -> None:
        """Nobody can have this message: it is damaged."""
        if self.entries.wanted[index]:
            self.entries.want(index, 0)
            self.live -= 1

    def settle(self, positions: array[int]) -> None:
        """One queue each is done with these, which rise; what is not here is passed over."""
        if not self._settle_row(positions):
            self.settle_each(positions)

    def settle_each(self, positions: Iterable[int]) -> None:
        """The same, one by one and in any order."""
        for position in positions:
            index = self.index_of(position)
            if index is not None and self.entries.settle_one(index):
                self.live -= 1

    def _settle_row(self, positions: array[int]) -> bool:
        """Messages mostly go in the order they came, many at once: one step for all of them."""
        entries, count = self.entries, len(positions)
        first = bisect_left(entries.positions, positions[0])
        end = first + count
        if entries.positions[first:end] != positions or entries.wanted[first:end] != b"\1" * count:
            return False
        entries.wanted[first:end] = bytes(count)
        self.live -= count
        return True
