"""What a channel has delivered and not yet heard of again, by delivery tag (book 1.8.3.13).

Tags rise, and a dict keeps the order of insertion: the oldest stand first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

from leveret.broker.arguments import STREAM
from leveret.broker.errors import PreconditionFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from leveret.broker.message import Message
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.tallies import Deliveries


class Holder(Protocol):
    """Who got the message: a consumer, or a basic.get."""

    @property
    def queue(self) -> AnyQueue:
        """Where the message came from, and goes back to."""

    @property
    def deliveries(self) -> Deliveries:
        """What its channel has had of that queue."""

    @property
    def tag(self) -> str:
        """The consumer's; empty for a basic.get."""

    @property
    def timeout_ms(self) -> int:
        """How long a delivery may wait for its acknowledgement; 0 for ever."""

    def settled(self, count: int) -> None:
        """So many deliveries are out no more."""


Delivery: TypeAlias = "tuple[Holder, Message]"
Unacked: TypeAlias = dict[int, Delivery]
# What becomes of deliveries: settle, requeue or reject.
Settling: TypeAlias = "Callable[[Unacked], None]"


def take(unacked: Unacked, tag: int, *, multiple: bool, returned_tag: int = 0) -> Unacked:
    """The deliveries an acknowledgement means, taken out; tag 0 with multiple means all.

    Up to `returned_tag` a tag may be out no more without the client's doing (overdue.py).
    Raises PreconditionFailed for any other tag that is not out.
    """
    if multiple and not tag:
        taken = dict(unacked)
        unacked.clear()
        return taken
    if tag not in unacked and not 0 < tag <= returned_tag:
        raise PreconditionFailed(f"unknown delivery tag {tag}")
    if not multiple:
        return {tag: unacked.pop(tag)} if tag in unacked else {}
    taken = {}
    for older in unacked:
        if older > tag:
            break
        taken[older] = unacked[older]
    for older in taken:
        del unacked[older]
    return taken


def out_of(queue: AnyQueue, parts: Iterable[Unacked]) -> Iterator[Message]:
    """The messages among deliveries that are the queue's."""
    for deliveries in parts:
        yield from (message for holder, message in deliveries.values() if holder.queue is queue)


def settle(deliveries: Unacked) -> None:
    """They are done with: the queues forget them, the holders have room again."""
    for holder, messages in _by_holder(deliveries).items():
        # All at once: a call for each message costs more than the settling.
        stored = [message.position for message in messages if message.is_stored]
        if stored:
            holder.queue.settle_all(stored)
        holder.deliveries.ack += len(messages)
        holder.settled(len(messages))


def rehold(deliveries: Unacked, holder: Holder, former: Holder) -> None:
    """What a holder had of its queue somebody else holds now."""
    for tag, (held_by, message) in deliveries.items():
        if held_by is holder:
            deliveries[tag] = former, message


def refuse_streams(deliveries: Unacked, kept: Unacked) -> None:
    """Raises Unsupported when a stream would have to take one back; all are in `kept` then."""
    for holder, message in deliveries.values():
        if holder.queue.type == STREAM:
            kept.update(deliveries)
            holder.queue.reject([message])


def reject(deliveries: Unacked) -> None:
    """They are not wanted: each queue does with its own what it does with the dead."""
    for queue, messages in _by_queue(deliveries).items():
        queue.reject(messages)
    _make_room(deliveries)


def requeue(deliveries: Unacked) -> None:
    """Put each message back in its queue and place."""
    for queue, messages in _by_queue(deliveries).items():
        queue.requeue(messages)
    _make_room(deliveries)


def _by_holder(deliveries: Unacked) -> dict[Holder, list[Message]]:
    by_holder: dict[Holder, list[Message]] = {}
    for holder, message in deliveries.values():
        held = by_holder.get(holder)
        if held is None:
            held = by_holder[holder] = []
        held.append(message)
    return by_holder


def _by_queue(deliveries: Unacked) -> dict[AnyQueue, list[Message]]:
    by_queue: dict[AnyQueue, list[Message]] = {}
    for holder, message in deliveries.values():
        by_queue.setdefault(holder.queue, []).append(message)
    return by_queue


def _make_room(deliveries: Unacked) -> None:
    for holder, messages in _by_holder(deliveries).items():
        holder.deliveries.returned += len(messages)
        holder.settled(len(messages))
