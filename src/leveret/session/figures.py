"""What a channel is about, in figures, by the names of RabbitMQ's list_channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leveret.session.channel import Channel


@dataclass(frozen=True, slots=True)
class Figures:
    """One channel's.

    messages_unconfirmed: published, neither confirmed nor refused yet.
    messages_uncommitted, acks_uncommitted: what waits for tx.commit.
    global_prefetch_count: the limit of all its consumers together; 0 for none.
    """

    consumer_count: int
    messages_unacknowledged: int
    messages_unconfirmed: int
    messages_uncommitted: int
    acks_uncommitted: int
    prefetch_count: int
    global_prefetch_count: int
    transactional: bool
    confirm: bool


def figures(channel: Channel) -> Figures:
    confirms, transaction = channel.confirms, channel.transaction
    held = transaction.held_count if transaction is not None else 0
    return Figures(
        consumer_count=len(channel.consumers),
        messages_unacknowledged=len(channel.unacked),
        messages_unconfirmed=confirms.held + confirms.due if confirms is not None else 0,
        messages_uncommitted=transaction.publish_count if transaction is not None else 0,
        acks_uncommitted=held,
        prefetch_count=channel.prefetch_count,
        global_prefetch_count=channel.limit_count,
        transactional=transaction is not None,
        confirm=confirms is not None,
    )
