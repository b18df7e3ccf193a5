"""Sets of nodes on which a log is to be, and on no others: each of them has to know that it is one.

An engine places a log by tags; a set of several nodes has one tag together, which each of them is
given before the log is made.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from leveret.cluster.links.ports import Links
    from leveret.cluster.membership import Membership

GROUP: Final = "group"
ANSWER_S: Final = 5.0


class Groups:
    """One node's part in it."""

    def __init__(self, membership: Membership) -> None:
        self._membership = membership

    def serve(self, links: Links) -> None:
        """Be asked to be one of a set."""
        links.serve(GROUP, self._join)

    async def gather(self, nodes: tuple[str, ...]) -> None:
        """All of these know each other as a set. Raises LinkDown, Overdue, PeerRefused."""
        member = self._membership
        body = json.dumps(nodes).encode()
        others = (node for node in nodes if node != member.node)
        await asyncio.gather(
            *(member.links.to(node).call(GROUP, body, ANSWER_S) for node in others)
        )
        if member.node in nodes:
            await self._join(member.node, body)

    async def _join(self, _peer: str, body: bytes) -> bytes:
        seat = self._membership.seat
        if seat is not None:
            await seat.join_group(tuple(json.loads(body)))
        return b""
