"""The octets of an entry: the records that were appended while the entry before was on its way.

    +---------+-------+ +------+--------+--------+
    | version | reign | | kind | length | octets |  ...
    +---------+-------+ +------+--------+--------+
         1        8        1       4      length

The reign is a number of chance that a writer draws when it takes over: an entry that was sent and
not answered for is found again by its octets.

Rule: a record's sequence is that of its entry, and its place in it in the lowest 16 bits. So each
record has a sequence of its own, and the writer knows it before the entry is sent.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final

from leveret.cluster.ports import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION: Final = 1
PLACE_BITS: Final = 16

_HEAD: Final = Struct(">BQ")
_RECORD: Final = Struct(">BI")

# More would let a single one wait longer than a group commit saves; both are a disk's good gulp.
ENTRY_RECORDS_MAX: Final = 4096
ENTRY_BYTES_MAX: Final = 512 * 1024


class MalformedEntry(Exception):
    """Nothing that this version of Leveret has written."""


def sequence_of(entry: int, place: int = 0) -> int:
    return entry << PLACE_BITS | place


def entry_of(sequence: int) -> int:
    return sequence >> PLACE_BITS


class Entry:
    """One that is being filled. number: its sequence in the stream. asked_at: by whose clock."""

    def __init__(self, number: int, reign: int, asked_at: float = 0.0) -> None:
        self.number = number
        self.asked_at = asked_at
        self._parts = [_HEAD.pack(VERSION, reign)]
        self._bytes = 0

    @property
    def last_sequence(self) -> int:
        return sequence_of(self.number, len(self._parts) // 2 - 1)

    def has_room(self, octets: bytes) -> bool:
        records = len(self._parts) // 2
        return records < ENTRY_RECORDS_MAX and self._bytes + len(octets) <= ENTRY_BYTES_MAX

    def append(self, kind: int, octets: bytes) -> int:
        """Its sequence."""
        self._parts += (_RECORD.pack(kind, len(octets)), octets)
        self._bytes += len(octets)
        return self.last_sequence

    def octets(self) -> bytes:
        return b"".join(self._parts)


def records_of(number: int, octets: bytes) -> Iterator[Record]:
    """The records of an entry of the stream. Raises MalformedEntry."""
    if len(octets) < _HEAD.size or octets[0] != VERSION:
        raise MalformedEntry(f"entry {number}")
    place, at = 0, _HEAD.size
    while at < len(octets):
        if at + _RECORD.size > len(octets):
            raise MalformedEntry(f"entry {number}")
        kind, length = _RECORD.unpack_from(octets, at)
        at += _RECORD.size + length
        if at > len(octets):
            raise MalformedEntry(f"entry {number}")
        yield Record(sequence_of(number, place), kind, octets[at - length : at])
        place += 1
