"""What waits for which queue, after a start: every message but those that were settled.

Here `log` has every segment with every message in it wanted by all its queues; what was said of
them is applied in the order in which it was said.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from leveret.broker.ports import Recovered
from leveret.storage import record
from leveret.storage.recovery import LogDamaged
from leveret.storage.segment import file_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from leveret.storage.log import Log
    from leveret.storage.record import Control
    from leveret.storage.segment import Segment

# Records that are no messages: so few are read one by one, more with the whole segment.
_APART_MAX: Final = 256


class Waiting:
    """Applies what was said, then tells what is left.

    is_known: whether a queue number is the catalogue's; the others' messages are wanted by nobody.
    last_position: the greatest of which anything is said; its message may be gone already.
    """

    def __init__(self, log: Log, is_known: Callable[[int], bool]) -> None:
        self.last_position = 0
        self._log = log
        self._is_known = is_known
        # Who settled which message of several queues; the rest of a message of one is simply gone.
        self._settled: dict[int, set[int]] = {}
        self._lines: dict[int, dict[int, array[int]]] = {}
        self._deliveries: dict[int, dict[int, int]] = {}

    def find(self) -> dict[int, Recovered]:
        """By queue number. Raises LogDamaged."""
        for segment in self._log.segments:
            self._forget_unknown(segment)
        delivered = [
            (segment, control)
            for segment in self._log.segments
            for control in controls_of(segment)
            if not self._settles(segment, control)
        ]
        for segment in self._log.segments:
            self._collect(segment)
        for segment, control in delivered:
            self._log.concern(control.positions, segment)
            self._count(control)
        for segment in list(self._log.segments):
            self._log.look_at(segment)
        return {
            queue: Recovered(dict(lines), self._deliveries.get(queue, {}))
            for queue, lines in self._lines.items()
        }

    def _forget_unknown(self, segment: Segment) -> None:
        """No record says so, but what a deleted queue had is wanted by it no more."""
        for first, end, queues in segment.entries.runs():
            count = sum(map(self._is_known, queues))
            if count == len(queues):
                continue
            if not count:
                segment.live -= end - first
            if not count and not segment.entries.many:
                segment.entries.wanted[first:end] = bytes(end - first)
                continue
            for place in range(first, end):
                segment.entries.want(place, count)

    def _settles(self, told_by: Segment, control: Control) -> bool:
        self.last_position = max(self.last_position, *control.positions[-1:], 0)
        if control.kind != record.SETTLED:
            return False
        self._log.concern(control.positions, told_by)
        # What a queue that is gone had settled has been forgotten with the rest of it.
        if self._is_known(control.queue):
            for segment, positions in self._log.split(control.positions):
                self._settle(segment, control.queue, positions)
        return True

    def _settle(self, segment: Segment, queue: int, positions: array[int]) -> None:
        if all(len(queues) == 1 for _first, queues in segment.entries.routes):
            segment.settle(positions)
        else:
            segment.settle_each(self._first_times(queue, positions))

    def _first_times(self, queue: int, positions: Iterable[int]) -> Iterator[int]:
        """A queue that settles a message twice must not settle it for another queue."""
        settled = self._settled.setdefault(queue, set())
        for position in positions:
            if position not in settled:
                settled.add(position)
                yield position

    def _collect(self, segment: Segment) -> None:
        entries = segment.entries
        for first, end, queues in entries.runs():
            for queue in filter(self._is_known, queues):
                waiting: Iterable[int] = entries.waiting(first, end)
                if len(queues) > 1:
                    settled = self._settled.get(queue, set())
                    waiting = (position for position in waiting if position not in settled)
                self._add(queue, segment, waiting)

    def _add(self, queue: int, segment: Segment, waiting: Iterable[int]) -> None:
        lines = self._lines.setdefault(queue, {})
        if not segment.entries.priorities:
            _line(lines, 0).extend(waiting)
            return
        for position in waiting:
            place = segment.index_of(position)
            assert place is not None
            _line(lines, segment.entries.priorities.get(place, 0)).append(position)

    def _count(self, control: Control) -> None:
        """Deliveries of what still waits."""
        if control.queue not in self._lines:
            return
        settled = self._settled.get(control.queue, set())
        deliveries = self._deliveries.setdefault(control.queue, {})
        for segment, positions in self._log.split(control.positions):
            for position in positions:
                if segment.index_of(position) is not None and position not in settled:
                    deliveries[position] = deliveries.get(position, 0) + 1


def _line(lines: dict[int, array[int]], priority: int) -> array[int]:
    return lines.setdefault(priority, array("Q"))


def controls_of(segment: Segment) -> Iterator[Control]:
    """What the segment says of messages, here or elsewhere. Raises LogDamaged."""
    offsets, file = segment.entries.controls, segment.file
    whole = file.read(0, segment.size) if len(offsets) > _APART_MAX else None
    for offset in offsets:
        octets, start = (whole, offset) if whole else (_record_at(segment, offset), 0)
        if not record.measure(octets, start):
            raise LogDamaged(file_name(segment.head.id), offset, "the record there is damaged")
        yield record.decode_control(octets, start)


def _record_at(segment: Segment, offset: int) -> bytes:
    front = segment.file.read(offset, record.RECORD_OCTETS_MIN)
    if len(front) < record.RECORD_OCTETS_MIN:
        return front
    rest = max(0, min(record.claimed_length(front, 0), segment.size - offset) - len(front))
    return front + segment.file.read(offset + len(front), rest)
