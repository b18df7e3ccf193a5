"""The engine is quickest where a log is written: so the copy beside the node that leads a queue is
made the first of its copies, once the queue is in use.

A queue that nobody uses stays as the engine has spread them: who leads hundreds of idle queues
would else have the engine beside it work for all the others.

Rule: this is about speed alone. What does not come near is written from afar.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from leveret.cluster.ports import NoMajority, NoSuchLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leveret.cluster.mirroring.housings import Housings, Place
    from leveret.cluster.mirroring.ports import Around
    from leveret.cluster.ports import SharedLog

log = logging.getLogger("leveret.cluster")

LOOK_EVERY_S: Final = 0.5
# An engine that was gone for a moment has lost what it led.
AGAIN_AFTER_LOOKS: Final = 120


class Nearing:
    """led: the logs of the queues that this node leads."""

    def __init__(self, around: Around, housings: Housings, led: Mapping[Place, SharedLog]) -> None:
        self._around = around
        self._housings = housings
        self._led = led
        # How far each was safe when it was looked at last.
        self._reached: dict[str, int] = {}
        # For how many looks what has come near is not asked to again.
        self._near: dict[str, int] = {}

    def begin(self) -> None:
        """From now on, again and again."""
        self._around.tasks.later(LOOK_EVERY_S, self.begin)
        before, self._reached = self._reached, self._reach()
        self._near = {name: left - 1 for name, left in self._near.items() if left > 1}
        for name, reached in self._reached.items():
            if reached > before.get(name, reached) and name not in self._near:
                self._near[name] = AGAIN_AFTER_LOOKS
                self._around.tasks.start(self._come(name))

    def _reach(self) -> dict[str, int]:
        housed = self._housings.housed
        return {
            housed[place].log: shared.safe_ticket
            for place, shared in self._led.items()
            if place in housed
        }

    async def _come(self, name: str) -> None:
        try:
            await self._around.logs.move_leader(name, self._around.node)
        except (NoMajority, NoSuchLog, LookupError) as error:
            log.debug("log %s is led elsewhere: %r", name, error)
