"""What a node does beside its clients: tasks that end with their owner, and are heard of when they
fail."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

log = logging.getLogger("leveret.cluster")


class Chores:
    """The tasks of one owner."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._is_over = False

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Run it beside everything else; after the end, not at all."""
        if self._is_over:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a task of the cluster failed", exc_info=task.exception())

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        """Call it after so many seconds, unless all is over by then."""

        def act() -> None:
            self._timers.discard(timer)
            action()

        timer = asyncio.get_running_loop().call_later(delay_s, act)
        self._timers.add(timer)

    def pause(self, delay_s: float) -> Awaitable[None]:
        return asyncio.sleep(delay_s)

    async def end(self) -> None:
        """Nothing goes on, and nothing begins any more."""
        self._is_over = True
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
