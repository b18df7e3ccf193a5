"""The writing of one group commit, as a thread does it.

Rule: it touches the files it was handed and itself, nothing else; it raises nothing but keeps the
error, and may be run again.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from leveret.storage.segment import file_name

if TYPE_CHECKING:
    from leveret.storage.batch import Batch
    from leveret.storage.disk import Disk, File
    from leveret.storage.segment import Segment, SegmentHead


class Write:
    """One batch on its way.

    head: of the segment it goes to.
    file: that segment's; None until it was made, when the batch begins a new one.
    suspect: a segment whose end a failed write has spoiled: it is cut first.
    offset: where the batch begins. controls: where its records that are no messages are.
    """

    def __init__(
        self, disk: Disk, batch: Batch, head: SegmentHead, file: File | None, *, is_synced: bool
    ) -> None:
        self.batch = batch
        self.head = head
        self.file = file
        self.is_first = file is None
        self.suspect: Segment | None = None
        self.offset = 0
        self.controls: list[int] = []
        self._disk = disk
        self._is_synced = is_synced

    def run(self) -> None:
        """Return once the batch is safe. Raises OSError."""
        if self.suspect is not None:
            self.suspect.file.truncate(self.suspect.size)
            self._sync(self.suspect.file)
        if self.file is not None:
            self._append(self.file)
            return
        file = self._disk.create(file_name(self.head.id))
        try:
            self._begin(file)
            self._append(file)
        except OSError:
            file.close()
            raise
        self.file = file

    def _append(self, file: File) -> None:
        self.offset = file.size
        pieces = self.batch.pieces(self.head.salt)
        ends = list(accumulate(map(len, pieces), initial=self.offset))
        self.controls = ends[1 + len(self.batch.records) : -1]
        if self._is_synced:
            file.commit(pieces)
        else:
            file.append(pieces)

    def _begin(self, file: File) -> None:
        """The new segment: safe before anything is in it, so that a file with records and
        without a head is damaged and not just young."""
        file.append([self.head.encode()])
        self._sync(file)
        if self._is_synced:
            self._disk.sync()

    def _sync(self, file: File) -> None:
        if self._is_synced:
            file.sync()
