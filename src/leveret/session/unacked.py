"""What a channel has delivered and not yet heard of again, by delivery tag (book 1.8.3.13).

Tags rise, and a dict keeps the order of insertion: the oldest stand first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

from leveret.broker.errors import PreconditionFailed

if TYPE_CHECKING:
    from leveret.broker.message import Message
    from leveret.broker.queues.queue import Queue


class Holder(Protocol):
    """Who got the message: a consumer, or a basic.get."""

    @property
    def queue(self) -> Queue:
        """Where the message came from, and goes back to."""

    def settled(self, count: int) -> None:
        """So many deliveries are out no more."""


Delivery: TypeAlias = "tuple[Holder, Message]"
Unacked: TypeAlias = dict[int, Delivery]


def take(unacked: Unacked, tag: int, *, multiple: bool) -> Unacked:
    """The deliveries an acknowledgement means, taken out; tag 0 with multiple means all.

    Raises PreconditionFailed for a tag that is not out.
    """
    if multiple and not tag:
        taken = dict(unacked)
        unacked.clear()
        return taken
    if tag not in unacked:
        raise PreconditionFailed(f"unknown delivery tag {tag}")
    if not multiple:
        return {tag: unacked.pop(tag)}
    taken = {}
    for older in unacked:
        if older > tag:
            break
        taken[older] = unacked[older]
    for older in taken:
        del unacked[older]
    return taken


def settle(deliveries: Unacked) -> None:
    """They are done with: the queues forget them, the holders have room again."""
    by_holder: dict[Holder, list[Message]] = {}
    for holder, message in deliveries.values():
        held = by_holder.get(holder)
        if held is None:
            held = by_holder[holder] = []
        held.append(message)
    for holder, messages in by_holder.items():
        # All at once: a call for each message costs more than the settling.
        stored = [message.position for message in messages if message.is_stored]
        if stored:
            holder.queue.settle_all(stored)
        holder.settled(len(messages))


def requeue(deliveries: Unacked) -> None:
    """Put each message back in its queue and place."""
    by_queue: dict[Queue, list[Message]] = {}
    for holder, message in deliveries.values():
        by_queue.setdefault(holder.queue, []).append(message)
    for queue, messages in by_queue.items():
        queue.requeue(messages)
    counts: dict[Holder, int] = {}
    for holder, _message in deliveries.values():
        counts[holder] = counts.get(holder, 0) + 1
    for holder, count in counts.items():
        holder.settled(count)
