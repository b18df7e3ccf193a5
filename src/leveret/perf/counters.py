"""What the workers count, in memory that they share with the crew.

      0        8          16         24          32
      +--------+----------+----------+-----------+----------+-----------+- - -
      | phase  | worker 0 | worker 0 | worker 0  | worker 1 | worker 1  |
      |        | messages | settled  | latency   | messages | settled   |
      +--------+----------+----------+-----------+----------+-----------+- - -

Rule: the crew alone writes the phase, a worker alone writes its own three numbers; each is eight
aligned bytes, which processors write in one piece, so that nobody needs a lock.
"""

from __future__ import annotations

import mmap
import tempfile
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

_NUMBERS = 3


class Phase(IntEnum):
    """How far the run is. A worker goes on as the phase says, never back."""

    READY = 0  # Connected and declared; nothing is published yet.
    RUNNING = 1
    DRAINING = 2  # Producers have stopped; consumers still take what is on its way.
    OVER = 3


class Counters:
    """The shared memory as a sequence of unsigned 64-bit numbers."""

    def __init__(self, path: Path, workers: int) -> None:
        with path.open("r+b") as file:
            file.truncate(8 * (1 + _NUMBERS * workers))
            self._memory = mmap.mmap(file.fileno(), 0)
        self.numbers = memoryview(self._memory).cast("Q")
        self.workers = workers

    def __enter__(self) -> Counters:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.numbers.release()
        self._memory.close()

    @property
    def phase(self) -> int:
        return self.numbers[0]

    @phase.setter
    def phase(self, phase: Phase) -> None:
        self.numbers[0] = phase

    def slot(self, worker: int) -> int:
        """Where the numbers of a worker begin: messages, settled, latency in microseconds."""
        return 1 + _NUMBERS * worker

    def messages(self, workers: range) -> int:
        return sum(self.numbers[self.slot(worker)] for worker in workers)

    def settled(self, workers: range) -> int:
        return sum(self.numbers[self.slot(worker) + 1] for worker in workers)

    def latency_us(self, workers: range) -> int:
        """The worst of the newest latencies; 0 if none is known."""
        return max((self.numbers[self.slot(worker) + 2] for worker in workers), default=0)


def shared_file() -> Path:
    """An empty file in memory, if the system has such a place."""
    memory = Path("/dev/shm")  # noqa: S108  # The file's name is random, see tempfile.
    with tempfile.NamedTemporaryFile(
        prefix="leveret-perf-", dir=memory if memory.is_dir() else None, delete=False
    ) as file:
        return Path(file.name)
