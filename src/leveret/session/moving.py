"""A consumer whose queue is led by another node from now on goes on there, and its client need not
know: what comes anew follows what has come, under the same consumer tag.

Rule: what it holds of the queue as it was stays in its channel, and counts against its limits,
until the client has acknowledged it. That settles nothing: whoever leads the queue now delivers
those messages again, since nobody had settled them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.queues.consumers import wants_to_hear_of_failover
from leveret.session import unacked

if TYPE_CHECKING:
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.session.consumer import Consumer


class Former:
    """Holds what a consumer had of the queue as it was. queue: which has given way."""

    __slots__ = ("_consumer", "deliveries", "queue", "tag", "timeout_ms")

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer
        self.queue = consumer.queue
        self.tag: str = consumer.tag
        self.deliveries = consumer.deliveries
        self.timeout_ms = consumer.timeout_ms

    def settled(self, count: int) -> None:
        """The consumer has room again."""
        self._consumer.settled(count)


def move(consumer: Consumer, queue: AnyQueue) -> None:
    """queue: stands where the consumer's queue stood, which has let go of it."""
    channel = consumer.channel
    is_begun = channel.consumers.get(consumer.tag) is consumer
    if is_begun and wants_to_hear_of_failover(consumer.arguments):
        consumer.queue_gone()
        return
    former = Former(consumer)
    unacked.rehold(channel.unacked, consumer, former)
    if channel.transaction is not None:
        channel.transaction.rehold(consumer, former)
    consumer.queue = queue
    consumer.deliveries = channel.tally.of(queue, channel)
    consumer.is_ready = False
    queue.adopt(consumer)
    consumer.reconsider()
