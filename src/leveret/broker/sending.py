"""A message on its last step: kept for the queues it goes to, and handed to them.

    a channel ──┐
    the broker ─┴─> hand_over ──> keep (the message store) ──> each receiver

Clients publish through their channels; what the broker publishes itself (dead letters, what a
delayed exchange held, events) goes through a vhost's Sender.

Rule: a message is with the store before any queue has it, so that a queue can settle it at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.message import Message, Traits, pack_address
from leveret.broker.tallies import count_stored
from leveret.wire import frames
from leveret.wire.properties import Properties, encode_header
from leveret.wire.values import octets

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.ports import Leaving, MessageStore, Moves
    from leveret.broker.routing import Route

PERSISTENT: Final = 2
# In the content of what the broker makes itself: no channel is 0, so each consumer's is put in.
NO_CHANNEL: Final = 0
# The smallest frames there are (book 4.9): every peer takes them.
_FRAME_OCTETS: Final = 4096


def hand_over(
    message: Message, route: Route, keep: Callable[[Message, tuple[int, ...]], None]
) -> bool:
    """Give it to all receivers, or to those that don't refuse it: then the answer is False.

    keep: stores the message for queues by their numbers, and makes it is_stored.
    """
    accepting = route if route.is_plain else route.accepting(message)
    traits = message.traits
    if traits is not None and traits.is_persistent and accepting.queue_numbers:
        keep(message, accepting.queue_numbers)
        count_stored(accepting)
    for receiver in accepting.receivers:
        receiver.publish(message)
    for witness in route.witnesses:
        witness.publish(message)
    return accepting is route


class Sender:
    """Publishes for the broker itself. store: the engine's; asked only for queues it knows.

    moves: where queues lie in several places, which keep no common order.
    """

    def __init__(
        self, store: MessageStore, next_position: Callable[[], int], moves: Moves | None = None
    ) -> None:
        self._store = store
        self._next_position = next_position
        self._moves = moves

    def send(self, message: Message, route: Route, leaving: Leaving | None = None) -> bool:
        """Publish it as the newest message; False when a queue refused it.

        leaving: another queue has it until it is where it goes; this is said there behind that.
        """
        message.position = self._next_position()
        if leaving is None:
            return hand_over(message, route, self._keep)
        if self._moves is None:
            is_accepted = hand_over(message, route, self._keep)
            leaving.done()
            return is_accepted
        self._moves.begin_move()
        try:
            return hand_over(message, route, self._keep)
        finally:
            self._moves.end_move(leaving)

    def _keep(self, message: Message, queue_numbers: tuple[int, ...]) -> None:
        self._store.append(message, queue_numbers)
        message.is_stored = True


def compose(exchange: str, routing_key: str, properties: Properties, body: bytes) -> Message:
    """A message that no client has sent, without a position."""
    header = encode_header(properties, len(body))
    content = frames.encode_frame(frames.HEADER, NO_CHANNEL, header)
    content += frames.encode_body(NO_CHANNEL, body, _FRAME_OCTETS)
    address = pack_address(octets(exchange), octets(routing_key))
    return Message(address, content, NO_CHANNEL, 0, traits_of(properties))


def traits_of(
    properties: Properties, ttl_ms: int | None = None, blind_copies: tuple[str, ...] = ()
) -> Traits | None:
    """What queues have to know of a message with these properties and this time to live."""
    is_persistent = properties.delivery_mode == PERSISTENT
    priority = properties.priority or 0
    if ttl_ms is None and not priority and not is_persistent and not blind_copies:
        return None
    return Traits(ttl_ms, priority, is_persistent, blind_copies)
