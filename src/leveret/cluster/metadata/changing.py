"""Changing the metadata from a task: with the pen, and until it is safe.

Rule: whoever awaits is told how it ended. What was undone has not happened, and whoever did it
looks at what is so before he does it again.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from leveret.broker.errors import Unavailable
from leveret.writing import under_pen

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
        # What was said and is not safe yet.
        self._under_way: set[asyncio.Future[None]] = set()

    def commit(self, change: SharedChange) -> None:
        """While the pen is held: from within an action of `make`."""
        self._catalogue.commit(change)

    async def make(self, action: Callable[[], None]) -> None:
        """Do it with the pen; returns when what it said is safe. Raises Unchanged, and what the
        action raises."""
        end: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def act() -> None:
            action()
            # In the same turn: what is asked for later may be about what others went on without.
            self._under_way.add(end)
            self._catalogue.durability.when_durable(lambda: _end(end))

        try:
            await under_pen(self._catalogue, act)
            await end
        except Unavailable as error:
            raise Unchanged(str(error)) from error
        finally:
            self._under_way.discard(end)

    def lost(self) -> None:
        """Something that was said is undone."""
        for end in list(self._under_way):
            _end(end, Unchanged("other nodes of the cluster went on without this one: it is lost"))


def _end(end: asyncio.Future[None], error: Exception | None = None) -> None:
    if end.done():
        return
    if error is None:
        end.set_result(None)
    else:
        end.set_exception(error)
