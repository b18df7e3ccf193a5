"""Takes a sample of everything each five seconds, a slice in each turn of the loop.

Rule: a sample that has gone wrong, or has not come to its end in time, takes no other with it.
"""

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
        self._due_at = 0.0
        self._next_sample: asyncio.Handle | None = None
        self._next_slice: asyncio.Handle | None = None

    def start(self) -> None:
        """Needs a running loop. The first sample is taken at once: rates are known with the
        second."""
        self._due_at = asyncio.get_running_loop().time()
        self._begin()

    def stop(self) -> None:
        for each in (self._next_sample, self._next_slice):
            if each is not None:
                each.cancel()
        self._next_sample = self._next_slice = None

    def _begin(self) -> None:
        loop = asyncio.get_running_loop()
        # Not five seconds from now: what a sample takes must not add up.
        self._due_at = max(self._due_at + INTERVAL_S, loop.time())
        self._next_sample = loop.call_at(self._due_at, self._begin)
        if self._next_slice is None:
            self._go_on(self._statistics.sampling())

    def _go_on(self, sampling: Iterator[None]) -> None:
        self._next_slice = None
        for _ in sampling:
            self._next_slice = asyncio.get_running_loop().call_soon(self._go_on, sampling)
            return
