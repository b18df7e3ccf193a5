"""A group commit: what was said while the one before was being written.

Hot path: bench/durable.md, 1 KiB persistent. Every message appended and settled passes here.

Rule: a message that is settled by all its queues before its batch is taken to the disk was never
there: neither it nor its settling is written.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from leveret.storage import record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leveret.broker.changes import Change
    from leveret.storage.record import Queues

# Greater than any position.
_NONE: Final = 2**64


class Batch:
    """What is to be written together.

    records: of messages, by position. queues: who they are for, likewise. left: how many of
        several queues still want a message of this batch.
    settled, delivered: positions by queue number. forgotten: positions that
        deleted queues had, rising.
    changes: for the catalogue. actions: what waits for all of it to be durable.
    """

    __slots__ = (
        "_dropped_from",
        "actions",
        "changes",
        "delivered",
        "forgotten",
        "is_open",
        "left",
        "number",
        "octets",
        "priorities",
        "queues",
        "records",
        "settled",
        "wall_ms",
    )

    def __init__(self, number: int) -> None:
        self.number = number
        self.is_open = False
        self.wall_ms = 0
        self.octets = 0
        self.records: dict[int, bytes] = {}
        self.queues: dict[int, Queues] = {}
        self.priorities: dict[int, int] = {}
        self.left: dict[int, int] = {}
        self.settled: dict[int, array[int]] = {}
        self.delivered: dict[int, array[int]] = {}
        self.forgotten: list[array[int]] = []
        self.changes: list[Change] = []
        self.actions: list[Callable[[], None]] = []
        # The first message of this batch that will not be written.
        self._dropped_from = _NONE

    @property
    def has_records(self) -> bool:
        """Whether the log has anything to write."""
        return bool(self.records or self.settled or self.delivered)

    @property
    def is_empty(self) -> bool:
        return not (self.has_records or self.changes or self.forgotten)

    def add(self, position: int, octets: bytes, queues: Queues) -> None:
        """A message's record."""
        self.records[position] = octets
        self.queues[position] = queues
        self.octets += len(octets)

    def settle(self, queue: int, position: int) -> None:
        if position in self.records and self._drop(position):
            return
        settled = self.settled.get(queue)
        if settled is None:
            settled = self.settled[queue] = array("Q")
        settled.append(position)

    def settle_all(self, queue: int, positions: Sequence[int]) -> None:
        """The same for many, which may be millions."""
        records, rest = self.records, positions
        if records and max(positions, default=0) >= next(iter(records)):
            rest = [each for each in positions if each not in records or not self._drop(each)]
        if rest:
            self.settled.setdefault(queue, array("Q")).extend(rest)

    def deliver(self, queue: int, position: int) -> None:
        delivered = self.delivered.get(queue)
        if delivered is None:
            delivered = self.delivered[queue] = array("Q")
        delivered.append(position)

    def forget(self, positions: Sequence[int]) -> None:
        """A queue that had these is gone; no record says so, the catalogue does."""
        rest = array("Q", sorted(each for each in positions if not self._is_dropped(each)))
        if rest:
            self.forgotten.append(rest)

    def _is_dropped(self, position: int) -> bool:
        return position in self.records and self._drop(position)

    def _drop(self, position: int) -> bool:
        """One queue less wants a message of this batch; True when that was the last."""
        queues = self.queues[position]
        if len(queues) > 1:
            left = self.left.get(position, len(queues)) - 1
            if left:
                self.left[position] = left
                return False
            # The settlings by the others stand in `settled` and concern nothing: no harm.
            self.left.pop(position, None)
        self._dropped_from = min(self._dropped_from, position)
        del self.queues[position]
        self.octets -= len(self.records.pop(position))
        self.priorities.pop(position, None)
        return True

    def close(self) -> None:
        """Nothing more is said in it, and of messages that are not written nothing is."""
        if self._dropped_from == _NONE:
            return
        for said in (self.settled, self.delivered):
            for queue, positions in list(said.items()):
                kept = array("Q", filter(self._is_worth_saying, positions))
                if kept:
                    said[queue] = kept
                else:
                    del said[queue]

    def _is_worth_saying(self, position: int) -> bool:
        # Behind a dropped one comes nothing that is older than the batch.
        return position < self._dropped_from or position in self.records

    def pieces(self, salt: int) -> list[bytes]:
        """The records as they are to be written: the head, messages, then what was said of them.

        salt: of the segment they go to.

        What is settled stands behind what was appended, so a torn write can lose the settling
        of a message, never bring it about before its message.
        """
        controls = [
            record.encode_control(kind, queue, sorted(positions))
            for kind, by_queue in (
                (record.SETTLED, self.settled),
                (record.DELIVERED, self.delivered),
            )
            for queue, positions in by_queue.items()
        ]
        octets = sum(map(len, self.records.values())) + sum(map(len, controls))
        head = record.BatchHead(
            number=self.number,
            wall_ms=self.wall_ms,
            count=len(self.records) + len(controls),
            octets=record.BATCH_OCTETS + octets,
        )
        return [record.encode_batch(head, salt), *self.records.values(), *controls]
