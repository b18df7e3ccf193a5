"""Whose messages may be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.errors import Unsupported
from leveret.broker.queues.distant import DistantQueue
from leveret.broker.streams.stream import Stream

if TYPE_CHECKING:
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.queues.queue import Queue


def queue_to_change(queue: AnyQueue) -> Queue:
    """Raises Unsupported for a stream, whose messages stay until they are too old, and NotFound
    where its home is down: one that lives would have been asked."""
    if isinstance(queue, Stream):
        raise Unsupported(f"messages of a stream cannot be moved or deleted: {queue}")
    if isinstance(queue, DistantQueue):
        raise queue.absence()
    return queue
