"""Nodes that are gone leave queues: whoever gets the pen first says who has them.

Rule: it is looked again, with the pen, whether there is anything to say; so it is said once. A node
that does not see a majority says nothing.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from leveret.cluster.metadata.changing import Unchanged
from leveret.cluster.mirroring.succession import succession

if TYPE_CHECKING:
    from leveret.cluster.mirroring.housings import Housings
    from leveret.cluster.mirroring.ports import Around
    from leveret.cluster.mirroring.succession import Succession

log = logging.getLogger("leveret.cluster")

# Each living node waits so much longer than the one before it: one pen is enough.
RANK_S: Final = 0.3
RETRY_S: Final = 0.5
# A node that has just begun has not heard of all yet.
HEARD_S: Final = 5.0


class Heirs:
    """Looks after what other nodes leave."""

    def __init__(self, around: Around, housings: Housings) -> None:
        self._around = around
        self._housings = housings
        self._is_due = self._has_heard = False

    def begin(self) -> None:
        """From now on, once the others have had time to be heard of."""
        self._around.tasks.later(HEARD_S, self._hear)

    def _hear(self) -> None:
        self._has_heard = True
        self.look()

    def look(self) -> None:
        """Somebody came or went."""
        if self._has_heard and not self._is_due and self._plan():
            self._is_due = True
            living = sorted(self._around.liveness.living)
            rank = living.index(self._around.node) if self._around.node in living else len(living)
            self._around.tasks.later(RANK_S * rank, self._start)

    def _start(self) -> None:
        self._around.tasks.start(self._settle())

    async def _settle(self) -> None:
        try:
            if self._plan():
                await self._around.changing.make(self._say)
        except Unchanged as error:
            log.warning("the queues of nodes that are gone have no heirs yet: %s", error)
        self._is_due = False
        self._around.tasks.later(RETRY_S, self.look)

    def _plan(self) -> Succession | None:
        around = self._around
        members, liveness, housings = around.members(), around.liveness, self._housings
        if not liveness.has_majority or around.node not in members:
            return None
        living, aside = liveness.living, liveness.aside
        plan = succession(housings.all, housings.declared, living, members, aside)
        return plan or None

    def _say(self) -> None:
        plan = self._plan()
        if plan is None:
            return
        for heir in plan.heirs:
            self._around.changing.commit(heir)
        for lost in plan.lost:
            vhost = self._around.broker.vhosts[lost.vhost]
            vhost.remove_queue(vhost.queues[lost.name])
        log.info(
            "%d queues have a new leader, %d went with their node", len(plan.heirs), len(plan.lost)
        )
