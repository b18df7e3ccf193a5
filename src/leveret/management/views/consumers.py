"""What is shown of a consumer: of a queue, or of an exclusive queue's connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leveret.broker.arguments import STREAM
from leveret.definitions.arguments import json_of, spelled
from leveret.management.view import View
from leveret.session.consumer import Consumer

if TYPE_CHECKING:
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.management.look import Look


def consumers_of(queue: AnyQueue) -> list[Consumer]:
    """Those at the far end of a channel: all of them, in a broker that is served."""
    return [each for each in queue.consumers if isinstance(each, Consumer)]


def _channel_details(consumer: Consumer, look: Look) -> dict[str, Any]:
    channel = consumer.channel
    peer = channel.session.peer
    return {
        "connection_name": peer.name,
        "name": f"{peer.name} ({channel.number})",
        "node": look.node,
        "number": channel.number,
        "peer_host": peer.peer_host,
        "peer_port": peer.peer_port,
        "user": channel.access.user.name,
    }


def _queue(consumer: Consumer, _look: Look) -> dict[str, str]:
    return {"name": spelled(consumer.queue.name), "vhost": consumer.queue.vhost_name}


def _is_active(consumer: Consumer, _look: Look) -> bool:
    """RabbitMQ says it of no stream's consumer."""
    return consumer.activity.is_active and consumer.queue.type != STREAM


def _prefetch_count(consumer: Consumer, _look: Look) -> int:
    """What was asked for, though nothing limits who does not acknowledge."""
    return consumer.channel.prefetch_count if consumer.no_ack else consumer.prefetch_count


CONSUMER: View[Consumer] = View(
    {
        "arguments": lambda consumer, _: json_of(consumer.arguments),
        "ack_required": lambda consumer, _: not consumer.no_ack,
        "active": _is_active,
        "activity_status": lambda consumer, _: consumer.activity.value,
        "channel_details": _channel_details,
        "consumer_tag": lambda consumer, _: spelled(consumer.tag),
        "exclusive": lambda consumer, _: consumer.exclusive,
        "prefetch_count": _prefetch_count,
        "queue": _queue,
    }
)
