"""What the node that holds the pen writes: what its broker does, and snapshots of all of it.

    say(change), say(change), flush     one action, one record; unless it is very large
    when_safe(action)                   once all that was said so far is in the log
    tidy                                a snapshot, when one is due; then the log is cut before it

Rule: records have ordinals, counting by one over all reigns. What is said and not in the log when
somebody else takes it over was never said: who waited for it to be safe is not called.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from leveret.cluster.metadata.codec import encode, encode_batch, encode_mark
from leveret.cluster.metadata.copying import (
    CHANGES,
    SNAPSHOT_BEGINS,
    SNAPSHOT_ENDS,
    SNAPSHOT_PART,
    TAKEN,
)
from leveret.cluster.ports import Deposed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from leveret.cluster.metadata.changes import SharedChange
    from leveret.cluster.metadata.copying import Copy
    from leveret.cluster.ports import SharedLog

# A record is ended when it gets as large as this: a log has a limit of some MiB.
RECORD_BYTES: Final = 1 << 20
# A snapshot is due when so many records have come since the last, and so many times more than
# there are things to write down.
SNAPSHOT_RECORDS_MIN: Final = 1000
SNAPSHOT_GROWTH: Final = 2
SNAPSHOT_PART_CHANGES: Final = 500


class Writing:
    """One node's writing, while it reigns.

    soon: does something in a later turn.
    deposed: what to do when somebody else writes in our place; may be told more than once.
    on_lost: told when something that was said is undone.
    on_tidy: told when a snapshot is written.
    """

    def __init__(
        self, log: SharedLog, copy: Copy, soon: Callable[[Callable[[], None]], None]
    ) -> None:
        self.deposed: Callable[[], None] = _nothing
        self.on_lost: Callable[[], None] = _nothing
        self.on_tidy: Callable[[], None] = _nothing
        self.snapshot_records_min = SNAPSHOT_RECORDS_MIN
        self.snapshot_growth = SNAPSHOT_GROWTH
        self._log = log
        self._copy = copy
        self._soon = soon
        # Of what was written last, of what was said last, and of what is known to be in the log.
        self._ordinal = self._said_ordinal = self._safe_ordinal = 0
        self._last_ticket = 0
        self._batch: list[SharedChange] = []
        # Who waits for the open batch, and who for one on its way, by ordinal.
        self._waiting_open: list[Callable[[], None]] = []
        self._waiting: deque[tuple[int, Callable[[], None]]] = deque()
        # Of a snapshot that is being written: what is left of it, and where it begins.
        self._pieces: Iterator[tuple[Sequence[SharedChange], bytes]] | None = None
        self._snapshot_ticket = 0
        copy.writer = self
        log.on_deposed(self._deposed)

    @property
    def is_tidying(self) -> bool:
        """A snapshot has been begun and not ended."""
        return self._pieces is not None

    @property
    def is_writer(self) -> bool:
        return self._log.is_writer

    @property
    def batch(self) -> int:
        """The number of the record that will hold what is said next."""
        return self._ordinal + 1

    @property
    def newest(self) -> int:
        """The ordinal of the last that the broker knows, in the log or on its way."""
        return max(self._copy.ordinal, self._ordinal + 1 if self._batch else self._ordinal)

    def begin(self, reign: str) -> None:
        """The log was taken over, and all of it read."""
        self._ordinal = self._said_ordinal = self._safe_ordinal = self._copy.ordinal
        self._copy.own_reign = reign
        self._write(TAKEN, encode_mark(self._ordinal + 1, reign))

    def say(self, change: SharedChange) -> None:
        """The broker did this."""
        if not self._batch:
            self._soon(self.flush)
        self._batch.append(change)

    def flush(self) -> None:
        """What was said belongs together and is over."""
        batch, self._batch = self._batch, []
        waiting, self._waiting_open = self._waiting_open, []
        for changes, octets in pieces(batch, len(batch)):
            self._said_ordinal = self._ordinal + 1
            self._copy.say(self._said_ordinal, changes)
            self._write(CHANGES, encode_batch(self._said_ordinal, ()) + octets)
        self._waiting.extend((self._said_ordinal, action) for action in waiting)

    def when_safe(self, action: Callable[[], None]) -> None:
        """Call it once all that was said so far is in the log; at once when it is already."""
        if self._batch:
            self._waiting_open.append(action)
        elif self._safe_ordinal >= self._said_ordinal:
            action()
        else:
            self._waiting.append((self._said_ordinal, action))

    def when_all_safe(self, action: Callable[[], None]) -> None:
        """The same for everything that was written. Never, when somebody takes over before."""
        self.flush()
        self._log.when_safe(self._last_ticket, action)

    def _write(self, kind: int, octets: bytes, then: Callable[[], None] | None = None) -> None:
        """The next record. A deposed writer's are as lost as those that were on their way."""
        self._ordinal += 1
        ordinal = self._ordinal

        def became_safe() -> None:
            self._safe(ordinal)
            if then is not None:
                then()

        try:
            self._last_ticket = self._log.append(kind, octets)
            self._log.when_safe(self._last_ticket, became_safe)
        except Deposed:
            self._deposed()

    def _safe(self, ordinal: int) -> None:
        self._safe_ordinal = max(self._safe_ordinal, ordinal)
        while self._waiting and self._waiting[0][0] <= self._safe_ordinal:
            self._waiting.popleft()[1]()

    def _deposed(self) -> None:
        self._pieces = None
        self.deposed()

    # From the copy -------------------------------------------------------------------------

    def came_back(self, ordinal: int) -> None:
        self._safe(ordinal)
        self._tidy_when_due()

    def ending(self) -> None:
        if self._batch:
            self.flush()

    def ended(self, ordinal: int, *, is_undone: bool) -> None:
        """Nobody hears that it was done; it was not."""
        assert self._safe_ordinal <= ordinal, "what was called safe is not in the log"
        self._deposed()
        self._ordinal = self._said_ordinal = self._safe_ordinal = ordinal
        if is_undone:
            self._waiting.clear()
            self.on_lost()

    # Snapshots -------------------------------------------------------------------------------

    def write_down(self, changes: Iterable[SharedChange]) -> None:
        """All that there is, in one go: how a log is founded."""
        self._begin_snapshot(changes)
        while self._pieces is not None:
            self._write_piece(self._pieces)

    def _tidy_when_due(self) -> None:
        since = self._copy.ordinal - self._copy.snapshot_ordinal
        growth = self.snapshot_growth * len(self._copy.ledger)
        is_due = since >= max(self.snapshot_records_min, growth)
        # The ledger is what the broker is only while nothing is on its way.
        is_quiet = not self._copy.has_unread and not self._batch
        if is_due and is_quiet and self._log.is_writer and self._pieces is None:
            self._begin_snapshot(self._copy.ledger.changes())
            self._soon(self._go_on)

    def _begin_snapshot(self, changes: Iterable[SharedChange]) -> None:
        assert self._copy.own_reign is not None
        self._pieces = pieces(list(changes), SNAPSHOT_PART_CHANGES)
        self._write(SNAPSHOT_BEGINS, encode_mark(self._ordinal + 1, self._copy.own_reign))
        self._snapshot_ticket = self._last_ticket

    def _go_on(self) -> None:
        """A piece in each turn, so that nobody waits for all of it."""
        if self._pieces is None:
            return
        self._write_piece(self._pieces)
        if self._pieces is not None:
            self._soon(self._go_on)

    def _write_piece(self, left: Iterator[tuple[Sequence[SharedChange], bytes]]) -> None:
        _changes, octets = next(left, (None, b""))
        if octets:
            self._write(SNAPSHOT_PART, encode_batch(self._ordinal + 1, ()) + octets)
            return
        self._pieces, begun = None, self._snapshot_ticket
        ends = encode_mark(self._ordinal + 1)
        self._write(SNAPSHOT_ENDS, ends, lambda: self._log.purge(begun - 1))
        self.on_tidy()


def pieces(
    changes: Sequence[SharedChange], count_max: int
) -> Iterator[tuple[Sequence[SharedChange], bytes]]:
    """So many in each, or fewer where they are large; and their octets."""
    piece: list[SharedChange] = []
    octets = bytearray()
    for each in changes:
        piece.append(each)
        octets += encode(each)
        if len(piece) >= count_max or len(octets) >= RECORD_BYTES:
            yield piece, bytes(octets)
            piece, octets = [], bytearray()
    if piece:
        yield piece, bytes(octets)


def _nothing() -> None:
    """Nobody wants to hear of it."""
