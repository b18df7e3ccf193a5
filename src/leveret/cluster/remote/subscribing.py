"""A home is asked to serve a consumer; see asking.py.

Rule: who has asked for the consumer is told what the first home said. Afterwards the client need
not know which home it is; it hears of one that does not want the consumer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from leveret.cluster.remote import frames
from leveret.cluster.remote.asking import refusal_of
from leveret.wire.values import encode_table

if TYPE_CHECKING:
    from leveret.cluster.remote.consumers import RemoteConsumers, Subscription
    from leveret.cluster.remote.frames import Answer, Frame


class Asker(Protocol):
    """The queue whose consumer it is."""

    vhost_name: str
    name: str

    @property
    def consumers(self) -> RemoteConsumers: ...


class Subscribing:
    """number: what the home is to know it by."""

    def __init__(self, queue: Asker, subscription: Subscription, number: int) -> None:
        self._queue = queue
        self._subscription = subscription
        self._number = number

    def frame(self, number: int) -> Frame:
        consumer = self._subscription.consumer
        return frames.Subscribe(
            question=number,
            vhost=self._queue.vhost_name,
            queue=self._queue.name,
            consumer=self._number,
            no_ack=consumer.no_ack,
            exclusive=consumer.exclusive,
            priority=int(consumer.priority),
            prefetch_count=self._subscription.prefetch_count,
            is_limited=consumer.is_limited,
            arguments=encode_table(consumer.arguments),
            reached=consumer.reached,
        )

    def hear(self, told: Answer) -> None:
        subscription = self._subscription
        if self._queue.consumers.find(self._number) is not subscription:
            # It has ended, or another home is asked by now.
            return
        if not isinstance(told, frames.Declined):
            if isinstance(told, frames.Begun):
                subscription.read_on(told.reached)
            subscription.answer()
            self._queue.consumers.look_soon()
            return
        if subscription.question is not None:
            subscription.refuse(refusal_of(told))
        else:
            self._queue.consumers.end(subscription)

    def lost(self) -> None:
        """Its queue knows what is to become of it."""
