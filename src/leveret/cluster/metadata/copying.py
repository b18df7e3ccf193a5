"""One node's copy of the metadata: it reads the log in its order and keeps what it comes to.

The records of the log, by kind; every one but the log's own fences has an ordinal, counting by one:

    FENCE             somebody has taken the log over; whoever wrote before writes no more
    TAKEN             ... and this is the reign that begins
    CHANGES           what the one that reigns did, all of one action in one record
    SNAPSHOT_BEGINS   what all before this comes to follows, in parts between further changes; it
                      says the reign too, for those who begin to read here
    SNAPSHOT_PART     ... in so many records
    SNAPSHOT_ENDS     ... and is whole here: nobody needs what is before its beginning any more

What this node did itself its broker has done already, before the record came back (`say`). When
the fence of somebody else comes instead, what has not come back by then never will: it is undone.

Rule: the broker is told what the log says, in order, and each thing once. A gap in the ordinals
means that something was purged before it was read here: then the copy waits for the next snapshot.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

from leveret.cluster.metadata.codec import Unreadable, decode_batch, decode_mark, encode
from leveret.cluster.metadata.ledger import Ledger
from leveret.cluster.ports import FENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leveret.cluster.metadata.changes import SharedChange
    from leveret.cluster.ports import Record

TAKEN: Final = 1
CHANGES: Final = 2
SNAPSHOT_BEGINS: Final = 3
SNAPSHOT_PART: Final = 4
SNAPSHOT_ENDS: Final = 5


class Writer(Protocol):
    """Who writes on this node."""

    def came_back(self, ordinal: int) -> None:
        """Its own batches up to this one are in the log."""

    def ending(self) -> None:
        """Somebody has taken the log over. Last chance to tell what the broker did (`say`)."""

    def ended(self, ordinal: int, *, is_undone: bool) -> None:
        """... and what it said beyond this ordinal never was. is_undone: there was something."""


class Nobody:
    """A node that only follows."""

    def came_back(self, ordinal: int) -> None:
        raise AssertionError(f"{ordinal} came back and nobody had said it")

    def ending(self) -> None:
        """It has said nothing."""

    def ended(self, ordinal: int, *, is_undone: bool) -> None:
        """It has nothing to lose."""


class Snapshot:
    """One that is being read."""

    def __init__(self) -> None:
        self._ledger = Ledger()
        self._meanwhile: list[SharedChange] = []

    def add(self, changes: Sequence[SharedChange]) -> None:
        for each in changes:
            self._ledger.apply(each)

    def add_meanwhile(self, changes: Sequence[SharedChange]) -> None:
        self._meanwhile += changes

    def end(self) -> Ledger:
        self.add(self._meanwhile)
        return self._ledger


def _nobody_listens() -> None:
    """Nobody waits for what is read."""


class Copy:
    """What the log says.

    apply: gives changes of others to the broker.
    writer: this node as a writer, which is told what becomes of its own batches.
    ledger: all that was read comes to this. sequence, ordinal: of the last record read.
    is_whole: nothing is missing. reign: who writes now, None where nobody does.
    snapshot_ordinal: where the last whole snapshot ended.
    founder: the node that wrote the first snapshot that was read here.
    is_checking: each snapshot is compared with what it stands for.
    on_read: called behind every record.
    """

    def __init__(self, apply: Callable[[Sequence[SharedChange]], None]) -> None:
        self.apply = apply
        self.writer: Writer = Nobody()
        self.ledger = Ledger()
        self.sequence = self.ordinal = 0
        self.is_whole = True
        self.reign: str | None = None
        self.own_reign: str | None = None
        self.snapshot_ordinal = 0
        self.founder: str | None = None
        self.is_checking = False
        self.on_read: Callable[[], None] = _nobody_listens
        self._snapshot: Snapshot | None = None
        self._said: deque[tuple[int, Sequence[SharedChange]]] = deque()

    @property
    def holder(self) -> str | None:
        """The node that writes, as far as is known here."""
        return None if self.reign is None else self.reign.partition(" ")[0]

    @property
    def is_own(self) -> bool:
        """What is read now was written by this node, in this life of it."""
        return self.reign is not None and self.reign == self.own_reign

    @property
    def has_unread(self) -> bool:
        """The broker is ahead of the ledger by what this node did last."""
        return bool(self._said)

    def say(self, ordinal: int, changes: Sequence[SharedChange]) -> None:
        """This node's broker did that; if all goes well it will be the record of this ordinal."""
        self._said.append((ordinal, changes))

    def take(self, record: Record) -> None:
        """The next record. One that was taken before is no news. Raises Unreadable."""
        if record.sequence <= self.sequence:
            return
        self.sequence = record.sequence
        if record.kind == FENCE:
            self._end_reign()
        elif record.kind == CHANGES:
            self._take_changes(record.octets)
        else:
            self._take_mark(record)
        self.on_read()

    def _count(self, ordinal: int) -> None:
        if ordinal != self.ordinal + 1:
            self._miss(ordinal)
        self.ordinal = ordinal

    def _miss(self, ordinal: int) -> None:
        """Something was purged before it was read, perhaps what this node said last: nobody knows
        until the next snapshot. Till then the ledger is what the broker is."""
        self.writer.ending()
        self.is_whole, self.reign, self._snapshot = False, None, None
        is_undone = bool(self._said)
        for _ordinal, changes in self._said:
            for each in changes:
                self.ledger.apply(each)
        self._said.clear()
        self.writer.ended(ordinal, is_undone=is_undone)

    def _end_reign(self) -> None:
        self.writer.ending()
        self.reign = self._snapshot = None
        is_undone = bool(self._said)
        if is_undone:
            self._undo()
        self.writer.ended(self.ordinal, is_undone=is_undone)

    def _undo(self) -> None:
        astray = self.ledger.copy()
        for _ordinal, changes in self._said:
            for each in changes:
                astray.apply(each)
        self._said.clear()
        way_back = astray.way_to(self.ledger)
        if way_back:
            self.apply(way_back)

    def _take_changes(self, octets: bytes) -> None:
        ordinal, changes = decode_batch(octets)
        self._count(ordinal)
        if self._snapshot is not None:
            self._snapshot.add_meanwhile(changes)
        if not self.is_whole:
            return
        for each in changes:
            self.ledger.apply(each)
        if self.is_own:
            said, _changes = self._said.popleft()
            assert said == ordinal, f"batch {ordinal} came back in place of {said}"
            self.writer.came_back(ordinal)
        else:
            self.apply(changes)

    def _take_mark(self, record: Record) -> None:
        if record.kind == SNAPSHOT_PART:
            ordinal, changes = decode_batch(record.octets)
            self._count(ordinal)
            if self._snapshot is not None:
                self._snapshot.add(changes)
            return
        ordinal, word = decode_mark(record.octets)
        self._count(ordinal)
        if record.kind == TAKEN:
            self.reign = word
        elif record.kind == SNAPSHOT_BEGINS:
            self.reign, self._snapshot = word, Snapshot()
        elif record.kind == SNAPSHOT_ENDS:
            self._end_snapshot()
        else:
            raise Unreadable(f"there is no record of kind {record.kind}")

    def _end_snapshot(self) -> None:
        if self._snapshot is None:
            return
        ledger = self._snapshot.end()
        if self.is_whole and len(self.ledger):
            assert not self.is_checking or _is_same(self.ledger, ledger)
        else:
            way, self.ledger, self.is_whole = self.ledger.way_to(ledger), ledger, True
            # The one who founds a cluster writes down what its broker is.
            if not self.is_own:
                self.apply(way)
        self.founder = self.founder or self.holder
        self.snapshot_ordinal = self.ordinal
        self._snapshot = None


def _is_same(one: Ledger, other: Ledger) -> bool:
    return sorted(map(encode, one.changes())) == sorted(map(encode, other.changes()))
