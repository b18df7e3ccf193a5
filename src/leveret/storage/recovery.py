"""Opening a log: what is there, what is alive, what waits for which queue.

    1. each segment by its index, or read from end to end; the torn tail is cut (here)
    2. what was settled is taken off, and what is left waits, by queue (waiting.py)

Sealed segments' messages are not read here: a million of them are back in a second or two. A
damaged one is found when it is read (store.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from leveret.errors import StartRefused
from leveret.storage import index
from leveret.storage.scan import Damaged, scan
from leveret.storage.segment import (
    HEAD_OCTETS,
    SUFFIX,
    OtherVersion,
    Segment,
    SegmentHead,
    UnreadableHead,
    decode_head,
    file_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.storage.disk import Disk, File
    from leveret.storage.segment import Entries

# What is being written under a name of its own, and counts for nothing until it is renamed.
DRAFT: Final = ".new"


class LogDamaged(StartRefused):
    """A segment can't be read."""

    def __init__(self, name: str, offset: int, reason: str) -> None:
        super().__init__(
            f"the message log is damaged: {name} at offset {offset}: {reason}; "
            "`leveret repair --data-dir DIR` keeps the file and saves what can be read"
        )


@dataclass(slots=True)
class Opened:
    """A log's segments as a start finds them.

    torn: octets of the last group commit that were cut off, not confirmed to anybody.
    last_position: the greatest that is in use. last_queue: likewise, the number of a queue.
    """

    segments: list[Segment] = field(default_factory=list)
    torn: int = 0
    last_position: int = 0
    last_queue: int = 0


def open_segments(disk: Disk) -> Opened:
    """Every segment with its messages, as if nothing had been settled. Raises LogDamaged."""
    opened = Opened()
    # What a node that was killed has not synced is here, and a power cut can still take it away.
    disk.sync()
    for name in disk.names():
        if name.endswith(DRAFT):
            disk.remove(name)
    found = _heads(disk)
    for number, (head, file) in enumerate(found):
        segment = Segment(head, file)
        opened.torn += _read_entries(disk, segment, is_last=number == len(found) - 1)
        _check_order(segment, opened)
        opened.segments.append(segment)
    _remove_stray_indexes(disk, opened.segments)
    # What was removed stays so: its id may be given to a new segment.
    disk.sync()
    return opened


def _remove_stray_indexes(disk: Disk, segments: Iterable[Segment]) -> None:
    """Those whose segments are gone: one day there may be other segments of these ids."""
    owned = {index.file_name(segment.head.id) for segment in segments}
    for name in disk.names():
        if name.endswith(index.SUFFIX) and name not in owned:
            disk.remove(name)


def _heads(disk: Disk) -> list[tuple[SegmentHead, File]]:
    """The segments there are, oldest first, without those that were joined in another."""
    found: list[tuple[SegmentHead, File]] = []
    names = [name for name in disk.names() if name.endswith(SUFFIX)]
    joined = 0
    for name in names:
        file = disk.open(name)
        if file.size <= HEAD_OCTETS and name == names[-1]:
            # It was being made when the node died, and holds nothing.
            file.close()
            disk.remove(name)
            continue
        head = _head(name, file)
        if head.id <= joined:
            file.close()
            disk.remove(name)
            continue
        joined = head.last
        found.append((head, file))
    return found


def _head(name: str, file: File) -> SegmentHead:
    try:
        head = decode_head(file.read(0, HEAD_OCTETS))
    except OtherVersion as error:
        raise StartRefused(
            f"the message log is not for this version of Leveret: {name}: {error}; start the "
            "version that wrote it, or choose another directory with --data-dir"
        ) from error
    except UnreadableHead as error:
        raise LogDamaged(name, 0, str(error)) from error
    if file_name(head.id) != name:
        raise LogDamaged(name, 0, f"it is {file_name(head.id)}, by its head")
    return head


def _read_entries(disk: Disk, segment: Segment, *, is_last: bool) -> int:
    """Fill in what the segment holds; the octets that were torn off."""
    file, head = segment.file, segment.head
    indexed = _indexed(disk, head)
    if indexed is not None and indexed[1] == file.size:
        segment.entries, segment.size = indexed
        segment.has_index = True
        torn = 0
    else:
        # One that was rewritten got its name when it was whole.
        is_tail = is_last and not head.generation
        try:
            found = scan(file.read(0, file.size), head.salt, is_tail=is_tail)
        except Damaged as damage:
            raise LogDamaged(file_name(head.id), damage.offset, str(damage)) from damage
        segment.entries, segment.size, torn = found.entries, found.size, found.torn
        if file.size > segment.size:
            file.truncate(segment.size)
        file.sync()
    segment.live = len(segment.entries.positions)
    return torn


def _indexed(disk: Disk, head: SegmentHead) -> tuple[Entries, int] | None:
    name = index.file_name(head.id)
    if name not in disk.names():
        return None
    file = disk.open(name)
    try:
        return index.decode(file.read(0, file.size), head)
    finally:
        file.close()


def _check_order(segment: Segment, opened: Opened) -> None:
    entries = segment.entries
    if entries.positions:
        if segment.first_position <= opened.last_position:
            reason = f"message {segment.first_position} stands behind a later one"
            raise LogDamaged(file_name(segment.head.id), entries.offsets[0], reason)
        opened.last_position = segment.last_position
    for _first, queues in entries.routes:
        opened.last_queue = max(opened.last_queue, *queues)
