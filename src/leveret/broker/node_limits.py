"""How much all clients of a node may have together; 0 for as much as they like.

Rule: a limit is asked before anything is made, and refuses in RabbitMQ's words.
"""

from __future__ import annotations

from dataclasses import dataclass

from leveret.broker.errors import NotAllowed, PreconditionFailed


@dataclass(frozen=True, slots=True)
class NodeLimits:
    """channels: open on all connections (channel_max_per_node, from RabbitMQ 3.13 on).
    queues: in all virtual hosts (cluster_queue_limit, from RabbitMQ 4 on)."""

    channels: int = 0
    queues: int = 0

    def refuse_channel(self, count: int, node: str) -> None:
        """There are so many. Raises NotAllowed."""
        if self.channels and count >= self.channels:
            raise NotAllowed(
                f"number of channels opened on node '{node}' has reached the maximum allowed "
                f"limit of ({self.channels})"
            )

    def refuse_queue(self, count: int, name: str) -> None:
        """There are so many. Raises PreconditionFailed."""
        if self.queues and count >= self.queues:
            raise PreconditionFailed(
                f"cannot declare queue '{name}': queue limit in cluster ({self.queues}) is reached"
            )
