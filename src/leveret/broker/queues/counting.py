"""The x-delivery-count header: how often a message came back before this delivery.

Quorum queues say it with every redelivery and basic.get, classic ones when they have a delivery
limit. For a stored message its queue counts (and the store, over restarts); one that is not stored
carries its count along.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from leveret.broker.message import Message, with_properties
from leveret.broker.queues.deadletter import X_DELIVERY_COUNT
from leveret.wire.values import Int64

if TYPE_CHECKING:
    from leveret.wire.values import Table


def count_of(message: Message) -> int:
    """What the message carries along."""
    count = message.headers.get(X_DELIVERY_COUNT)
    return count if isinstance(count, int) else 0


def with_count(message: Message, count: int) -> Message:
    """The message as it is delivered after it came back so often. Headers are sorted by name, as
    RabbitMQ has them."""
    properties = message.properties
    headers: Table = {**(properties.headers or {}), X_DELIVERY_COUNT: Int64(count)}
    properties = replace(properties, headers=dict(sorted(headers.items())))
    return Message(
        message.address,
        with_properties(message.content, message.channel, properties),
        message.channel,
        message.position,
        message.traits,
        message.published_at,
        message.is_stored,
    )
