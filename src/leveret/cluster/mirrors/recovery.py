"""What waits in a mirrored queue's log, for whoever takes it over.

Rule: messages wait in the order of their keys, which their leaders gave them as they came; where
in the log they are says nothing, as old ones are written anew behind younger ones (rewriting.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leveret.cluster.mirrors import records
from leveret.cluster.mirrors.records import Assembly, head_of, unpack_moved, unpack_sequences

if TYPE_CHECKING:
    from leveret.cluster.ports import Record, SharedLog


@dataclass(slots=True)
class Waiting:
    """A message. first: the sequence of its first record."""

    sequence: int
    first: int
    key: int
    priority: int
    deliveries: int = 0


class Recovery:
    """Records go in, in order.

    highest: the greatest key that came by.
    """

    def __init__(self) -> None:
        self.highest = 0
        self._waiting: dict[int, Waiting] = {}
        self._assembly = Assembly()

    def add(self, record: Record) -> None:
        pieces = self._assembly.add(record)
        if pieces is None:
            self._note(record)
        else:
            self._enter(record, pieces)

    def _enter(self, record: Record, pieces: list[bytes]) -> None:
        """A message ends with this record."""
        head = head_of(pieces[0])
        self.highest = max(self.highest, head.position)
        self._waiting[record.sequence] = Waiting(
            record.sequence, self._assembly.first, head.position, head.priority
        )

    def _note(self, record: Record) -> None:
        """What a record says of messages before it."""
        waiting = self._waiting
        match record.kind:
            case records.SETTLED:
                for sequence in unpack_sequences(record.octets):
                    waiting.pop(sequence, None)
            case records.DELIVERED:
                for sequence in unpack_sequences(record.octets):
                    if sequence in waiting:
                        waiting[sequence].deliveries += 1
            case records.MOVED:
                self._move(record)

    def _move(self, record: Record) -> None:
        for old, new, deliveries in unpack_moved(record.octets):
            self._waiting.pop(old, None)
            if new in self._waiting:
                self._waiting[new].deliveries = deliveries

    def found(self) -> tuple[list[Waiting], list[int]]:
        """What waits, in order; and the sequences of what was written anew by a leader who did not
        come to say so: that waits where it was."""
        once: dict[int, Waiting] = {}
        again: list[int] = []
        for each in self._waiting.values():
            if each.key in once:
                again.append(each.sequence)
            else:
                once[each.key] = each
        return sorted(once.values(), key=lambda each: each.key), again


async def fetch(
    shared: SharedLog, first: int, wanted: dict[int, int], held: dict[int, list[bytes]]
) -> None:
    """The pieces of messages, from the log into `held`. wanted: who wants it, by sequence; first:
    where to begin."""
    assembly = Assembly()
    async for record in shared.read(first, max(wanted)):
        pieces = assembly.add(record)
        if pieces is not None and record.sequence in wanted:
            held[wanted[record.sequence]] = pieces
