"""A group commit on its way: the log first, then the catalogue.

That order keeps both promises: what was moved out of a queue is safe before the queue is gone from
the catalogue, and messages of a queue that the catalogue does not know yet were confirmed to
nobody, so a start that finds them drops them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leveret.broker.changes import Change
    from leveret.storage.batch import Batch
    from leveret.storage.write import Write


class ChangeWriter(Protocol):
    """The catalogue's file."""

    def write(self, changes: Sequence[Change]) -> None:
        """Return once all of them are safe, or none. Raises OSError."""


class Commit:
    """One try after the other to make a batch durable.

    write: how its records get into the log; None when there are none, or none planned yet.
    is_written: they are there. is_done: all of it is safe. error: why the last try failed.
    """

    def __init__(self, batch: Batch, catalogue: ChangeWriter | None) -> None:
        self.batch = batch
        self.write: Write | None = None
        self.is_written = not batch.has_records
        self.is_done = False
        self.error: OSError | None = None
        self._catalogue = catalogue

    def run(self) -> None:
        """As a thread does it; what was done is not done again."""
        self.error = None
        try:
            if not self.is_written:
                assert self.write is not None
                self.write.run()
                self.is_written = True
            if self.batch.changes:
                assert self._catalogue is not None
                self._catalogue.write(self.batch.changes)
            self.is_done = True
        except OSError as error:
            self.error = error
