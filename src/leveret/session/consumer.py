"""A subscription: a queue's consumer at its channel's end.

Hot path: bench/results.md, every throughput row. A delivery is four octet strings added to the
connection's output: what stands before the delivery tag and what stands behind it change only
with the address of the message and are kept ready; the content goes out as it came in.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from leveret.broker.arguments import CLASSIC, queue_type
from leveret.session import moving, tracing
from leveret.wire import frames, methods
from leveret.wire.values import octets

if TYPE_CHECKING:
    from leveret.broker.message import Message
    from leveret.broker.queues.consumers import Activity
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.tallies import Deliveries
    from leveret.session.channel import Channel
    from leveret.wire.methods import BasicConsume

_TAG_AND_FLAG: Final = struct.Struct(">Q?").pack
_HEAD: Final = struct.Struct(">BHII")
_INDEX_OCTETS: Final = 4
_TAG_AND_FLAG_OCTETS: Final = 9


class Consumer:
    """One consumer of one queue.

    arguments: of basic.consume.
    room: deliveries it may still hold unacknowledged.
    is_ready: stands in its queue's line.
    reached: of a stream, the offset that comes next; see streams/reader.py.
    deliveries: what its channel has had of that queue.
    """

    __slots__ = (
        "_address",
        "_allowance",
        "_head",
        "_needs_narrow_frames",
        "_number",
        "_output",
        "_tail",
        "_timeout_ms",
        "arguments",
        "channel",
        "deliveries",
        "exclusive",
        "is_ready",
        "no_ack",
        "prefetch_count",
        "priority",
        "queue",
        "reached",
        "room",
        "tag",
    )

    def __init__(self, channel: Channel, queue: AnyQueue, method: BasicConsume, tag: str) -> None:
        self.channel = channel
        self.queue: AnyQueue = queue
        self.deliveries: Deliveries = channel.tally.of(queue, channel)
        self.tag: str = tag
        self.no_ack = method.no_ack
        # RabbitMQ's other queue types take no notice of it.
        is_classic = queue_type(queue.options.arguments) == CLASSIC
        self.exclusive = method.exclusive and is_classic
        self.arguments = method.arguments
        priority = method.arguments.get("x-priority")
        self.priority = priority if isinstance(priority, int) else 0
        # Its own, None to leave it to the queue.
        timeout_ms = method.arguments.get("x-consumer-timeout")
        self._timeout_ms = timeout_ms if isinstance(timeout_ms, int) else None
        self.prefetch_count = 0 if method.no_ack else channel.prefetch_count
        self.room = self.prefetch_count or channel.session.unacked_max
        self.is_ready = False
        self.reached: int | None = None
        self._number = channel.number
        self._output = channel.output
        self._allowance = channel.session.allowance
        self._needs_narrow_frames = channel.needs_narrow_frames
        self._address = b""
        self._head = b""
        self._tail = b""

    def deliver(self, message: Message, redelivered: bool) -> None:
        """basic.deliver and the content."""
        channel = self.channel
        delivery_tag = channel.delivery_tag + 1
        channel.delivery_tag = delivery_tag
        if message.address != self._address:
            self._prepare(message.address)
        content = message.content
        if message.channel != self._number or self._needs_narrow_frames:
            content = message.content_for(self._number, channel.frame_max)
        output = self._output
        if not output:
            channel.wake()
        output += (self._head, _TAG_AND_FLAG(delivery_tag, redelivered), self._tail, content)
        allowance = self._allowance
        allowance.octets = left = allowance.octets - len(content)
        if left < 0:
            channel.session.use_up_allowance()
        if message.is_stored:
            (self.queue.settle if self.no_ack else self.queue.mark_delivered)(message)
        if self.no_ack:
            self.deliveries.deliver_no_ack += 1
            return
        self.deliveries.deliver += 1
        channel.unacked[delivery_tag] = (self, message)
        self.room -= 1
        if not self.room or channel.is_watched:
            channel.delivered_to(self)

    def _prepare(self, address: bytes) -> None:
        """Keep the frame's constant parts for messages with this address."""
        tag = octets(self.tag)
        size = _INDEX_OCTETS + 1 + len(tag) + _TAG_AND_FLAG_OCTETS + len(address)
        head = _HEAD.pack(frames.METHOD, self._number, size, methods.BasicDeliver.index)
        self._head = head + bytes((len(tag),)) + tag
        self._tail = address + frames.END_OCTET
        self._address = address

    @property
    def timeout_ms(self) -> int:
        if self._timeout_ms is not None:
            return self._timeout_ms
        return _timeout_ms(self.queue, self.channel)

    def rules_changed(self) -> None:
        """Its queue's rules have changed."""
        if not self.no_ack and self.timeout_ms:
            self.channel.keep_times().rule_changed(self.timeout_ms)

    @property
    def activity(self) -> Activity:
        """What it is to its queue."""
        return self.queue.consumers.activity(self)

    @property
    def appetite(self) -> int:
        """How many more it may hold; whether its peer keeps up is another question."""
        room = min(self.room, self.channel.room) if self.is_limited else self.room
        return max(0, room)

    @property
    def is_limited(self) -> bool:
        """Others of its channel may use up its room."""
        return self.channel.is_limited and not self.no_ack

    def settled(self, count: int) -> None:
        """So many of its deliveries are acknowledged or back in the queue."""
        self.room += count
        if not self.is_ready or self.channel.is_limited:
            self.channel.has_room_again(self, count)

    def reconsider(self) -> None:
        """Stand in line when there is room, step out of it when there is none."""
        can_take = self.room > 0 and self.channel.can_take(self)
        if can_take is self.is_ready:
            return
        self.is_ready = can_take
        if self.queue.is_deleted:
            return
        if can_take:
            self.queue.consumers.resume(self)
            self.queue.pump()
        else:
            self.queue.consumers.park(self)

    def queue_gone(self) -> None:
        """The queue was deleted under it."""
        self.channel.queue_gone(self)

    def move(self, queue: AnyQueue) -> None:
        """Another object stands for its queue."""
        moving.move(self, queue)

    def trace(self, *, is_on: bool) -> None:
        """From now on the firehose is told of its deliveries, or no more."""
        self.__class__ = TracedConsumer if is_on else Consumer


class TracedConsumer(Consumer):
    """A consumer in a vhost that is traced: what is not has nothing to ask for it."""

    __slots__ = ()

    def deliver(self, message: Message, redelivered: bool) -> None:
        super().deliver(message, redelivered)
        tracing.delivered(self.channel, self.queue, message, redelivered=redelivered)


class Getter:
    """Holds what basic.get took; no limit counts it."""

    __slots__ = ("_channel", "deliveries", "queue")

    tag: Final = ""

    def __init__(self, channel: Channel, queue: AnyQueue) -> None:
        self._channel = channel
        self.queue = queue
        self.deliveries = channel.tally.of(queue, channel)

    @property
    def timeout_ms(self) -> int:
        return _timeout_ms(self.queue, self._channel)

    def settled(self, count: int) -> None:
        """Nobody waits for its room."""
        self._channel.got_count -= count


def _timeout_ms(queue: AnyQueue, channel: Channel) -> int:
    """How long who says nothing of it may hold a message: by the queue's rules, or the node's."""
    timeout_ms = queue.rules.consumer_timeout_ms
    return channel.session.consumer_timeout_ms if timeout_ms is None else timeout_ms
