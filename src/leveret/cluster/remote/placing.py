"""A queue that is elsewhere comes to be known to this node, or is known no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.following import follow
from leveret.cluster.remote.queue import RemoteQueue

if TYPE_CHECKING:
    from leveret.broker.queues.queue import QueueOptions
    from leveret.broker.vhost import Vhost
    from leveret.cluster.remote.home import Home


def place(
    vhost: Vhost, name: str, options: QueueOptions, home: Home, *, is_mirrored: bool = False
) -> RemoteQueue:
    """It was declared; home: where its messages are."""
    queue = RemoteQueue(vhost.name, name, options, home, is_mirrored=is_mirrored)
    vhost.queues[name] = queue
    follow(vhost.policies, queue)
    vhost.forget_routes()
    return queue


def withdraw(vhost: Vhost, queue: RemoteQueue) -> None:
    """It is gone, as the metadata say."""
    if vhost.queues.get(queue.name) is queue:
        del vhost.queues[queue.name]
    vhost.bindings.remove_arriving(queue)
    vhost.forget_routes()
    queue.delete()
