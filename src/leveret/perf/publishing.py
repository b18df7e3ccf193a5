"""Hot path (bench auto_ack_16): messages encoded once, and sent round and round.

Rule: every message of a ring takes the same number of bytes, its stride, so that "which message
is this" is a division and "the next thousand messages" is one slice of memory.

Bodies of eight bytes and more begin with the time at which they were sent (monotonic clock, ns,
big-endian), which the consumer reads back to know the latency. All messages of a ring are stamped
in eight strided assignments instead of one call for each message.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leveret.wire import frames, methods
from leveret.wire.codec import encode
from leveret.wire.properties import Properties, encode_header

if TYPE_CHECKING:
    from collections.abc import Sequence

STAMP = struct.Struct(">Q")
# Where --check-sequence writes: which producer, and its count of messages so far.
SEQUENCE = struct.Struct(">IQ")
SEQUENCE_OFFSET = STAMP.size
CHECKED_BODY_BYTES_MIN = STAMP.size + SEQUENCE.size
# One system call sends a ring: large enough to be rare, small enough for the cache.
RING_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is sent around a body."""

    exchange: str
    routing_key: str
    persistent: bool = False
    mandatory: bool = False


def encode_publish(channel: int, envelope: Envelope, body: bytes, frame_max: int) -> bytes:
    """The frames of one basic.publish: method, content header, and the body if there is one."""
    content = encode_content(channel, body, frame_max, persistent=envelope.persistent)
    return encode_method(channel, envelope) + content


def encode_method(channel: int, envelope: Envelope) -> bytes:
    method = methods.BasicPublish(
        exchange=envelope.exchange,
        routing_key=envelope.routing_key,
        mandatory=envelope.mandatory,
    )
    return frames.encode_frame(frames.METHOD, channel, encode(method))


def encode_content(channel: int, body: bytes, frame_max: int, *, persistent: bool) -> bytes:
    properties = Properties(delivery_mode=2) if persistent else Properties()
    header = frames.encode_frame(frames.HEADER, channel, encode_header(properties, len(body)))
    return header + frames.encode_body(channel, body, frame_max)


class PublishRing:
    """Whole messages of one length, one after the other in one piece of memory."""

    __slots__ = ("_blob", "_body_offset", "_stamped", "bytes", "count", "stride", "view")

    def __init__(
        self, channel: int, envelopes: Sequence[Envelope], size: int, frame_max: int
    ) -> None:
        # The content is everyone's: a ring of ten thousand queues is to be ready soon.
        content = encode_content(
            channel, bytes(size), frame_max, persistent=envelopes[0].persistent
        )
        encoded = [encode_method(channel, each) + content for each in envelopes]
        self.stride = len(encoded[0])
        if any(len(each) != self.stride for each in encoded):
            raise ValueError("the messages of a ring must all have the same length")
        # The short ring of a single queue is repeated until it is worth a system call.
        repeats = max(1, RING_BYTES // (self.stride * len(encoded)))
        self._blob = bytearray(b"".join(encoded) * repeats)
        self.count = len(encoded) * repeats
        self.bytes = len(self._blob)
        self.view = memoryview(self._blob)
        self._body_offset = body_offset(encoded[0])
        self._stamped = size >= STAMP.size

    def stamp(self, now_ns: int) -> None:
        """Write the time into every body of the ring."""
        if not self._stamped:
            return
        blob, stride, count = self._blob, self.stride, self.count
        for place, octet in enumerate(STAMP.pack(now_ns), self._body_offset):
            blob[place::stride] = bytes((octet,)) * count

    def number(self, producer: int, first: int) -> None:
        """Write producer and sequence numbers into every body, counting up from `first`."""
        place = self._body_offset + SEQUENCE_OFFSET
        for index in range(self.count):
            SEQUENCE.pack_into(self._blob, place, producer, first + index)
            place += self.stride


def body_offset(encoded: bytes | bytearray) -> int:
    """Where the payload of the first body frame begins in an encoded publish."""
    offset = 0
    for _ in range(2):  # The method frame and the header frame.
        size: int = frames.FRAME_HEAD.unpack_from(encoded, offset)[2]
        offset += size + frames.FRAME_OVERHEAD
    return offset + frames.FRAME_HEAD.size
