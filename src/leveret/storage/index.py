"""The index of a sealed segment: what a start has to know of it without reading the messages.

An index is never needed: without one, or with one that is damaged or belongs to another
generation of its segment, the segment itself is read from end to end.

    head | positions u64 | offsets u32 | controls u32 | routes | priorities | crc u32
"""

from __future__ import annotations

import struct
from array import array
from binascii import crc32
from typing import TYPE_CHECKING, Final

from leveret.storage.record import from_octets, to_octets
from leveret.storage.segment import Entries

if TYPE_CHECKING:
    from leveret.storage.segment import Segment, SegmentHead

# magic, version, segment id, generation, size of the segment,
# then how many messages, controls, routes, queue numbers in routes, priorities.
_HEAD: Final = struct.Struct("<8sH2xQIQIIIII")
_CRC: Final = struct.Struct("<I")
MAGIC: Final = b"LVRTIDX\0"
VERSION: Final = 1
SUFFIX: Final = ".index"


def file_name(segment_id: int) -> str:
    return f"{segment_id:016x}{SUFFIX}"


def encode(segment: Segment) -> bytes:
    """The index of a segment as it stands; what is settled in it is not the index's business."""
    entries, head = segment.entries, segment.head
    queues = array("I", (number for _first, route in entries.routes for number in route))
    octets = b"".join(
        (
            _HEAD.pack(
                MAGIC,
                VERSION,
                head.id,
                head.generation,
                segment.size,
                len(entries.positions),
                len(entries.controls),
                len(entries.routes),
                len(queues),
                len(entries.priorities),
            ),
            to_octets(entries.positions),
            to_octets(entries.offsets),
            to_octets(entries.controls),
            to_octets(array("I", (first for first, _route in entries.routes))),
            to_octets(array("I", (len(route) for _first, route in entries.routes))),
            to_octets(queues),
            to_octets(array("I", entries.priorities)),
            bytes(entries.priorities.values()),
        )
    )
    return octets + _CRC.pack(crc32(octets))


def decode(octets: bytes, head: SegmentHead) -> tuple[Entries, int] | None:
    """The entries and the size of the segment; None when this is no index of it.

    Every message is wanted by all its queues, as if nothing had been settled.
    """
    covered = octets[: -_CRC.size]
    if len(octets) < _HEAD.size + _CRC.size or not octets.startswith(MAGIC):
        return None
    if _CRC.unpack_from(octets, len(covered))[0] != crc32(covered):
        return None
    _magic, version, segment_id, generation, size, messages, *_ = _HEAD.unpack_from(octets)
    if (version, segment_id, generation) != (VERSION, head.id, head.generation):
        return None
    return _entries(covered, messages), size


class _Arrays:
    """Takes one array after the other."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._offset = _HEAD.size

    def take(self, typecode: str, count: int) -> array[int]:
        end = self._offset + count * array(typecode).itemsize
        numbers = from_octets(self._octets[self._offset : end], typecode)
        self._offset = end
        return numbers


def _entries(octets: bytes, messages: int) -> Entries:
    *_, controls, routes, queues, priorities = _HEAD.unpack_from(octets)
    arrays = _Arrays(octets)
    entries = Entries(
        positions=arrays.take("Q", messages),
        offsets=arrays.take("I", messages),
        controls=arrays.take("I", controls),
        wanted=bytearray(b"\1") * messages,
    )
    firsts, lengths = arrays.take("I", routes), arrays.take("I", routes)
    numbers = iter(arrays.take("I", queues))
    for first, length in zip(firsts, lengths, strict=True):
        entries.routes.append((first, tuple(next(numbers) for _ in range(length))))
    places = arrays.take("I", priorities)
    entries.priorities = dict(zip(places, arrays.take("B", priorities), strict=True))
    for first, end, route in entries.runs():
        if len(route) > 1:
            for place in range(first, end):
                entries.want(place, len(route))
    return entries
