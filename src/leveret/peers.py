"""The other nodes of a cluster, as they are asked by whoever shows all of it through one node.

Rule: one that does not answer costs PATIENCE_S and its own part of the answer, and nothing else.
"""

from __future__ import annotations

from typing import Final, Protocol

# So long one answer may take: a node that is frozen is known to be so after 5 s as well.
PATIENCE_S: Final = 5.0


class PeerAbsent(Exception):
    """It cannot be reached, does not answer in time, or cannot do so now."""


class Peers(Protocol):
    """One node's view of its cluster. A node that is alone has none."""

    @property
    def members(self) -> tuple[str, ...]:
        """The names of all nodes, this one too, in order."""

    @property
    def living(self) -> frozenset[str]:
        """Those that serve, this one too."""

    def copies(self, vhost: str, queue: str) -> tuple[str, ...]:
        """The nodes that have copies of a replicated queue, in order; none of an ordinary one."""

    async def rebalance(self) -> None:
        """Spread the leaders of replicated queues evenly."""

    async def ask(self, node: str, verb: str, body: bytes) -> bytes:
        """What another node answers. Raises PeerAbsent."""
