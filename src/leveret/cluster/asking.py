"""The other nodes as their listings and what they have are asked for: Peers (leveret/peers.py) over
the links.

Rule: what a peer refuses here it could not do at all, since the verbs have refusals of their own
within their answers; so it counts as absent, and the log says why.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

from leveret.cluster.links.ports import LinkDown, Overdue, PeerRefused
from leveret.peers import PATIENCE_S, PeerAbsent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from leveret.cluster.links.ports import Links
    from leveret.cluster.metadata.changes import QueueHoused

log = logging.getLogger("leveret.cluster")


class Living(Protocol):
    """Who serves; see members/liveness.py."""

    @property
    def living(self) -> frozenset[str]: ...


class LinkedPeers:
    """members: the names of all nodes. housed: where a queue's messages are, by vhost and name.

    rebalance: spreads the leaders of replicated queues.
    """

    def __init__(
        self,
        links: Links,
        members: Callable[[], tuple[str, ...]],
        liveness: Living,
        housed: Callable[[str, str], QueueHoused | None],
        rebalance: Callable[[], Awaitable[object]],
    ) -> None:
        self._links = links
        self._members = members
        self._liveness = liveness
        self._housed = housed
        self._rebalance = rebalance

    @property
    def members(self) -> tuple[str, ...]:
        return tuple(sorted(self._members()))

    @property
    def living(self) -> frozenset[str]:
        return self._liveness.living

    def copies(self, vhost: str, queue: str) -> tuple[str, ...]:
        housed = self._housed(vhost, queue)
        return housed.members if housed is not None and housed.log else ()

    async def rebalance(self) -> None:
        """Spread the leaders of replicated queues evenly."""
        await self._rebalance()

    async def ask(self, node: str, verb: str, body: bytes) -> bytes:
        """What another node answers. Raises PeerAbsent."""
        try:
            return await self._links.to(node).call(verb, body, PATIENCE_S)
        except (LinkDown, Overdue, PeerRefused) as absent:
            log.warning("%s does not answer %s: %s", node, verb, absent)
            raise PeerAbsent(node) from absent

    def serve(self, verb: str, answer: Callable[[bytes], Awaitable[bytes]]) -> None:
        """Who answers the same of other nodes."""

        async def handle(_peer: str, body: bytes) -> bytes:
            return await answer(body)

        self._links.serve(verb, handle)
