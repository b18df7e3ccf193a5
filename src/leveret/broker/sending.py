"""A message on its last step: kept for the queues it goes to, and handed to them.

    a channel ──┐
    the broker ─┴─> hand_over ──> keep (the message store) ──> each receiver

Clients publish through their channels; what the broker publishes itself (dead letters, what a
delayed exchange held, events) goes through a vhost's Sender.

Rule: a message is with the store before any queue has it, so that a queue can settle it at once.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from leveret.broker.message import Message, Traits, pack_address
from leveret.broker.ports import Leaving
from leveret.broker.tallies import count_stored
from leveret.wire import frames
from leveret.wire.properties import Properties, encode_header
from leveret.wire.values import octets

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.ports import MessageStore, Moves
    from leveret.broker.queues.distant import DistantQueue
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
        journey = Journey(leaving, route.distant) if route.distant else None
        leaving = leaving if journey is None else journey.here
        if self._moves is None:
            is_accepted = hand_over(message, route, self._keep)
            leaving.done()
        else:
            self._moves.begin_move()
            try:
                is_accepted = hand_over(message, route, self._keep)
            finally:
                self._moves.end_move(leaving)
        if journey is not None:
            journey.begin()
        return is_accepted

    def _keep(self, message: Message, queue_numbers: tuple[int, ...]) -> None:
        self._store.append(message, queue_numbers)
        message.is_stored = True


class Journey:
    """A message that goes on to queues of other nodes, and perhaps to some of this one.

    here: what is said of those of this node.

    Rule: it is let go of where it was when all have it. When a node was lost on the way it goes to
    all of them again: who has it already has it twice then.
    """

    def __init__(self, leaving: Leaving, distant: tuple[DistantQueue, ...]) -> None:
        self.here = Leaving(leaving.queue, leaving.position, self._arrived, self._lost)
        self._leaving = leaving
        self._distant = distant
        self._missing = 1 + len(distant)
        self._is_lost = self._is_refused = False

    def begin(self) -> None:
        """It was just handed to them."""
        for queue in self._distant:
            queue.when_taken(partial(self._answered, queue))

    def _answered(self, queue: DistantQueue, is_taken: bool) -> None:
        if not is_taken and queue.is_up:
            self._is_refused = True
        elif not is_taken:
            self._is_lost = True
        self._arrived()

    def _lost(self) -> None:
        self._is_lost = True
        self._arrived()

    def _arrived(self) -> None:
        self._missing -= 1
        if self._missing:
            return
        leaving = self._leaving
        if self._is_lost:
            leaving.again()
        elif self._is_refused and leaving.refused is not None:
            leaving.refused()
        else:
            leaving.done()


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
