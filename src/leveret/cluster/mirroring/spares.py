"""Logs made ahead, for the queues that will be declared next: making one is an election that takes
the engine a tenth of a second; taking one that is there takes none.

    a queue that is to be on all members is declared ──> it gets a spare, if there is one
                                                     └─> what is missing is made for the next

Rule: a spare is known to the node that made it, and to nobody else. Its name says whose it is, and
what that node does not know of, after a restart too, is a stray (sweeping.py).
"""

from __future__ import annotations

import logging
import re
from collections import deque
from typing import TYPE_CHECKING, Final
from zlib import crc32

from leveret.cluster.ports import NoMajority, NoSuchLog

if TYPE_CHECKING:
    from leveret.cluster.mirroring.ports import Around

log = logging.getLogger("leveret.cluster")

SPARES_MAX: Final = 4
_NAME: Final = re.compile(r"s([0-9a-f]{8})\.")


class Spares:
    """names: of those that are there or are being made, and that no queue has."""

    def __init__(self, around: Around) -> None:
        self.names: set[str] = set()
        self._around = around
        self._ready: deque[str] = deque()
        # Where those lie that are kept.
        self._members: tuple[str, ...] = ()

    def take(self, members: tuple[str, ...]) -> str | None:
        """The name of one with copies on these nodes, if there is one. Whoever asks is followed by
        others, mostly: more are made."""
        if members != self._around.members():
            # A set of some nodes has to be made known to them first.
            return None
        if members != self._members:
            self._begin_anew(members)
        taken = self._ready.popleft() if self._ready else None
        if taken is not None:
            self.names.remove(taken)
        self._fill()
        return taken

    def _begin_anew(self, members: tuple[str, ...]) -> None:
        self._members = members
        self._ready.clear()
        self.names.clear()

    def _fill(self) -> None:
        for _ in range(SPARES_MAX - len(self.names)):
            name = f"s{_mark(self._around.node)}.{self._around.token()}"
            self.names.add(name)
            self._around.tasks.start(self._make(name, self._members))

    async def _make(self, name: str, members: tuple[str, ...]) -> None:
        try:
            await self._around.logs.open(name, len(members))
        except (NoMajority, NoSuchLog) as error:
            log.debug("a spare log was not made: %s", error)
            self.names.discard(name)
            return
        if name in self.names:
            self._ready.append(name)


def maker_of(name: str, nodes: tuple[str, ...]) -> str | None:
    """Which of the nodes has made a spare; None: it is none, or none of theirs."""
    found = _NAME.match(name)
    return next((each for each in nodes if found and _mark(each) == found[1]), None)


def is_spare(name: str) -> bool:
    """Whether it was made as one, whoever has it now."""
    return _NAME.match(name) is not None


def _mark(node: str) -> str:
    return f"{crc32(node.encode()):08x}"
