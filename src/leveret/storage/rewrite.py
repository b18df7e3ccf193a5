"""Rewriting segments of which little is alive, as a thread does it.

Neighbours become one segment: what is wanted of their messages, in order, then what they say that
still matters. It is written under a name of its own, synced, and takes the place of the first of
them in one step (rename); the others are removed after that, once the directory is synced
(maintenance.py). A crash leaves the old ones, or the new one and some of those it says it has
joined. A segment with damage in it stays as it is: a reader will come upon it and say so.

Rule: the thread reads what does not change any more (sealed files, positions, offsets) and a
copy of what does (which messages are wanted). It rests now and then, so that the loop never waits
long for the interpreter.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left
from dataclasses import dataclass, replace
from itertools import compress
from typing import TYPE_CHECKING, Final

from leveret.storage import record
from leveret.storage.recovery import DRAFT, LogDamaged
from leveret.storage.scan import Damaged
from leveret.storage.segment import Segment, file_name
from leveret.storage.waiting import controls_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leveret.storage.disk import Disk, File
    from leveret.storage.log import Log

# After so many records it rests so long: at most a millisecond of work in one go.
_RECORDS_AT_ONCE: Final = 500
_REST_S: Final = 0.0005


@dataclass(frozen=True, slots=True)
class Source:
    """A segment to be rewritten, and which of its messages were wanted when that began."""

    segment: Segment
    wanted: bytes


class Rewrite:
    """One run of neighbours on its way into one segment.

    result: the new segment, once it has taken the place of the old ones on the disk. Its messages
        are all wanted; the loop knows better by then.
    """

    def __init__(self, log: Log, segments: Sequence[Segment]) -> None:
        self.sources = [Source(each, bytes(each.entries.wanted)) for each in segments]
        self.result: Segment | None = None
        self.error: Exception | None = None
        self._disk: Disk = log.disk
        self._places = log.places()
        self._is_synced = log.is_synced
        first = segments[0].head
        self._head = replace(first, last=segments[-1].head.last, generation=first.generation + 1)

    def __str__(self) -> str:
        return f"rewrite {len(self.sources)} segments from {file_name(self._head.id)} on"

    def run(self) -> None:
        name = file_name(self._head.id)
        draft = name + DRAFT
        try:
            if self._is_synced:
                # What an earlier rewriting left out counts on its name being there for good.
                self._disk.sync()
            file = self._disk.create(draft)
            try:
                segment = self._write(file)
                self._disk.rename(draft, name)
            except (OSError, Damaged, LogDamaged):
                file.close()
                self._disk.remove(draft)
                raise
        except (OSError, Damaged, LogDamaged) as error:
            self.error = error
        else:
            self.result = segment

    def _write(self, file: File) -> Segment:
        segment = Segment(self._head, file)
        file.append([self._head.encode()])
        for source in self.sources:
            self._copy_messages(source, segment)
        self._copy_controls(segment)
        segment.size = file.size
        if self._is_synced:
            file.sync()
        return segment

    def _copy_messages(self, source: Source, target: Segment) -> None:
        old, octets = source.segment.entries, source.segment.file.read(0, source.segment.size)
        batch: list[bytes] = []
        offset = target.file.size
        for start in compress(old.offsets, source.wanted):
            length = record.measure(octets, start)
            if not length:
                source.segment.is_damaged = True
                raise Damaged(start, f"a message in {file_name(source.segment.head.id)}")
            target.entries.add(record.decode_message_head(octets, start), offset)
            batch.append(octets[start : start + length])
            offset += length
            if len(batch) >= _RECORDS_AT_ONCE:
                target.file.append(batch)
                batch.clear()
                time.sleep(_REST_S)
        target.file.append(batch)

    def _copy_controls(self, target: Segment) -> None:
        for source in self.sources:
            for control in _controls(source.segment):
                kept = array("Q", self._matters(control, target))
                if not kept:
                    continue
                target.entries.controls.append(target.file.size)
                target.file.append([record.encode_control(control.kind, control.queue, kept)])
                time.sleep(0)

    def _matters(self, control: record.Control, target: Segment) -> Iterator[int]:
        """The messages it is still worth saying of."""
        joined = [source.segment for source in self.sources]
        for position in control.positions:
            segment = self._places.find(position)
            if segment in joined:
                if _has(target, position):
                    yield position
            elif segment is not None and _is_needed(control.kind, segment, position):
                count = target.concerns.get(segment.head.id, 0)
                target.concerns[segment.head.id] = count + 1
                yield position


def _controls(segment: Segment) -> Iterator[record.Control]:
    try:
        yield from controls_of(segment)
    except LogDamaged:
        segment.is_damaged = True
        raise


def _is_needed(kind: int, segment: Segment, position: int) -> bool:
    """That a message was settled must be known as long as it is on the disk; that it was
    delivered, as long as somebody wants it."""
    if kind == record.SETTLED:
        return _has(segment, position)
    return segment.index_of(position) is not None


def _has(segment: Segment, position: int) -> bool:
    positions = segment.entries.positions
    index = bisect_left(positions, position)
    return index < len(positions) and positions[index] == position
