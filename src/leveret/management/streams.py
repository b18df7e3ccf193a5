"""What is watched by whoever looks at a node (live.py): how many streams, and their end."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Streams:
    """The streams that are open. count: how many."""

    def __init__(self) -> None:
        self.count = 0
        self._end = asyncio.Event()

    @contextmanager
    def opened(self) -> Iterator[asyncio.Event]:
        """One more, in the block; what it is told to end by."""
        self.count += 1
        try:
            yield self._end
        finally:
            self.count -= 1

    def end(self) -> None:
        """Of all that are open."""
        self._end.set()
        self._end = asyncio.Event()
