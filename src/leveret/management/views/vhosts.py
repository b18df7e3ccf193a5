"""What is shown of a vhost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leveret.management.view import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leveret.broker.vhost import Vhost
    from leveret.management.look import Look


def metadata(vhost: Vhost, _look: Look) -> dict[str, Any]:
    """All that is known of it; the type of queues only where one was said."""
    known = vhost.metadata
    told: dict[str, Any] = {"description": known.description, "tags": list(known.tags)}
    if known.default_queue_type is not None:
        told["default_queue_type"] = known.default_queue_type
    return told


def default_queue_type(vhost: Vhost, _look: Look) -> str:
    return vhost.metadata.default_queue_type or "undefined"


def cluster_state(_vhost: Vhost, look: Look) -> dict[str, str]:
    """It runs on every node that does."""
    peers = look.host.peers
    living = {look.node} if peers is None else peers.living
    return dict.fromkeys(sorted(living), "running")


def traffic(vhost: Vhost, look: Look) -> Mapping[str, Any]:
    """Octets of its connections and its messages waiting; nothing of one that nobody has used."""
    span, statistics = look.span, look.statistics
    told = {**statistics.data(vhost, span), **statistics.lengths(vhost, span)}
    stats = statistics.message_stats(vhost, span)
    return {**told, "message_stats": stats} if stats else told


VHOST: View[Vhost] = View(
    {
        "name": lambda vhost, _look: vhost.name,
        "description": lambda vhost, _look: vhost.metadata.description,
        "tags": lambda vhost, _look: list(vhost.metadata.tags),
        "default_queue_type": default_queue_type,
        "metadata": metadata,
        "tracing": lambda vhost, _look: vhost.firehose is not None,
        "cluster_state": cluster_state,
    },
    groups=(traffic,),
)
