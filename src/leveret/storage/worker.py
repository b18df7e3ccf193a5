"""A thread that does one thing after the other, and says so in the loop.

The engine has a few, so that a slow fsync holds up no reading and neither holds up the loop.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from concurrent.futures import Future


class Worker(Protocol):
    """Does jobs in their order."""

    def submit(self, job: Callable[[], None], done: Callable[[], None]) -> None:
        """Do the job elsewhere, then `done` here. A job keeps its results and errors itself.

        Once the worker is closed, nothing is done.
        """

    def close(self) -> None:
        """Return once everything submitted is done; `done` is not called any more."""


class Thread:
    """A worker with a thread, started with its first job."""

    def __init__(self, loop: asyncio.AbstractEventLoop, name: str) -> None:
        self._loop = loop
        self._executor = ThreadPoolExecutor(1, f"leveret-{name}")
        self._is_closed = False

    def submit(self, job: Callable[[], None], done: Callable[[], None]) -> None:
        if self._is_closed:
            return
        future = self._executor.submit(job)
        future.add_done_callback(lambda finished: self._tell(finished, done))

    def _tell(self, future: Future[None], done: Callable[[], None]) -> None:
        if not self._is_closed:
            self._loop.call_soon_threadsafe(self._finish, future, done)

    def _finish(self, future: Future[None], done: Callable[[], None]) -> None:
        if not self._is_closed:
            # A job that raised is a bug of ours: the loop reports it.
            future.result()
            done()

    def close(self) -> None:
        self._is_closed = True
        self._executor.shutdown(wait=True)
