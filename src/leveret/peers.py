"""The other nodes of a cluster, as they are asked by whoever shows all of it through one node.

Rule: one that does not answer costs its own part of the answer, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from leveret.broker.queues.kinds import AnyQueue

# So long one answer may take. A node that is frozen or cut off is known to be so after 5 s, by its
# link (cluster/links); this is for one that has a hundred thousand queues to tell of.
PATIENCE_S: Final = 60.0


class _Everybody:
    """The type of EVERYBODY."""

    def __contains__(self, _node: object) -> bool:
        return True


# Where another node puts answers together: each tells of what is its own, and of nothing else.
EVERYBODY: Final = _Everybody()


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


class Copies(NamedTuple):
    """On which nodes a queue is, in order.

    members: those that have a copy; of a queue that is not replicated its home.
    online: those of them that serve.
    mirrors: those that serve besides its leader; None of a queue that is not replicated.

    The engine brings every copy that can be reached up to date by itself: what is on a node that
    serves is told as synchronised.
    """

    members: list[str]
    online: list[str]
    mirrors: list[str] | None


def copies_of(peers: Peers | None, home: str, queue: AnyQueue) -> Copies:
    """Of a queue whose leader, or home, is `home`."""
    copies = () if peers is None else peers.copies(queue.vhost_name, queue.name)
    if peers is None or not copies:
        return Copies([home], [home], None)
    online = [each for each in sorted(copies) if each in peers.living]
    return Copies(sorted(copies), online, [each for each in online if each != home])


def is_critical(peers: Peers, node: str, queue: AnyQueue) -> bool:
    """A majority of the queue's copies serve, and would not without this node."""
    copies = peers.copies(queue.vhost_name, queue.name)
    there = sum(each in peers.living for each in copies)
    return node in copies and there - 1 <= len(copies) // 2 < there
