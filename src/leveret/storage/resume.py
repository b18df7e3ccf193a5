"""Where the records of a group commit go on behind one whose length can't be believed.

They may begin anywhere, and a message's body may hold what looks like records, put there by whoever
published it. So they are believed only when they lead, one by one, to where the commit ends, and
when there are fewer of them than the commit has left: something must have been lost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from leveret.storage import record
from leveret.storage.segment import HEAD_OCTETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Where in a record its kind stands.
_KIND: Final = 8
# A length below 2^28, a checksum, and the kind of a record: each place where one may begin.
_BEGINNING: Final = re.compile(rb"(?=...[\x00-\x0f]....[\x02-\x04])", re.DOTALL)


def resumed(octets: bytes, offsets: Sequence[int]) -> Iterator[int]:
    """More sound records: behind batch heads that are damaged, and at the ends of commits.

    offsets: of those that were found, batch heads among them, rising.
    """
    known = set(offsets)
    if HEAD_OCTETS not in known:
        yield from _behind_lost_head(octets, HEAD_OCTETS)
    for place, start in enumerate(offsets):
        if record.kind_of(octets, start) != record.BATCH:
            continue
        batch = record.decode_batch(octets, start)
        end = start + batch.octets
        reached, found = _follow(octets, offsets, place, end)
        if reached < end <= len(octets):
            yield from _chain(octets, reached + 1, end, batch.count - found - 1)
        if end not in known:
            yield from _behind_lost_head(octets, end)


def _behind_lost_head(octets: bytes, start: int) -> Iterator[int]:
    """What follows on a batch head whose length, which is always the same, is damaged."""
    offset = start + record.BATCH_OCTETS
    if octets[start + _KIND : start + _KIND + 1] == bytes([record.BATCH]):
        while length := record.measure(octets, offset):
            yield offset
            offset += length


def _follow(octets: bytes, offsets: Sequence[int], place: int, end: int) -> tuple[int, int]:
    """Where the last record of a commit ends that was found, and how many were."""
    last = place
    while last + 1 < len(offsets) and offsets[last + 1] < end:
        last += 1
    return offsets[last] + record.claimed_length(octets, offsets[last]), last - place


def _chain(octets: bytes, start: int, end: int, count_max: int) -> list[int]:
    """The first records behind `start` that lead to `end`; at most so many."""
    lengths: dict[int, int] = {}
    for match in _BEGINNING.finditer(octets, start, end):
        offsets = []
        offset = match.start()
        while offset < end and (length := _length(octets, offset, end, lengths)):
            offsets.append(offset)
            offset += length
        if offset == end and len(offsets) <= count_max:
            return offsets
    return []


def _length(octets: bytes, offset: int, end: int, lengths: dict[int, int]) -> int:
    """Of a sound record within the commit; 0 when there is none. lengths: of those seen before."""
    length = lengths.get(offset)
    if length is None:
        is_within = offset + record.claimed_length(octets, offset) <= end
        length = record.measure(octets, offset) if is_within else 0
        lengths[offset] = length
    return length
