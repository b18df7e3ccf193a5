"""What a queue holds, told in figures: messages and octets, waiting and out, in memory and on disk.

Nothing is counted while messages come and go: whoever asks has it worked out. Of a short queue the
figures are exact; of a long one octets and persistence are judged by a part of its messages, and
what is on disk alone by what is in memory, so that an answer takes some microseconds.

Rule: `messages`, `messages_ready` and `messages_unacknowledged` are always exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from leveret.broker.streams.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.message import Message
    from leveret.broker.queues.distant import DistantQueue
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.queues.queue import Queue

# So many messages are looked at: one by one that is exact, of more it is a sample.
LOOKED_AT_MAX: Final = 128
# What a queue, and a message in it, take besides the message's octets.
QUEUE_OCTETS: Final = 2_500
MESSAGE_OCTETS: Final = 300
POSITION_OCTETS: Final = 9
# In a content, which begins with its header frame: the lower half of the property flags.
_FLAGS_OCTET: Final = 20
_TIMESTAMP_FLAG: Final = 1 << 6


class Holdings(NamedTuple):
    """RabbitMQ's names; ready: waiting. paged_out: on the disk alone. octets are those of bodies.

    memory: an estimate of what the queue takes of the node's.
    """

    messages: int
    messages_ready: int
    messages_unacknowledged: int
    messages_ram: int
    messages_ready_ram: int
    messages_unacknowledged_ram: int
    messages_paged_out: int
    messages_persistent: int
    message_bytes: int
    message_bytes_ready: int
    message_bytes_unacknowledged: int
    message_bytes_ram: int
    message_bytes_paged_out: int
    message_bytes_persistent: int
    head_message_timestamp: int | None
    memory: int


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of a queue's messages, as far as one can tell."""

    octets: int = 0
    persistent: int = 0
    persistent_octets: int = 0


_NOTHING: Final = _Part()


# Most of ten thousand queues.
_EMPTY: Final = Holdings(
    messages=0,
    messages_ready=0,
    messages_unacknowledged=0,
    messages_ram=0,
    messages_ready_ram=0,
    messages_unacknowledged_ram=0,
    messages_paged_out=0,
    messages_persistent=0,
    message_bytes=0,
    message_bytes_ready=0,
    message_bytes_unacknowledged=0,
    message_bytes_ram=0,
    message_bytes_paged_out=0,
    message_bytes_persistent=0,
    head_message_timestamp=None,
    memory=QUEUE_OCTETS,
)


def holdings(queue: AnyQueue) -> Holdings:
    """What the queue holds now."""
    if isinstance(queue, Stream):
        return _stream_holdings(queue)
    ready, out = queue.ready.count, queue.tally.unacknowledged
    if not ready and not out:
        return _EMPTY
    in_memory = queue.ready.at_hand_count
    waiting = _judge(queue.ready.at_hand(), ready) if ready else _NOTHING
    taken = _judge(queue.tally.out(queue), out) if out else _NOTHING
    memory_octets = waiting.octets * in_memory // ready if ready else 0
    octets = waiting.octets + taken.octets
    # As RabbitMQ counts: in a queue that a restart ends no message is persistent.
    is_durable = queue.options.durable
    return Holdings(
        messages=ready + out,
        messages_ready=ready,
        messages_unacknowledged=out,
        messages_ram=in_memory + out,
        messages_ready_ram=in_memory,
        messages_unacknowledged_ram=out,
        messages_paged_out=ready - in_memory,
        messages_persistent=is_durable * (waiting.persistent + taken.persistent),
        message_bytes=octets,
        message_bytes_ready=waiting.octets,
        message_bytes_unacknowledged=taken.octets,
        message_bytes_ram=memory_octets + taken.octets,
        message_bytes_paged_out=waiting.octets - memory_octets,
        message_bytes_persistent=is_durable * (waiting.persistent_octets + taken.persistent_octets),
        head_message_timestamp=_timestamp(_head(queue)),
        memory=QUEUE_OCTETS
        + (in_memory + out) * MESSAGE_OCTETS
        + (ready - in_memory) * POSITION_OCTETS
        + memory_octets
        + taken.octets,
    )


def _stream_holdings(stream: Stream) -> Holdings:
    """All of it is on the disk, and who reads takes nothing away."""
    count, octets = stream.ready.count, stream.ready.octets
    return Holdings(
        messages=count,
        messages_ready=count,
        messages_unacknowledged=0,
        messages_ram=0,
        messages_ready_ram=0,
        messages_unacknowledged_ram=0,
        messages_paged_out=count,
        messages_persistent=count,
        message_bytes=octets,
        message_bytes_ready=octets,
        message_bytes_unacknowledged=0,
        message_bytes_ram=0,
        message_bytes_paged_out=octets,
        message_bytes_persistent=octets,
        head_message_timestamp=None,
        memory=QUEUE_OCTETS + count * POSITION_OCTETS,
    )


def _judge(messages: Iterable[Message], count: int) -> _Part:
    """`count` messages, by the first of them."""
    looked_at = octets = persistent = persistent_octets = 0
    for message in islice(messages, LOOKED_AT_MAX):
        body_octets = message.body_bytes
        looked_at += 1
        octets += body_octets
        if message.traits is not None and message.traits.is_persistent:
            persistent += 1
            persistent_octets += body_octets
    if looked_at == count or not looked_at:
        return _Part(octets, persistent, persistent_octets)
    return _Part(
        octets * count // looked_at,
        persistent * count // looked_at,
        persistent_octets * count // looked_at,
    )


def _head(queue: Queue | DistantQueue) -> Message | None:
    """What comes next, or what went out first when nothing waits; None when nobody knows."""
    if queue.ready.count:
        return queue.ready.head_at_hand()
    return next(queue.tally.out(queue), None)


def _timestamp(message: Message | None) -> int | None:
    """Its timestamp property, in seconds since 1970."""
    if message is None or not message.content[_FLAGS_OCTET] & _TIMESTAMP_FLAG:
        return None
    return message.properties.timestamp
