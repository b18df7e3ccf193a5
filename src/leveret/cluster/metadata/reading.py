"""The log of the metadata is read into the copy: as it comes, and up to where somebody has to know.

Rule: who has just taken the log over need not read what the follower is about to be told anyway;
but he waits for it only for a moment, and then reads for himself.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from leveret.cluster.metadata.copying import Copy
    from leveret.cluster.ports import SharedLog

# Some times as long as a record takes from node to node.
FOLLOWED_S: Final = 0.05


class Reading:
    """A log and the copy that is read from it."""

    def __init__(self, log: SharedLog, copy: Copy) -> None:
        self.copy = copy
        self._log = log
        self._is_following = False
        self._news = asyncio.Event()

    async def take_over(self) -> bool:
        """Become the writer, everything read; False when another was quicker. Raises NoMajority."""
        fence = await self._log.take_over()
        await self._wait_followed(fence)
        if self.copy.sequence < fence:
            await self.catch_up(fence)
        return self._log.is_writer and self.copy.sequence == fence

    async def catch_up(self, last: int) -> None:
        """Read up to there. Raises NoMajority, Unreadable."""
        async for record in self._log.read(self.copy.sequence + 1, last):
            self.copy.take(record)

    async def follow(self) -> None:
        """Read whatever comes, without end. Raises NoSuchLog, Unreadable."""
        self._is_following = True
        try:
            async for record in self._log.follow(self.copy.sequence + 1):
                self.copy.take(record)
                self._news.set()
        finally:
            self._is_following = False

    async def _wait_followed(self, last: int) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FOLLOWED_S):
                while self._is_following and self.copy.sequence < last:
                    self._news.clear()
                    await self._news.wait()
