"""A channel: publishes in, deliveries out, and what is between them.

Hot path: bench/results.md, every throughput row. `publish` and `ack` are called by the reader
for each message; whatever a message asks beyond its address is dealt with in publish.py. What a
transient message pays for the others' durability is one look at an attribute.

Rule: a delivery tag is in `unacked` from its delivery until it is settled, requeued, or held by
the transaction.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from leveret.broker.errors import Refused
from leveret.broker.message import UNKNOWN_TRAITS, Message
from leveret.protocol.violation import ProtocolViolation
from leveret.session import answering, dispatch, holding, publish, telling, unacked
from leveret.session.consumer import Getter
from leveret.session.overdue import Overdue
from leveret.session.tally import ChannelTally, note_unroutable
from leveret.wire import codec, frames, methods
from leveret.wire.codes import ReplyCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.routing import Route
    from leveret.broker.tallies import Held
    from leveret.session.confirms import Confirms
    from leveret.session.consumer import Consumer
    from leveret.session.direct_reply import DirectReply
    from leveret.session.distant import Abandonable, Commit
    from leveret.session.session import Session
    from leveret.session.transaction import Transaction
    from leveret.session.unacked import Settling, Unacked
    from leveret.wire.methods import Method

# Deliveries looked through for those of one queue.
SEARCHED_MAX: Final = 512


class Channel:
    """One open channel.

    prefetch_count: for consumers to come (basic.qos without global), 0 for no limit.
    is_limited, room: the limit of all its consumers together (basic.qos with global).
    got_count: what basic.get took and is out: no limit counts it.
    overdue: what keeps the times of its deliveries; None while none may be overdue.
    is_watched: somebody wants to hear of each delivery: the limit, or `overdue`.
    confirms, transaction: set by confirm.select and tx.select, which exclude each other.
    asked: what the channel waits for from another node.
    commit: the last commit's publishes to other nodes.
    has_appended: gave the message store something in this turn.
    published, tally: what is counted of it.
    """

    __slots__ = (
        "_confirms_due",
        "_known_traits",
        "_next_position",
        "_pid_number",
        "_routes",
        "_store",
        "access",
        "asked",
        "commit",
        "confirms",
        "consumers",
        "delivery_tag",
        "direct_reply",
        "frame_max",
        "got_count",
        "has_appended",
        "is_limited",
        "is_watched",
        "last_queue",
        "needs_narrow_frames",
        "number",
        "output",
        "overdue",
        "prefetch_count",
        "published",
        "room",
        "session",
        "tally",
        "transaction",
        "unacked",
        "wake",
    )

    def __init__(self, session: Session, number: int) -> None:
        self.session = session
        self.number = number
        self._pid_number = session.next_channel()
        self.access = session.access
        self.output = session.connection.output
        self.wake = session.connection.wake
        self.frame_max = session.frame_max
        self.needs_narrow_frames = session.needs_narrow_frames
        self.delivery_tag = 0
        self.unacked: Unacked = {}
        self.consumers: dict[str, Consumer] = {}
        self.direct_reply: DirectReply | None = None
        self.last_queue = ""
        self.prefetch_count = 0
        self.is_limited = self.is_watched = self.has_appended = False
        self.room = 0
        self.got_count = self.published = 0
        self.overdue: Overdue | None = None
        self.confirms: Confirms | None = None
        self.transaction: Transaction | None = None
        self.commit: Commit | None = None
        self.asked: Abandonable | None = None
        self.tally = ChannelTally(session.broker.agenda.wall_clock())
        self._routes: dict[bytes, Route] = self.access.routes
        self._next_position = session.next_position
        self._confirms_due = session.confirms_due
        self._known_traits = session.known_traits
        self._store = session.broker.storage.messages

    @property
    def pid(self) -> str:
        """See Session.pid."""
        return self.session.pid_of(self._pid_number)

    # From the reader -------------------------------------------------------------------------

    def publish(  # noqa: C901  # one message, no call for what it counts
        self, address: bytes, bits: int, extra: int, content: bytes
    ) -> None:
        """A whole message; see ChannelEvents.publish."""
        route = self._routes.get(address)
        traits = None
        if extra:
            # Flags and properties, read before? (What stands before them is in publish.py.)
            traits = self._known_traits.get(content[19 : 21 + extra], UNKNOWN_TRAITS)
            route = None if traits is UNKNOWN_TRAITS else route
        if route is None or (bits and (bits != publish.MANDATORY or not route.receivers)):
            try:
                publish.publish(self, address, bits, extra, content)
            except Refused as refused:
                self.refused(refused, methods.BasicPublish.index)
                return
        else:
            message = Message(address, content, self.number, self._next_position(), traits)
            route.published += 1
            self.published += 1
            if traits is not None and traits.is_persistent and route.queue_numbers:
                self.keep(message, route.queue_numbers)
                route.stored += 1
            if not route.receivers:
                self.tally.drop_unroutable += 1
                note_unroutable(self, address, is_returned=False)
            for receiver in route.receivers:
                receiver.publish(message)
        if self.confirms is not None:
            if not self.confirms.due:
                self._confirms_due.append(self)
            self.confirms.due += 1

    def look_further(self) -> None:
        """From now on a publish needs more than a remembered route."""
        self._routes = {}

    def content_came(self) -> None:
        """It publishes during an alarm."""
        self.session.blocking.begin()

    def keep(self, message: Message, queue_numbers: tuple[int, ...]) -> None:
        """Store it, before its queues get it; its confirm waits for the disk."""
        self._store.append(message, queue_numbers)
        message.is_stored = True
        if not self.has_appended:
            self.has_appended = True
            self.session.appended.append(self)

    def refuse_confirm(self) -> None:
        """A queue refused the message at hand: its publisher is told with basic.nack, ahead of the
        confirms that stand out."""
        assert self.confirms is not None
        # What came before it in this chunk is confirmed, or held, before it.
        self.session.release_confirms()
        self.session.connection.write(self.confirms.take_nack())

    def ack(self, delivery_tag: int, multiple: bool) -> None:
        """basic.ack."""
        if multiple or self.transaction is not None:
            self._ack_several(delivery_tag, multiple)
            return
        delivery = self.unacked.pop(delivery_tag, None)
        if delivery is None:
            self._ack_several(delivery_tag, multiple)
            return
        holder, message = delivery
        if message.is_stored:
            holder.queue.settle(message)
        holder.deliveries.ack += 1
        holder.settled(1)

    def _ack_several(self, delivery_tag: int, multiple: bool) -> None:
        try:
            self.settle(delivery_tag, unacked.settle, multiple=multiple)
        except Refused as refused:
            self.refused(refused, methods.BasicAck.index)

    def method(self, method: Method) -> None:
        """Any method but basic.publish and basic.ack."""
        handler = dispatch.HANDLERS.get(method.index)
        if handler is None:
            raise ProtocolViolation(ReplyCode.COMMAND_INVALID, "unimplemented method", method.index)
        answering.perform(self, method, lambda: handler(self, method))

    # To the client ---------------------------------------------------------------------------

    def send(self, method: Method) -> None:
        self.session.connection.send(self.number, method)

    def send_content(self, method: Method, message: Message) -> None:
        """A method and the message it is about, in one piece."""
        content = message.content
        if message.channel != self.number or self.needs_narrow_frames:
            content = message.content_for(self.number, self.frame_max)
        head = frames.encode_frame(frames.METHOD, self.number, codec.encode(method))
        self.session.connection.write(head + content)

    def refused(self, refused: Refused, index: int) -> None:
        """Translate a refusal: it closes the channel, a hard one the connection."""
        if refused.code.is_hard:
            raise ProtocolViolation(refused.code, str(refused), index) from refused
        self.refuse(refused.code, str(refused), index)

    def refuse(self, code: ReplyCode, reason: str, index: int) -> None:
        """Close the channel."""
        self.session.connection.close_channel(self.number, code, f"{code.name} - {reason}", index)

    # Consumers and their limits --------------------------------------------------------------

    def can_take(self, consumer: Consumer) -> bool:
        """Whether anything but the consumer's own limit keeps it from taking more."""
        if self.session.is_paused or self.consumers.get(consumer.tag) is not consumer:
            return False
        return consumer.no_ack or not self.is_limited or self.room > 0

    def delivered_to(self, consumer: Consumer) -> None:
        """A delivery that may have used up the last room, or may become overdue."""
        if self.overdue is not None:
            self.overdue.delivered(consumer.timeout_ms)
        if self.is_limited:
            self.room -= 1
            if not self.room:
                self.reconsider_consumers()
        if not consumer.room:
            consumer.reconsider()

    def has_room_again(self, consumer: Consumer, count: int) -> None:
        """It will be served at the end of the chunk: one look for a row of acks, not one each."""
        due = self.session.consumers_due
        if self.is_limited:
            self.room += count
            due.update(dict.fromkeys(self.consumers.values()))
        else:
            due[consumer] = None

    def limit(self, count: int) -> None:
        """basic.qos with global: so many deliveries for all consumers together, 0 for any."""
        held_count = self.transaction.held_count if self.transaction is not None else 0
        self.is_limited = count > 0
        self.is_watched = self.is_limited or self.overdue is not None
        self.room = count - (len(self.unacked) + held_count - self.got_count)
        self.reconsider_consumers()

    def got(self, queue: AnyQueue, message: Message) -> None:
        """basic.get took a message, which is out until it is settled."""
        getter = Getter(self, queue)
        self.unacked[self.delivery_tag] = (getter, message)
        self.got_count += 1
        if self.overdue is not None or getter.timeout_ms:
            self.keep_times().delivered(getter.timeout_ms)

    def keep_times(self) -> Overdue:
        """From now on deliveries may become overdue."""
        if self.overdue is None:
            self.overdue = Overdue(self)
            self.is_watched = True
        return self.overdue

    def reconsider_consumers(self) -> None:
        for consumer in list(self.consumers.values()):
            consumer.reconsider()

    def cancel(self, tag: str) -> None:
        """basic.cancel; what the consumer holds stays out."""
        if self.direct_reply is not None and self.direct_reply.tag == tag:
            self.direct_reply.end()
            self.direct_reply = None
        consumer = self.consumers.pop(tag, None)
        if consumer is not None:
            consumer.is_ready = False
            consumer.queue.unsubscribe(consumer)
            telling.consumer_deleted(consumer)

    def queue_gone(self, consumer: Consumer) -> None:
        """The consumer's queue was deleted; the client is told if it understands."""
        if self.consumers.get(consumer.tag) is not consumer:
            return
        del self.consumers[consumer.tag]
        telling.consumer_deleted(consumer)
        if self.session.client_can("consumer_cancel_notify"):
            self.send(methods.BasicCancel(consumer_tag=consumer.tag, nowait=True))

    def forget_queue(self, queue: AnyQueue) -> None:
        """A queue it has taken from is deleted."""
        self.tally.forget(queue, self.access.vhost.tally)

    def out_of(self, queue: AnyQueue) -> Iterator[Message]:
        """What is out of a queue, among the oldest of all that is out."""
        oldest = islice(self.unacked.values(), SEARCHED_MAX)
        return (message for holder, message in oldest if holder.queue is queue)

    def all_out_of(self, queue: AnyQueue) -> Iterator[Message]:
        held = [] if self.transaction is None else self.transaction.held
        return unacked.out_of(queue, [self.unacked, *held])

    def held(self, queue: AnyQueue) -> Iterator[Held]:
        return holding.held(self, queue)

    @property
    def limit_count(self) -> int:
        """How many deliveries all its consumers together may hold; 0 for any."""
        if not self.is_limited:
            return 0
        held_count = self.transaction.held_count if self.transaction is not None else 0
        return self.room + len(self.unacked) + held_count - self.got_count

    # Settling --------------------------------------------------------------------------------

    def settle(self, delivery_tag: int, how: Settling, *, multiple: bool) -> None:
        """Acknowledge, give back or reject; in a transaction, remember to.

        Raises PreconditionFailed and Unsupported.
        """
        returned_tag = self.overdue.returned_tag if self.overdue is not None else 0
        deliveries = unacked.take(
            self.unacked, delivery_tag, multiple=multiple, returned_tag=returned_tag
        )
        if how is not unacked.settle:
            unacked.refuse_streams(deliveries, self.unacked)
        if self.transaction is not None:
            self.transaction.settle(deliveries, how)
        else:
            how(deliveries)

    def recover(self) -> None:
        """Give back everything that is out, at once even in a transaction."""
        unacked.requeue(unacked.take(self.unacked, 0, multiple=True))

    def end(self) -> None:
        """The channel is closed: its consumers go, what they held goes back."""
        if self.overdue is not None:
            self.overdue.stop()
        if self.asked is not None:
            self.asked.abandon()
        for tag in [*self.consumers, *([self.direct_reply.tag] if self.direct_reply else [])]:
            self.cancel(tag)
        if self.transaction is not None:
            self.transaction.rollback(self)
            self.transaction = None
        if self.confirms is not None:
            self.session.held_confirms.drop(self.confirms)
        self.recover()
        self.tally.end(self)
