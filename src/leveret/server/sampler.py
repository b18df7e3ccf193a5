"""Takes a sample of everything each five seconds, a slice in each turn of the loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from leveret.statistics.retention import INTERVAL_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leveret.statistics.statistics import Statistics


class Sampler:
    """One broker's statistics and the loop's clock."""

    def __init__(self, statistics: Statistics) -> None:
        self._statistics = statistics
        self._timer: asyncio.Handle | None = None
        self._due_at = 0.0

    def start(self) -> None:
        """Needs a running loop. The first sample is taken at once: rates are known with the
        second."""
        loop = asyncio.get_running_loop()
        self._due_at = loop.time()
        self._begin()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _begin(self) -> None:
        self._go_on(self._statistics.sampling())

    def _go_on(self, sampling: Iterator[None]) -> None:
        loop = asyncio.get_running_loop()
        for _ in sampling:
            self._timer = loop.call_soon(self._go_on, sampling)
            return
        # Not five seconds from now: what a sample takes must not add up.
        self._due_at = max(self._due_at + INTERVAL_S, loop.time())
        self._timer = loop.call_at(self._due_at, self._begin)
