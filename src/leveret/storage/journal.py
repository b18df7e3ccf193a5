"""Group commit: one batch gathers while the one before is being written.

    said now ──> batch ──(somebody waits, or 10 ms have gone)──> writing ──> durable ──> actions

Rule: an action runs when everything said before it was registered is on the medium, and never
earlier. A batch that can't be written stays, and is tried again until it can.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, Protocol

from leveret.storage.batch import Batch
from leveret.storage.commit import ChangeWriter, Commit

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.changes import Change
    from leveret.storage.log import Log
    from leveret.storage.worker import Worker

log = logging.getLogger("leveret.storage")

# What nobody waits for may stay in memory so long: a message that is settled meanwhile never
# reaches the disk, and acknowledgements are written many at a time.
LAZY_S: Final = 0.01
# How long after a failed write it is tried again.
RETRY_S: Final = 1.0
# Octets that may wait for the disk before publishers are held: half a second of a slow disk.
BEHIND_OCTETS: Final = 32 * 1024 * 1024


class Timers(Protocol):
    """The loop, as the engine sees it."""

    def soon(self, action: Callable[[], None]) -> None:
        """In the next turn."""

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        """When so much time has gone."""


class Journal:
    """Batches, one after the other. It is the port Durability, and the way in for changes.

    open_batch: gathers what is said now. wall_ms: the clock on the wall.
    troubled: called with the error when writing fails, with None when it goes on.
    entered: called when the log has changed.
    """

    def __init__(
        self,
        message_log: Log,
        catalogue: ChangeWriter | None,
        worker: Worker,
        timers: Timers,
        wall_ms: Callable[[], int],
    ) -> None:
        self.open_batch = Batch(1)
        self.demands = 0
        self.troubled: Callable[[OSError | None], None] = _nobody_listens
        self.entered: Callable[[], None] = _nobody_cares
        self._log = message_log
        self._catalogue = catalogue
        self._worker = worker
        self._timers = timers
        self._wall_ms = wall_ms
        self._commit: Commit | None = None
        self._is_ageing = False
        self._is_flush_due = False
        self._is_in_trouble = False

    # The port Durability ---------------------------------------------------------------------

    @property
    def batch(self) -> int:
        return self.open_batch.number

    @property
    def is_behind(self) -> bool:
        return self.open_batch.octets > BEHIND_OCTETS

    def demand(self) -> None:
        if not self.is_idle:
            self.demands += 1

    def when_durable(self, action: Callable[[], None]) -> None:
        batch = self.open_batch
        # An empty batch with actions had something to write when they came: they go first.
        if not batch.is_empty or batch.actions:
            batch.actions.append(action)
            self._flush_soon()
        elif self._commit is not None:
            self._commit.batch.actions.append(action)
        else:
            action()

    # Saying ----------------------------------------------------------------------------------

    def open(self) -> Batch:
        """The batch, with its clock running."""
        batch = self.open_batch
        if not batch.is_open:
            batch.is_open = True
            batch.wall_ms = self._wall_ms()
            if not self._is_ageing:
                self._is_ageing = True
                self._timers.later(LAZY_S, self._grow_old)
        return batch

    def commit(self, change: Change) -> None:
        """A change for the catalogue."""
        self.open().changes.append(change)
        self.demands += 1

    # Writing ---------------------------------------------------------------------------------

    @property
    def is_idle(self) -> bool:
        """Everything said is durable."""
        return self._commit is None and self.open_batch.is_empty

    def record_of(self, position: int) -> bytes | None:
        """The record of a message that is on its way to the disk."""
        found = self.open_batch.records.get(position)
        if found is None and self._commit is not None:
            found = self._commit.batch.records.get(position)
        return found

    def _grow_old(self) -> None:
        """One timer at a time, not one for each batch; a batch that came after it goes earlier."""
        self._is_ageing = False
        if self.open_batch.is_open:
            self._flush_soon()

    def _flush_soon(self) -> None:
        """At the end of this turn: others may have something to say until then."""
        if not self._is_flush_due:
            self._is_flush_due = True
            if self._commit is None:
                self._timers.soon(self._flush)

    def _flush(self) -> None:
        assert self._commit is None
        self._is_flush_due = False
        batch = self._take_batch()
        if batch.is_empty:
            # Everything in it was settled again.
            self._act(batch)
            return
        self._commit = Commit(batch, self._catalogue)
        self._try()

    def _take_batch(self) -> Batch:
        batch = self.open_batch
        self.open_batch = Batch(batch.number + 1)
        batch.close()
        return batch

    def _try(self) -> None:
        if self._commit is not None:
            self._plan(self._commit)
            self._worker.submit(self._commit.run, self._tried)

    def _plan(self, commit: Commit) -> None:
        if commit.is_written:
            return
        if commit.error is not None:
            self._log.write_failed()
        commit.write = self._log.prepare(commit.batch)

    def _tried(self) -> None:
        commit = self._commit
        assert commit is not None
        if commit.error is None:
            self._finish(commit)
            return
        self._say_trouble(commit.error)
        self._timers.later(RETRY_S, self._try)

    def _say_trouble(self, error: OSError) -> None:
        if not self._is_in_trouble:
            self._is_in_trouble = True
            log.error(
                "cannot write to the disk: %s; publishers are blocked, nothing is confirmed, and "
                "writing is tried again every second",
                error,
            )
            self.troubled(error)

    def _finish(self, commit: Commit) -> None:
        self._enter(commit)
        self._commit = None
        if self._is_in_trouble:
            self._is_in_trouble = False
            log.warning("writing to the disk works again")
            self.troubled(None)
        if self._is_flush_due or self.open_batch.actions:
            self._is_flush_due = True
            if self.open_batch.is_empty:
                # Nobody waits for the disk, and whoever waits was later than those told below.
                self._timers.soon(self._flush)
            else:
                # The disk has something to do while everybody is told.
                self._flush()
        self._act(commit.batch)
        self.entered()

    def _enter(self, commit: Commit) -> None:
        if commit.write is not None:
            self._log.enter(commit.write)
        for positions in commit.batch.forgotten:
            self._log.settle(positions)

    def _act(self, batch: Batch) -> None:
        """Tell everybody who waits; also after a bug in one of them."""
        actions = batch.actions
        try:
            while actions:
                actions.pop(0)()
        finally:
            if actions:
                self._timers.soon(lambda: self._act(batch))

    def close(self) -> None:
        """Write what is left, here and now. Raises OSError when it can't be."""
        self._worker.close()
        if self._commit is not None:
            self._finish_now(self._commit)
        batch = self._take_batch()
        if not batch.is_empty:
            self._finish_now(Commit(batch, self._catalogue))

    def _finish_now(self, commit: Commit) -> None:
        if not commit.is_done:
            self._plan(commit)
            commit.run()
        if commit.error is not None:
            raise commit.error
        self._commit = None
        self._enter(commit)
        self._act(commit.batch)


def _nobody_listens(_error: OSError | None) -> None:
    """A journal on its own."""


def _nobody_cares() -> None:
    """A journal on its own."""
