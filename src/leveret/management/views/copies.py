"""On which nodes a queue is: where its copies are, and which of them serve.

Rule: the engine brings every copy that can be reached up to date by itself, so a copy on a node
that serves is told as synchronised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.management.look import Look


def members(queue: AnyQueue, look: Look) -> list[str]:
    """All of them, by name; of a queue that is not replicated its node."""
    peers = look.host.peers
    copies = () if peers is None else peers.copies(queue.vhost_name, queue.name)
    return sorted(copies) or [look.node]


def online(queue: AnyQueue, look: Look) -> list[str]:
    """Those that serve."""
    peers = look.host.peers
    there = members(queue, look)
    return there if peers is None else [each for each in there if each in peers.living]


def mirrors(queue: AnyQueue, look: Look) -> list[str] | None:
    """Those that serve besides its leader; None of a queue that is not replicated."""
    peers = look.host.peers
    if peers is None or not peers.copies(queue.vhost_name, queue.name):
        return None
    return [each for each in online(queue, look) if each != look.node]
