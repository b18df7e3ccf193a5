"""Reading messages back: planned in the loop, fetched by a thread, decoded in the loop.

Messages that lie side by side are fetched with one read, since a queue that was paged out comes
back as it went: a run of positions, a stretch of a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from leveret.storage import record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leveret.broker.message import Message
    from leveret.storage.disk import File
    from leveret.storage.log import Log
    from leveret.storage.segment import Segment

# A stretch is read at once up to this size, over gaps up to that one.
STRETCH_OCTETS: Final = 4 * 1024 * 1024
GAP_OCTETS: Final = 16 * 1024


@dataclass(slots=True)
class Stretch:
    """Octets of a file, and where in them messages begin."""

    segment: Segment
    file: File
    offset: int
    end: int
    indexes: list[int] = field(default_factory=list)
    octets: bytes = b""

    def fetch(self) -> None:
        """As a thread does it. Raises OSError."""
        self.octets = self.file.read(self.offset, self.end - self.offset)

    def messages(self) -> Iterator[tuple[int, int, tuple[Message, int] | None]]:
        """Index in the segment, offset in the file, and what is there; None where it is damaged."""
        for index in self.indexes:
            offset = self.segment.entries.offsets[index]
            start = offset - self.offset
            is_sound = (
                record.measure(self.octets, start)
                and record.kind_of(self.octets, start) == record.MESSAGE
            )
            yield index, offset, record.decode_message(self.octets, start) if is_sound else None


def plan(log: Log, positions: Sequence[int]) -> list[Stretch]:
    """What has to be read to have these messages, which rise. What is not there is left out."""
    stretches: list[Stretch] = []
    for position in positions:
        segment = log.find(position)
        index = None if segment is None else segment.index_of(position)
        if segment is None or index is None:
            continue
        offset, end = _bounds(segment, index)
        last = stretches[-1] if stretches else None
        if last is None or last.segment is not segment or not _joins(last, offset, end):
            last = Stretch(segment, segment.file, offset, end)
            stretches.append(last)
        last.end = end
        last.indexes.append(index)
    return stretches


def _bounds(segment: Segment, index: int) -> tuple[int, int]:
    """Where the record begins, and where it has ended at the latest."""
    offsets = segment.entries.offsets
    end = offsets[index + 1] if index + 1 < len(offsets) else segment.size
    return offsets[index], end


def _joins(stretch: Stretch, offset: int, end: int) -> bool:
    gap = offset - stretch.end
    return 0 <= gap <= GAP_OCTETS and end - stretch.offset <= STRETCH_OCTETS
