"""RabbitMQ's feature flags: what a node can do that older ones cannot.

Here each is on from the start and there is nothing to switch; people and tools ask for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FeatureFlag:
    """One flag, in RabbitMQ's words."""

    name: str
    desc: str
    doc_url: str = ""
    state: str = "enabled"
    stability: str = "stable"
    provided_by: str = "rabbit"


FLAGS: Final = (
    FeatureFlag(
        "classic_mirrored_queue_version", "Support setting version for classic mirrored queues"
    ),
    FeatureFlag(
        "implicit_default_bindings",
        "Default bindings are now implicit, instead of being stored in the database",
    ),
    FeatureFlag("maintenance_mode_status", "Maintenance mode status"),
    FeatureFlag(
        "quorum_queue",
        "Support queues of type `quorum`",
        "https://www.rabbitmq.com/quorum-queues.html",
    ),
    FeatureFlag(
        "stream_queue", "Support queues of type `stream`", "https://www.rabbitmq.com/stream.html"
    ),
    FeatureFlag("user_limits", "Configure connection and channel limits for a user"),
    FeatureFlag("virtual_host_metadata", "Virtual host metadata (description, tags, etc)"),
)
