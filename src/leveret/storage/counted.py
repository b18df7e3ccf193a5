"""A disk that counts what is asked of it, and otherwise is the one inside it.

A group commit is one call here, whatever the number of messages: counting costs two microseconds.
Several threads write and read: whoever counts holds a lock for a moment.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leveret.broker.disk_work import DiskWork
    from leveret.storage.disk import Disk, File

    Clock = Callable[[], float]


class Counter:
    """Adds to `work`. clock: seconds that never go back."""

    def __init__(self, work: DiskWork, clock: Clock) -> None:
        self.clock = clock
        self._work = work
        self._lock = Lock()

    def read(self, octets: int, began: float) -> None:
        with self._lock:
            self._work.reads += 1
            self._work.read_octets += octets
            self._work.read_s += self.clock() - began

    def written(self, pieces: Sequence[bytes], began: float, *, is_synced: bool) -> None:
        octets = sum(map(len, pieces))
        with self._lock:
            self._work.writes += 1
            self._work.written_octets += octets
            if is_synced:
                self._work.syncs += 1
                self._work.sync_s += self.clock() - began
            else:
                self._work.write_s += self.clock() - began

    def synced(self, began: float) -> None:
        with self._lock:
            self._work.syncs += 1
            self._work.sync_s += self.clock() - began


class CountedDisk:
    """One directory. What fails is not counted."""

    def __init__(self, disk: Disk, work: DiskWork, clock: Clock) -> None:
        self._disk = disk
        self._counter = Counter(work, clock)
        self.names = disk.names
        self.rename = disk.rename
        self.remove = disk.remove

    def create(self, name: str) -> File:
        return CountedFile(self._disk.create(name), self._counter)

    def open(self, name: str) -> File:
        return CountedFile(self._disk.open(name), self._counter)

    def sync(self) -> None:
        began = self._counter.clock()
        self._disk.sync()
        self._counter.synced(began)


class CountedFile:
    """One open file of such a disk."""

    def __init__(self, file: File, counter: Counter) -> None:
        self._file = file
        self._counter = counter
        self.truncate = file.truncate
        self.close = file.close

    @property
    def size(self) -> int:
        return self._file.size

    def append(self, pieces: Sequence[bytes]) -> None:
        began = self._counter.clock()
        self._file.append(pieces)
        self._counter.written(pieces, began, is_synced=False)

    def commit(self, pieces: Sequence[bytes]) -> None:
        began = self._counter.clock()
        self._file.commit(pieces)
        self._counter.written(pieces, began, is_synced=True)

    def sync(self) -> None:
        began = self._counter.clock()
        self._file.sync()
        self._counter.synced(began)

    def read(self, offset: int, size: int) -> bytes:
        began = self._counter.clock()
        octets = self._file.read(offset, size)
        self._counter.read(len(octets), began)
        return octets
