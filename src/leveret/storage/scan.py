"""Reading a segment from end to end, record by record.

A write that a crash has cut short leaves anything behind the last group commit that was synced:
part of it, none, octets of neither. That is a torn tail, and it is cut. A record that is damaged
before a later group commit is no torn tail: that commit was begun when everything before it was
on the medium.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from leveret.storage import record
from leveret.storage.segment import HEAD_OCTETS, Entries

if TYPE_CHECKING:
    from collections.abc import Iterator


class Damaged(Exception):
    """A segment has something unreadable in the middle. offset: where it begins."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(reason)
        self.offset = offset


@dataclass(slots=True)
class Scan:
    """What was found.

    size: octets that are sound. torn: octets behind them, but for zeros at the end.
    """

    entries: Entries = field(default_factory=Entries)
    size: int = HEAD_OCTETS
    torn: int = 0


def scan(octets: bytes, salt: int, *, is_tail: bool) -> Scan:
    """Everything up to the end, or to the torn tail. Raises Damaged.

    octets: the segment as far as it counts. salt: the segment's. is_tail: it may end in a torn
    write.
    """
    found = Scan()
    offset = HEAD_OCTETS
    while length := record.measure(octets, offset, salt):
        _enter(found.entries, octets, offset)
        offset += length
    found.size = offset
    # Zeros are room that was made for more.
    found.torn = len(octets[offset:].rstrip(b"\0"))
    if found.torn:
        following = next(sound_batches(octets, offset + 1, salt), None)
        if following is not None or not is_tail:
            raise Damaged(offset, "the record there is damaged")
    return found


def _enter(entries: Entries, octets: bytes, offset: int) -> None:
    kind = record.kind_of(octets, offset)
    if kind == record.MESSAGE:
        head = record.decode_message_head(octets, offset)
        index = len(entries.positions)
        if index and head.position <= entries.positions[-1]:
            raise Damaged(offset, f"message {head.position} stands behind a later one")
        entries.add(head, offset)
        entries.want(index, len(head.queues))
    elif kind in (record.SETTLED, record.DELIVERED):
        entries.controls.append(offset)
    elif kind != record.BATCH:
        raise Damaged(offset, f"a record of unknown kind {kind}")


def sound_batches(octets: bytes, offset: int, salt: int) -> Iterator[int]:
    """Where behind `offset` a group commit begins, whatever lies between."""
    mark = record.BATCH_MARK
    start = octets.find(mark, offset)
    while start >= 0:
        if record.measure(octets, start, salt) and record.kind_of(octets, start) == record.BATCH:
            yield start
        start = octets.find(mark, start + 1)


def sound_records(octets: bytes, salt: int) -> Iterator[int]:
    """Every sound record, over damaged stretches: where one ends unsoundly, the next group
    commit is looked for."""
    offset = HEAD_OCTETS
    while offset < len(octets):
        length = record.measure(octets, offset, salt)
        if length:
            yield offset
            offset += length
            continue
        offset = _skip(octets, offset, salt)


def _skip(octets: bytes, offset: int, salt: int) -> int:
    """Behind a damaged record: the next one, if its length can be believed, else the next batch."""
    if len(octets) - offset >= record.RECORD_OCTETS_MIN:
        behind = offset + record.claimed_length(octets, offset)
        if behind > offset and record.measure(octets, behind, salt):
            return behind
    return next(sound_batches(octets, offset + 1, salt), len(octets))
