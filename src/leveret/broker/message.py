"""A message: where it was sent, and its content exactly as it came.

Hot path: bench/results.md, 1 KiB auto-ack. One of these exists per message, so it holds the
received bytes themselves and decodes nothing until somebody needs to know.

Rule: a message never changes once it is published. What differs from queue to queue (redelivered,
position in line) lives in the queue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from leveret.wire import frames
from leveret.wire.properties import Properties, decode_header, encode_header
from leveret.wire.values import text

if TYPE_CHECKING:
    from leveret.wire.values import Table

# A content header frame is a frame head, then class, weight and body size, then the flags.
_BODY_SIZE = slice(11, 19)


@dataclass(frozen=True, slots=True)
class Traits:
    """What a message's properties ask of the broker, decoded once when the flags say so.

    blind_copies: routing keys of a BCC header, which is gone from the content; a dead letter goes
        to them again. A message that was read from disk has forgotten them.
    """

    ttl_ms: int | None = None
    priority: int = 0
    is_persistent: bool = False
    blind_copies: tuple[str, ...] = ()


NO_TRAITS: Final = Traits()
# Stands where nobody has looked yet.
UNKNOWN_TRAITS: Final = Traits()


class Message(msgspec.Struct, gc=False, eq=False):
    """One message, shared by every queue it is in.

    A msgspec.Struct is made in a third of the time of a class of ours, and the garbage collector
    never walks it: docs/decisions/005-msgspec.md.

    address: the publish method's exchange and routing key as two short strings, as received.
    content: header frame and body frames as received, with the publisher's channel number.
    channel: the channel number inside `content`.
    position: its place in the order of publishing; unique in a broker.
    traits: None when the properties ask nothing of a queue.
    published_at: set by the first queue to which time matters; the same for all of them, since
        all get the message at once.
    is_stored: the message store has it, for the durable queues it went to.
    """

    address: bytes
    content: bytes
    channel: int
    position: int
    traits: Traits | None
    published_at: float = 0.0
    is_stored: bool = False

    @property
    def exchange(self) -> str:
        return exchange_of(self.address)

    @property
    def routing_key(self) -> str:
        return routing_key_of(self.address)

    @property
    def header_payload(self) -> bytes:
        """The payload of the content header frame."""
        return header_payload(self.content)

    @property
    def properties(self) -> Properties:
        return decode_header(self.header_payload)[0]

    @property
    def headers(self) -> Table:
        return self.properties.headers or {}

    @property
    def body_bytes(self) -> int:
        return int.from_bytes(self.content[_BODY_SIZE], "big")

    @property
    def body(self) -> bytes:
        return b"".join(body_pieces(self.content))

    def content_for(self, channel: int, frame_max: int) -> bytes:
        """The content with another channel number, in frames of at most `frame_max` octets."""
        return content_for(self.content, channel, frame_max)


def exchange_of(address: bytes) -> str:
    return text(address[1 : 1 + address[0]])


def routing_key_of(address: bytes) -> str:
    return text(address[2 + address[0] :])


def header_payload(content: bytes) -> bytes:
    """The payload of the header frame a content begins with."""
    _kind, _channel, size = frames.FRAME_HEAD.unpack_from(content)
    return content[7 : 7 + size]


def body_pieces(content: bytes) -> list[bytes]:
    """The payloads of a content's body frames."""
    pieces: list[bytes] = []
    _kind, _channel, size = frames.FRAME_HEAD.unpack_from(content)
    position = size + frames.FRAME_OVERHEAD
    while position < len(content):
        _kind, _channel, size = frames.FRAME_HEAD.unpack_from(content, position)
        pieces.append(content[position + 7 : position + 7 + size])
        position += size + frames.FRAME_OVERHEAD
    return pieces


def content_for(content: bytes, channel: int, frame_max: int) -> bytes:
    """The same header and body in frames for another channel and frame size (0: no limit)."""
    header = header_payload(content)
    pieces = body_pieces(content)
    if frame_max and any(len(piece) + frames.FRAME_OVERHEAD > frame_max for piece in pieces):
        body = frames.encode_body(channel, b"".join(pieces), frame_max)
    else:
        body = b"".join([frames.encode_frame(frames.BODY, channel, piece) for piece in pieces])
    return frames.encode_frame(frames.HEADER, channel, header) + body


def with_properties(content: bytes, channel: int, properties: Properties) -> bytes:
    """The content with other properties; its body frames stay as they are."""
    header_frame_bytes = len(header_payload(content)) + frames.FRAME_OVERHEAD
    body_size = int.from_bytes(content[_BODY_SIZE], "big")
    header = frames.encode_frame(frames.HEADER, channel, encode_header(properties, body_size))
    return header + content[header_frame_bytes:]


def pack_address(exchange: bytes, routing_key: bytes) -> bytes:
    """Exchange and routing key as two short strings."""
    return bytes((len(exchange),)) + exchange + bytes((len(routing_key),)) + routing_key
