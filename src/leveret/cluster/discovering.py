"""A node's first start: it looks for the nodes that its configuration names, and joins them.

    cluster_formation.classic_config.nodes.1 = leveret@hare
    cluster_formation.classic_config.nodes.2 = leveret@mouse

What it does about those that answer is decided in members/discovery.py.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from leveret.cluster.links.ports import LinkDown, Overdue, PeerRefused
from leveret.cluster.members.discovery import Begin, Join, decide
from leveret.cluster.members.roll import MembershipRefused
from leveret.cluster.members.standing import Phase

if TYPE_CHECKING:
    from leveret.cluster.links.ports import Links
    from leveret.cluster.membership import Membership

log = logging.getLogger("leveret.cluster")

STANDING: Final = "standing"
REACH_S: Final = 2.0
LOOK_EVERY_S: Final = 0.5


class Discovering:
    """One node's part in it, as who looks and as who is found."""

    def __init__(self, membership: Membership) -> None:
        self._membership = membership

    def serve(self, links: Links) -> None:
        """Answer those who look."""
        links.serve(STANDING, self._tell)

    async def _tell(self, _peer: str, _body: bytes) -> bytes:
        return self._membership.standing.phase.value.encode()

    async def find_cluster(self, named: tuple[str, ...]) -> None:
        """Until this node is a member of the cluster of those, or is the one to begin it."""
        unheard: tuple[str, ...] = ()
        while True:
            choice = decide(self._membership.node, named, await self._hear(named))
            if isinstance(choice, Begin):
                return
            if isinstance(choice, Join) and await self._join(choice.through):
                return
            if not isinstance(choice, Join) and choice.unheard != unheard:
                unheard = choice.unheard
                log.warning("waiting for %s, to be in one cluster with it", ", ".join(unheard))
            await asyncio.sleep(LOOK_EVERY_S)

    async def _join(self, through: str) -> bool:
        try:
            await self._membership.joining.join(through)
        except MembershipRefused as refused:
            log.warning("%s cannot be joined yet: %s", through, refused)
            return False
        return True

    async def _hear(self, named: tuple[str, ...]) -> dict[str, Phase]:
        """Where those stand that answer."""
        others = [each for each in named if each != self._membership.node]
        answers = await asyncio.gather(*map(self._ask, others))
        return {node: phase for node, phase in zip(others, answers, strict=True) if phase}

    async def _ask(self, node: str) -> Phase | None:
        link = self._membership.links.to(node)
        try:
            await link.wait_up(REACH_S)
            return Phase((await link.call(STANDING, b"", REACH_S)).decode())
        except (LinkDown, Overdue, PeerRefused):
            return None
