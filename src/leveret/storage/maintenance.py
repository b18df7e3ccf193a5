"""What the log needs done behind everybody's back: removing, indexing, rewriting.

One thing at a time, in a thread of its own; what it found is entered in the loop.

Rule: a segment's file goes before that of a segment which says what was settled in it, and the
directory is synced in between, so that no crash brings back what was settled.
"""

from __future__ import annotations

import logging
from itertools import compress
from typing import TYPE_CHECKING, Final, Protocol

from leveret.storage import index
from leveret.storage.recovery import DRAFT
from leveret.storage.rewrite import Rewrite
from leveret.storage.segment import file_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from leveret.storage.disk import Disk
    from leveret.storage.journal import Timers
    from leveret.storage.log import Log
    from leveret.storage.rewrite import Source
    from leveret.storage.segment import Segment
    from leveret.storage.worker import Worker

log = logging.getLogger("leveret.storage")

# How long after a change.
LOOK_S: Final = 0.1
# After something went wrong (a full disk, mostly).
RETRY_S: Final = 10.0
# Segments much smaller than they may be, as short lives of a node leave them: so many are joined.
SMALL_ONES_MAX: Final = 8
# Segments' worth of dead octets below which nothing but joining is done.
WORTH: Final = 2
# Octets that a record about a message takes, its share of the record's head included.
_MARK_OCTETS: Final = 12


class Maintenance:
    """Keeps a log small.

    reader: the thread that reads messages; a file is closed behind what it has still to read.
    is_indexed: False for a log that no start will read.
    """

    def __init__(
        self,
        message_log: Log,
        worker: Worker,
        reader: Worker,
        timers: Timers,
        *,
        is_indexed: bool = True,
    ) -> None:
        self._log = message_log
        self._worker = worker
        self._reader = reader
        self._timers = timers
        self._is_indexed = is_indexed
        self._is_busy = False
        self._is_look_due = False

    def look_soon(self) -> None:
        """The log has changed; it does so a thousand times a second."""
        if not self._is_look_due:
            self._is_look_due = True
            self._timers.later(LOOK_S, self._look_now)

    def _look_now(self) -> None:
        self._is_look_due = False
        self.look()

    def look(self) -> None:
        """Is there anything to do?"""
        if self._is_busy:
            return
        if self._log.finished:
            self._remove()
        elif (bare := self._without_index()) is not None:
            self._write_index(bare)
        elif run := worth_rewriting(self._log):
            self._rewrite(run)

    def _do(self, job: Job, enter: Callable[[], None]) -> None:
        """Run it in the thread, enter what came of it, and look for more; not at once when it
        has failed, since it may be a full disk that it is at work on."""
        self._is_busy = True

        def done() -> None:
            busy, self._log.busy = self._log.busy, []
            if job.error is None:
                enter()
                self._go_on()
                return
            log.warning("cannot %s: %s; looking again in %d s", job, job.error, RETRY_S)
            for segment in busy:
                self._log.look_at(segment)
            self._timers.later(RETRY_S, self._go_on)

        self._worker.submit(job.run, done)

    def _go_on(self) -> None:
        self._is_busy = False
        self.look()

    # Removing --------------------------------------------------------------------------------

    def _remove(self) -> None:
        gone = list(self._log.finished)
        for segment in gone:
            self._close(segment)

        def enter() -> None:
            for segment in gone:
                self._log.finished.remove(segment)
                self._log.removed(segment)

        self._do(Removal(self._log.disk, gone), enter)

    def _close(self, segment: Segment) -> None:
        """Let go of the file, behind what is still to be read from it; not in the thread that
        reads, since giving back a file's blocks can take a while."""
        close = segment.file.close
        self._reader.submit(_nothing, lambda: self._worker.submit(close, _nothing))

    # Indexing --------------------------------------------------------------------------------

    def _without_index(self) -> Segment | None:
        if not self._is_indexed:
            return None
        return next((each for each in self._log.sealed if not each.has_index), None)

    def _write_index(self, segment: Segment) -> None:
        # Once is enough: a start does without, only slower.
        segment.has_index = True
        self._do(Indexing(self._log.disk, segment), _nothing)

    # Rewriting -------------------------------------------------------------------------------

    def _rewrite(self, run: Sequence[Segment]) -> None:
        self._log.busy = list(run)
        rewrite = Rewrite(self._log, run)

        def enter() -> None:
            assert rewrite.result is not None
            self._replace(rewrite.sources, rewrite.result)

        self._do(rewrite, enter)

    def _replace(self, sources: Sequence[Source], new: Segment) -> None:
        old = [source.segment for source in sources]
        new.entries.wanted = bytearray().join(
            bytes(compress(source.segment.entries.wanted, source.wanted)) for source in sources
        )
        new.live = len(new.entries.wanted) - new.entries.wanted.count(0)
        for segment in old:
            for place, count in segment.entries.many.items():
                found = new.index_of(segment.entries.positions[place])
                assert found is not None
                new.entries.want(found, count)
        self._log.replace(old, new)
        # Its name belongs to the new one; the others' go as finished ones do.
        self._close(old[0])
        self._log.finished += old[1:]
        self._log.look_at(new)


def worth_rewriting(message_log: Log) -> list[Segment]:
    """The neighbours whose rewriting gains most; none when that is not much."""
    runs = list(_runs(message_log))
    # While little of the log is dead, the dead may go by themselves: a queue that drains empties
    # segment after segment.
    gain = sum(map(_gain, runs))
    is_mostly_dead = 2 * gain > message_log.octets and gain > WORTH * message_log.segment_octets
    worthy = [
        run for run in runs if _are_many(run) or (is_mostly_dead and _gains(message_log, run))
    ]
    return max(worthy, key=_gain, default=[])


def _are_many(run: Sequence[Segment]) -> bool:
    """Little segments, as a node leaves them that is started often."""
    return len(run) > SMALL_ONES_MAX


def _runs(message_log: Log) -> Iterator[list[Segment]]:
    """Sealed and sound neighbours that fit in one segment, each run as long as it can be."""
    run: list[Segment] = []
    for segment in message_log.sealed:
        if sum(map(_kept, [*run, segment])) > message_log.segment_octets // 2:
            yield run
            run = []
        if segment.is_damaged:
            yield run
            run = []
        else:
            run.append(segment)
    yield run


def _gains(message_log: Log, run: Sequence[Segment]) -> bool:
    gain, size = _gain(run), sum(segment.size for segment in run)
    return 2 * gain >= size and 4 * gain >= message_log.segment_octets


def _gain(run: Sequence[Segment]) -> int:
    return sum(segment.size - _kept(segment) for segment in run)


def _kept(segment: Segment) -> int:
    """About how many octets a rewriting would keep."""
    return segment.live_octets + _MARK_OCTETS * sum(segment.concerns.values())


class Job(Protocol):
    """Something a thread does; what went wrong is kept."""

    error: Exception | None

    def run(self) -> None:
        """Do it."""


class Removal:
    """Removes the files of segments, for good."""

    def __init__(self, disk: Disk, segments: Sequence[Segment]) -> None:
        self.error: Exception | None = None
        self._disk = disk
        self._ids = [segment.head.id for segment in segments]

    def __str__(self) -> str:
        return "remove segments that are needed no more"

    def run(self) -> None:
        self.error = None
        try:
            # What was rewritten from these has its name for good.
            self._disk.sync()
            there = set(self._disk.names())
            for segment_id in self._ids:
                for name in (index.file_name(segment_id), file_name(segment_id)):
                    if name in there:
                        self._disk.remove(name)
            self._disk.sync()
        except OSError as error:
            self.error = error


class Indexing:
    """Writes the index of a sealed segment."""

    def __init__(self, disk: Disk, segment: Segment) -> None:
        self.error: Exception | None = None
        self._disk = disk
        self._segment = segment

    def __str__(self) -> str:
        return f"write the index of {file_name(self._segment.head.id)}"

    def run(self) -> None:
        self.error = None
        name = index.file_name(self._segment.head.id)
        try:
            # Without the room that was made for more.
            self._segment.file.truncate(self._segment.size)
            file = self._disk.create(name + DRAFT)
            try:
                file.append([index.encode(self._segment)])
            finally:
                file.close()
            # Not synced: an index that is damaged counts for nothing.
            self._disk.rename(name + DRAFT, name)
        except OSError as error:
            self.error = error


def _nothing() -> None:
    """Closing a file is all there was to do."""
