"""Changing the metadata from a task: with the pen, and until it is safe.

Rule: whoever awaits is told how it ended. What was undone has not happened, and whoever did it
looks at what is so before he does it again.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.cluster.metadata.catalogue import SharedCatalogue
    from leveret.cluster.metadata.changes import SharedChange


class Unchanged(Exception):
    """There was no pen to be had, or what was said with it was lost."""


class Changing:
    """catalogue: whose changes they are."""

    def __init__(self, catalogue: SharedCatalogue) -> None:
        self._catalogue = catalogue
        self._under_way: set[asyncio.Future[None]] = set()

    def commit(self, change: SharedChange) -> None:
        """While the pen is held: from within an action of `make`."""
        self._catalogue.commit(change)

    async def make(self, action: Callable[[], None]) -> None:
        """Do it with the pen; returns when what it said is safe. Raises Unchanged, and what the
        action raises."""
        end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._under_way.add(end)

        def act() -> None:
            if end.done():
                return
            try:
                action()
            except Exception as error:
                end.set_exception(error)
                return
            self._catalogue.durability.when_durable(lambda: _end(end))

        def give_up() -> None:
            _end(end, Unchanged("the pen has not come"))

        self._catalogue.when_writable(act, give_up)
        try:
            await end
        finally:
            self._under_way.discard(end)

    def lost(self) -> None:
        """Something that was said is undone."""
        for end in list(self._under_way):
            _end(end, Unchanged("what was said was lost"))


def _end(end: asyncio.Future[None], error: Exception | None = None) -> None:
    if end.done():
        return
    if error is None:
        end.set_result(None)
    else:
        end.set_exception(error)
