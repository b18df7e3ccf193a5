"""One peer at a home's desk: what its sessions hold of the queues here, and its consumers' seats.

Rule: a delivery is out from when it is sent until the peer settles it or gives it back, also where
the client need not acknowledge: then the peer settles what it has handed on.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final

from leveret.broker.tallies import Deliveries, Held
from leveret.cluster.remote import frames
from leveret.cluster.remote.repeats import Repeats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TypeAlias

    from leveret.broker.broker import Broker
    from leveret.broker.message import Message
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.queues.queue import Queue
    from leveret.broker.streams.stream import Stream
    from leveret.cluster.remote.frames import Frame
    from leveret.wire.values import Table

    AtHome: TypeAlias = "Queue | Stream"
    Settling: TypeAlias = "frames.Settle | frames.Requeue | frames.Reject | frames.HandBack"

# What a consumer may be sent before its peer says that it has handed it on.
AHEAD_OCTETS_MAX: Final = 2 * 1024 * 1024


class Out:
    """A delivery that the peer has. seat: whose it is; None for a basic.get."""

    __slots__ = ("message", "queue", "seat")

    def __init__(self, queue: AtHome, message: Message, seat: Seat | None) -> None:
        self.queue = queue
        self.message = message
        self.seat = seat


class Guest:
    """A peer. node: its name. seats: of its consumers, by the peer's number for them.

    repeats: what it has published, over all links of this run of it."""

    def __init__(self, broker: Broker, node: str, tell: Callable[[Frame], None]) -> None:
        self.repeats = Repeats()
        self._broker = broker
        self._node = node
        self._send = tell
        self.is_gone = False
        self.seats: dict[int, Seat] = {}
        self._out: dict[int, Out] = {}
        self._last_delivery = 0
        self._deliveries: dict[AnyQueue, Deliveries] = {}
        # Tickets of this turn: those that are safe, and those that will be, by the queues that
        # keep them.
        self._safe: list[int] = []
        self._kept: dict[int, list[int]] = {}
        # Told together at the end of the turn, or before what is told next.
        self._delivered: list[tuple[Seat, frames.Delivered]] = []

    def tell(self, frame: Frame) -> None:
        """To the peer, if it is still there."""
        self._tell_delivered()
        if not self.is_gone:
            self._send(frame)

    def tell_soon(self, seat: Seat, delivered: frames.Delivered) -> None:
        """What the seat is given until then is told with it."""
        if not self._delivered:
            self._broker.agenda.soon(self._tell_delivered)
        self._delivered.append((seat, delivered))

    def _tell_delivered(self) -> None:
        told, self._delivered = self._delivered, []
        for seat, delivered in told:
            seat.was_told()
            if not self.is_gone:
                self._send(delivered)

    def leave(self) -> None:
        """The peer is lost: its consumers end, and what is out goes back."""
        self.is_gone = True
        for number in list(self.seats):
            self.unsubscribe(number)
        out, self._out = self._out, {}
        for queue, messages in _by_queue(out.values()).items():
            self.deliveries_of(queue).returned += len(messages)
            queue.requeue(messages)
        for known in list(self._deliveries):
            known.tally.end(self)

    # Publishing ------------------------------------------------------------------------------

    def took(self, ticket: int, kept_by: int) -> None:
        """A queue has the message; the peer is told at the end of the turn, or when it is durable.

        kept_by: the queue's number; 0 when it keeps nothing of it."""
        if not self._safe and not self._kept:
            self._broker.agenda.soon(self._tell_taken)
        tickets = self._kept.setdefault(kept_by, []) if kept_by else self._safe
        tickets.append(ticket)

    def _tell_taken(self) -> None:
        safe, self._safe = tuple(self._safe), []
        kept, self._kept = self._kept, {}
        if safe:
            self.tell(frames.Taken(safe))
        for number, tickets in kept.items():
            self._broker.storage.when_queue_kept(number, partial(self._tell_kept, tuple(tickets)))

    def _tell_kept(self, tickets: tuple[int, ...]) -> None:
        """What was lost with its mirror is not answered: the peer says it again to whoever leads
        the queue next."""
        self.tell(frames.Taken(tickets))

    # Deliveries ------------------------------------------------------------------------------

    def take(self, queue: AtHome, message: Message, seat: Seat | None = None) -> int:
        """A message is on its way to the peer; the delivery's number."""
        self._last_delivery += 1
        self._out[self._last_delivery] = Out(queue, message, seat)
        if message.is_stored:
            queue.mark_delivered(message)
        return self._last_delivery

    def deliveries_of(self, queue: AnyQueue) -> Deliveries:
        """What the peer has had of the queue."""
        known = self._deliveries.get(queue)
        if known is None:
            known = self._deliveries[queue] = Deliveries()
            queue.tally.begin(self, known)
        return known

    def settle(self, asked: Settling) -> None:
        """Deliveries come back, in one way or another. Those that nobody knows were lost with an
        earlier connection, or with their queue."""
        known = [out for each in asked.deliveries if (out := self._out.pop(each, None)) is not None]
        for queue, messages in _by_queue(known).items():
            deliveries = self.deliveries_of(queue)
            match asked:
                case frames.Settle():
                    queue.settle_all([each.position for each in messages if each.is_stored])
                    deliveries.ack += len(messages)
                case frames.Reject():
                    deliveries.returned += len(messages)
                    queue.reject(messages)
                case frames.Requeue():
                    deliveries.returned += len(messages)
                    queue.requeue(messages)
                case _:
                    deliveries.returned += len(messages)
                    queue.hand_back(messages)

    def give_credit(self, asked: frames.Credit) -> None:
        seat = self.seats.get(asked.consumer)
        if seat is not None:
            seat.give_credit(asked.up_to, asked.handed)

    def unsubscribe(self, number: int) -> None:
        """The consumer has ended; what it has is out until it comes back."""
        seat = self.seats.pop(number, None)
        if seat is not None:
            seat.queue.unsubscribe(seat)

    # As a taker of messages ------------------------------------------------------------------

    def forget_queue(self, queue: AnyQueue) -> None:
        """It is deleted, and what was out of it is nobody's any more."""
        self._deliveries.pop(queue, None)
        gone = [number for number, out in self._out.items() if out.queue is queue]
        for number in gone:
            del self._out[number]

    def out_of(self, queue: AnyQueue) -> Iterator[Message]:
        return (out.message for out in self._out.values() if out.queue is queue)

    all_out_of = out_of

    def held(self, queue: AnyQueue) -> Iterator[Held]:
        return (Held(message, node=self._node) for message in self.out_of(queue))


class Seat:
    """A consumer of the peer, as its queue sees it; see broker/queues/consumers.py.

    room: deliveries that may be sent as they were asked for. reached: see streams/reader.py.
    """

    def __init__(
        self, guest: Guest, queue: AtHome, asked: frames.Subscribe, arguments: Table
    ) -> None:
        self.queue = queue
        self.priority = asked.priority
        self.exclusive = asked.exclusive
        self.arguments = arguments
        self.deliveries = guest.deliveries_of(queue)
        self.room = 0
        self.reached = asked.reached
        self._number = asked.consumer
        self._guest = guest
        self._is_ready = False
        self._sent = self._handed = 0
        # Of what was sent and not handed on, in order.
        self._sizes: deque[int] = deque()
        self._ahead_octets = 0
        # What its guest is about to tell.
        self._told: frames.Delivered | None = None

    def deliver(self, message: Message, redelivered: bool) -> None:
        self._sent += 1
        self.room -= 1
        self._sizes.append(len(message.content))
        self._ahead_octets += len(message.content)
        delivery = self._guest.take(self.queue, message, self)
        self.deliveries.deliver += 1
        told = self._told
        if told is None or told.redelivered is not redelivered:
            told = self._told = frames.Delivered(self._number, redelivered, [], [])
            self._guest.tell_soon(self, told)
        told.deliveries.append(delivery)
        told.messages.append(frames.carry(message))
        self._reconsider()

    def was_told(self) -> None:
        """What follows is told anew."""
        self._told = None

    def give_credit(self, up_to: int, handed: int) -> None:
        """The peer says how far it may be served, and how far it has come."""
        self.room = up_to - self._sent
        while self._handed < handed and self._sizes:
            self._handed += 1
            self._ahead_octets -= self._sizes.popleft()
        self._reconsider()

    def _reconsider(self) -> None:
        can_take = self.room > 0 and self._ahead_octets < AHEAD_OCTETS_MAX
        if can_take is self._is_ready or self.queue.is_deleted:
            return
        self._is_ready = can_take
        if can_take:
            self.queue.consumers.resume(self)
            self.queue.pump()
        else:
            self.queue.consumers.park(self)

    def rules_changed(self) -> None:
        """The peer follows its policies itself."""

    def queue_gone(self) -> None:
        self._guest.seats.pop(self._number, None)
        self._guest.tell(frames.Ended(self._number))

    def move(self, queue: AnyQueue) -> None:
        """The peer goes on where the queue is led now: it hears of that by itself, or asks here."""
        del queue
        self.queue_gone()

    def trace(self, *, is_on: bool) -> None:
        """What a client gets is traced where it gets it."""


def _by_queue(out: Iterable[Out]) -> dict[AtHome, Sequence[Message]]:
    by_queue: dict[AtHome, list[Message]] = {}
    for each in out:
        by_queue.setdefault(each.queue, []).append(each.message)
    return dict(by_queue)
