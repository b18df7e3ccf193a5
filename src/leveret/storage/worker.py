"""A thread that does one thing after the other, and says so in the loop.

The engine has a few, so that a slow fsync holds up no reading and neither holds up the loop.
"""

from __future__ import annotations

import threading
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

Action: TypeAlias = "Callable[[], None]"


class Worker(Protocol):
    """Does jobs in their order."""

    def submit(self, job: Action, done: Action) -> None:
        """Do the job elsewhere, then `done` here. A job keeps its results and errors itself.

        Once the worker is closed, nothing is done.
        """

    def close(self) -> None:
        """Return once everything submitted is done; `done` is not called any more."""


class Thread:
    """A worker with a thread, started with its first job.

    Plainer than the standard library's executor, which makes five objects for a job: a group
    commit comes a thousand times a second.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, name: str) -> None:
        self._loop = loop
        self._name = name
        self._jobs: SimpleQueue[tuple[Action, Action] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def submit(self, job: Action, done: Action) -> None:
        if self._is_closed:
            return
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._work, name=f"leveret-{self._name}", daemon=True
            )
            self._thread.start()
        self._jobs.put((job, done))

    def _work(self) -> None:
        while (task := self._jobs.get()) is not None:
            job, done = task
            try:
                job()
            except BaseException as error:  # a bug of ours: the loop reports it
                self._tell(partial(_raise, error))
            else:
                self._tell(done)

    def _tell(self, action: Action) -> None:
        if not self._is_closed:
            self._loop.call_soon_threadsafe(self._act, action)

    def _act(self, action: Action) -> None:
        if not self._is_closed:
            action()

    def close(self) -> None:
        self._is_closed = True
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()


def _raise(error: BaseException) -> None:
    raise error
