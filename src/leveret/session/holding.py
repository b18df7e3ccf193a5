"""Who has a message that is out for acknowledgement: what can be told of it to people.

Rule: nothing is kept for this; it is read from what the channel has anyway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.tallies import Held

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leveret.broker.queues.kinds import AnyQueue
    from leveret.session.channel import Channel
    from leveret.session.unacked import Unacked


def held(channel: Channel, queue: AnyQueue) -> Iterator[Held]:
    """What of the queue is out at the channel, those too that a transaction is to settle."""
    transaction = channel.transaction
    parts: list[Unacked] = [channel.unacked, *([] if transaction is None else transaction.held)]
    for part in parts:
        for delivery_tag, (holder, message) in part.items():
            if holder.queue is queue:
                yield Held(
                    message,
                    channel.session.peer.name,
                    channel.number,
                    channel.access.user.name,
                    holder.tag,
                    delivery_tag,
                    taker=channel,
                )
