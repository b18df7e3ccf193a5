"""Logs in which no queue has its messages any more, or not yet: they are deleted.

    the queue was deleted                  by the first of the living nodes
    a move into it was never finished      by the queue's home
    it was a spare of a former life        by the node that made it, while that lives

Rule: a queue's number is given once and is in the name of its logs, unless that was a spare. A log
is deleted only by who has held the pen since it saw the log, and so knows every queue that could
have it.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final

from leveret.cluster.metadata.changing import Unchanged
from leveret.cluster.mirroring.spares import is_spare, maker_of
from leveret.cluster.ports import NoMajority, NoSuchLog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.cluster.mirroring.housings import Housings
    from leveret.cluster.mirroring.ports import Around

log = logging.getLogger("leveret.cluster")

# What is deleted is not deleted in a hurry: whoever deletes many queues deletes many logs at once.
AFTER_S: Final = 2.0
# A log that was asked for may come to be long after that was given up.
EVERY_S: Final = 60.0
_NAME: Final = re.compile(r"q([0-9]+)\.")


class Sweeping:
    """targets: the names of logs that this node is filling. spares: of those that it has ready."""

    def __init__(
        self, around: Around, housings: Housings, targets: set[str], spares: set[str]
    ) -> None:
        self._around = around
        self._housings = housings
        self._targets = targets
        self._spares = spares
        self._is_due = False

    def begin(self) -> None:
        """From now on, now and then."""
        self.look()
        self._around.tasks.later(EVERY_S, self.begin)

    def look(self) -> None:
        """Some log may not be needed any more."""
        if not self._is_due:
            self._is_due = True
            self._around.tasks.later(AFTER_S, self._start)

    def _start(self) -> None:
        self._around.tasks.start(self._sweep())

    async def _sweep(self) -> None:
        self._is_due = False
        try:
            names = await self._around.logs.names()
            if not self._strays(names):
                return
            await self._around.changing.make(_nothing)
            for name in self._strays(names):
                await self._around.logs.delete(name)
        except NoSuchLog:
            self.look()
        except (NoMajority, Unchanged) as error:
            log.debug("logs that nobody needs stay for now: %s", error)
            self.look()

    def _strays(self, names: Iterable[str]) -> list[str]:
        """Of these, what this node is to delete."""
        kept = {each.log for each in self._housings.all} | self._targets | self._spares
        return [name for name in names if name not in kept and self._is_ours(name)]

    def _is_ours(self, name: str) -> bool:
        """It is for this node to delete it."""
        if is_spare(name):
            return self._around.node == (self._living_maker(name) or self._first)
        found = _NAME.match(name)
        place = self._housings.place_of(int(found[1])) if found else None
        if place is None:
            return found is not None and self._around.node == self._first
        return self._housings.housed[place].node == self._around.node

    def _living_maker(self, name: str) -> str | None:
        return maker_of(name, tuple(self._around.liveness.living))

    @property
    def _first(self) -> str | None:
        return min(self._around.liveness.living, default=None)


def _nothing() -> None:
    """With the pen all is known, and when this is safe, nothing of it is undone."""
