"""The engine on this machine's disk, put together: opened, recovered, closed.

messages/         the log of persistent messages          journal, synced
spill/            messages that memory had no room for: emptied at a start, never synced
metadata.sqlite   everything durable that is no message
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from leveret.broker.changes import ExchangeDeclared, QueueDeclared
from leveret.broker.disk_work import DiskWork
from leveret.broker.ports import Storage
from leveret.storage.commit import ChangeWriter
from leveret.storage.journal import Journal, Timers
from leveret.storage.log import SEGMENT_OCTETS, Log
from leveret.storage.maintenance import Maintenance
from leveret.storage.recovery import Opened, open_segments
from leveret.storage.store import Store
from leveret.storage.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from leveret.broker.changes import Change
    from leveret.storage.disk import Disk
    from leveret.storage.worker import Worker

log = logging.getLogger("leveret.storage")


class CatalogueFile(ChangeWriter, Protocol):
    """What is durable besides messages, where it is kept."""

    @property
    def last_queue_number(self) -> int:
        """The greatest that was ever given."""

    def load(self) -> Iterable[Change]:
        """Everything there is."""

    def close(self) -> None:
        """Let go of the file."""


@dataclass(frozen=True, slots=True)
class Files:
    """Where an engine keeps what. work: what the disks are asked for, if they count it."""

    messages: Disk
    spill: Disk
    catalogue: CatalogueFile
    work: DiskWork = field(default_factory=DiskWork)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an engine needs of the process it lives in.

    clock: seconds, the broker's. wall_ms: the clock on the wall. new_salt: see SegmentHead.
    new_worker: a thread with that name.
    """

    timers: Timers
    clock: Callable[[], float]
    wall_ms: Callable[[], int]
    new_salt: Callable[[], int]
    new_worker: Callable[[str], Worker]

    def epoch(self) -> float:
        """When the clock on the wall was at 0, by the broker's."""
        return self.clock() - self.wall_ms() / 1000


class LogEngine:
    """A log with everything that makes it work."""

    def __init__(
        self,
        message_log: Log,
        catalogue: ChangeWriter | None,
        around: Surroundings,
        name: str,
    ) -> None:
        self.name = name
        self.log = message_log
        self._committer = around.new_worker(f"{name}-commit")
        self._reader = around.new_worker(f"{name}-read")
        self._keeper = around.new_worker(f"{name}-keep")
        self.journal = Journal(
            message_log, catalogue, self._committer, around.timers, around.wall_ms
        )
        self.store = Store(message_log, self.journal, self._reader, around.timers, around.epoch)
        self.maintenance = Maintenance(
            message_log,
            self._keeper,
            self._reader,
            around.timers,
            # What only waits for memory has no catalogue, and no start to come.
            is_indexed=catalogue is not None,
        )
        self.journal.entered = self.maintenance.look_soon

    def close(self) -> None:
        """Write what is left, and let go. Raises OSError when it can't be written."""
        self._keeper.close()
        try:
            self.journal.close()
        finally:
            self._reader.close()
            self.log.close()

    def drop(self) -> None:
        """Let go and write nothing: nobody reads it again."""
        for worker in (self._keeper, self._committer, self._reader):
            worker.close()
        self.log.close()


class Committed:
    """The port Catalogue: gives what the file has, commits with the journal's next batch.

    loaded: what the file had at the start, given at the first question.
    """

    def __init__(self, file: CatalogueFile, loaded: Iterable[Change], journal: Journal) -> None:
        self._file = file
        self._loaded: Iterable[Change] | None = loaded
        self.commit = journal.commit

    def load(self) -> Iterable[Change]:
        loaded, self._loaded = self._loaded, None
        return self._file.load() if loaded is None else loaded


class Engine:
    """Storage for a broker.

    storage: its ports. torn: octets that a crash had left unfinished and that were cut off.
    """

    def __init__(
        self,
        files: Files,
        around: Surroundings,
        *,
        is_synced: bool = True,
        segment_octets: int = SEGMENT_OCTETS,
    ) -> None:
        catalogue = files.catalogue
        opened = open_segments(files.messages)
        self.torn = opened.torn
        message_log = Log(
            files.messages,
            around.new_salt,
            opened.segments,
            is_synced=is_synced,
            segment_octets=segment_octets,
        )
        self._messages = LogEngine(message_log, catalogue, around, "messages")
        changes = list(catalogue.load())
        waiting = Waiting(message_log, _queue_numbers(changes).__contains__)
        self._messages.store.waiting = waiting.find()
        self._spill = LogEngine(_empty(files.spill, around), None, around, "spill")
        self._catalogue = catalogue
        self.storage = Storage(
            messages=self._messages.store,
            catalogue=Committed(catalogue, changes, self._messages.journal),
            durability=self._messages.journal,
            spill=self._spill.store,
            spilling=self._spill.journal,
            keeps_messages=True,
            first_position=max(opened.last_position, waiting.last_position) + 1,
            first_queue_number=max(catalogue.last_queue_number, opened.last_queue) + 1,
            disk_work=files.work,
        )
        self._say_what_was_torn(opened)

    def on_trouble(self, troubled: Callable[[str, OSError | None], None]) -> None:
        """Have it called when a log can't be written, and with None when it can again.

        Its first argument is the log's name: each heals by itself.
        """
        for part in (self._messages, self._spill):
            part.journal.troubled = partial(troubled, part.name)

    def tidy_up(self) -> None:
        """Once the loop runs: see to what the start has found."""
        self._messages.maintenance.look()

    def close(self) -> None:
        """Write what is left, and let go of the files. Raises OSError when it can't be written."""
        try:
            self._messages.close()
        finally:
            self._spill.drop()
            self._catalogue.close()

    def _say_what_was_torn(self, opened: Opened) -> None:
        if opened.torn:
            log.warning(
                "the message log ended in an unfinished write: %d octets cut off, confirmed to "
                "nobody",
                opened.torn,
                extra={"fields": {"event": "torn", "octets": opened.torn}},
            )


def _queue_numbers(changes: Iterable[Change]) -> set[int]:
    """Of queues, and of exchanges that keep messages as a queue does."""
    declared = (each for each in changes if isinstance(each, QueueDeclared | ExchangeDeclared))
    return {each.number for each in declared if each.number}


def _empty(disk: Disk, around: Surroundings) -> Log:
    for name in disk.names():
        disk.remove(name)
    return Log(disk, around.new_salt, is_synced=False)
