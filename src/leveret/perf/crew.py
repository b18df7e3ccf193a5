"""The workers of one run: started, watched, stopped, and asked for their results.

Rule: whatever happens, no worker outlives the crew.
"""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
import time
from typing import IO, TYPE_CHECKING

from leveret.perf.counters import Counters, Phase, shared_file
from leveret.perf.errors import PerfError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from leveret.perf.job import Job

READY_S_MAX = 120.0  # Ten thousand consumers on a slow broker take a while.
RESULT_S_MAX = 90.0
# A run whose last messages do not move for so long has lost them.
STUCK_S_MAX = 10.0

Answer = dict[str, object]


class Crew:
    """Producers first, then consumers, by their place among the counters."""

    def __init__(self, producers: int, consumers: int) -> None:
        self.producers = range(producers)
        self.consumers = range(producers, producers + consumers)
        self.path = shared_file()
        self.counters = Counters(self.path, producers + consumers)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._selector = selectors.DefaultSelector()
        self._answers: dict[int, list[Answer]] = {}
        self._partial: dict[int, bytes] = {}

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for process in self._processes:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()  # Which ends it, see worker.py.
            process.wait()
            process.stdout.close()
        self._selector.close()
        with self.counters:
            self.path.unlink(missing_ok=True)

    def start(self, jobs: Sequence[Job]) -> None:
        """Start a process for each job and wait until all are ready."""
        for job in jobs:
            process = subprocess.Popen(
                [sys.executable, "-m", "leveret.perf.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(job.to_json().encode() + b"\n")
            process.stdin.flush()
            self._selector.register(process.stdout, selectors.EVENT_READ, job.worker)
            self._processes.append(process)
            self._answers[job.worker] = []
            self._partial[job.worker] = b""
        self._wait_for_answers([job.worker for job in jobs], 1, READY_S_MAX)

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self._processes]

    def run(self) -> None:
        self.counters.phase = Phase.RUNNING

    def watch(self, seconds: float) -> None:
        """Let time go by; raise the error of a worker that has one."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if not self._selector.get_map():
                time.sleep(left)
            self._read_answers(left)

    def published(self) -> int:
        return self.counters.messages(self.producers)

    def delivered(self) -> int:
        return self.counters.messages(self.consumers)

    def finish_producers(self) -> list[Answer]:
        """Stop publishing; return what each producer has to say, once all is confirmed."""
        self.counters.phase = Phase.DRAINING
        return self.results_of(self.producers)

    def drain(self, expected: int) -> None:
        """Wait until the consumers have all that was published, as long as they get on."""
        seen, seen_at = -1, time.monotonic()
        while (delivered := self.delivered()) < expected:
            if delivered != seen:
                seen, seen_at = delivered, time.monotonic()
            elif time.monotonic() - seen_at > STUCK_S_MAX:
                raise PerfError(
                    f"{expected - delivered} of {expected} messages were never delivered"
                )
            self.watch(0.005)

    def finish_consumers(self) -> list[Answer]:
        self.counters.phase = Phase.OVER
        return self.results_of(self.consumers)

    def results_of(self, workers: range) -> list[Answer]:
        """The last words of these workers; waits until they are said."""
        self._wait_for_answers(list(workers), 2, RESULT_S_MAX)
        return [self._answers[worker][1] for worker in workers]

    def _wait_for_answers(self, workers: list[int], count: int, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while any(len(self._answers[worker]) < count for worker in workers):
            left = deadline - time.monotonic()
            if left <= 0:
                raise PerfError(f"a worker gave no answer within {seconds:.0f} s")
            self._read_answers(left)

    def _read_answers(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            self._read_answer(key.data, key.fileobj)

    def _read_answer(self, worker: int, output: object) -> None:
        pipe: IO[bytes] = output  # type: ignore[assignment]  # Registered in start().
        data = pipe.read1(65536)  # type: ignore[attr-defined]  # subprocess gives a BufferedReader.
        if not data:
            self._selector.unregister(pipe)
            if len(self._answers[worker]) < 2:
                raise PerfError(f"worker {worker} ended without a result")
        *lines, self._partial[worker] = (self._partial[worker] + data).split(b"\n")
        for line in lines:
            answer: Answer = json.loads(line)
            if "error" in answer:
                raise PerfError(str(answer["error"]))
            self._answers[worker].append(answer)
