"""What a broker sends, taken apart: methods, and deliveries with the frames of their contents.

Contents travel on channel 1 on both sides, so what one broker sent the other is sent as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from leveret.wire import frames, methods
from leveret.wire.codec import decode
from leveret.wire.frames import encode_frame
from leveret.wire.properties import decode_header, encode_header

if TYPE_CHECKING:
    from collections.abc import Iterator

CHANNEL: Final = 1
# What a stream adds to a message on its way out, and the next one would add again.
STREAM_OFFSET: Final = "x-stream-offset"
# Where the body size stands in the payload of a content header.
_BODY_SIZE: Final = slice(4, 12)


@dataclass(frozen=True, slots=True)
class Content:
    """A method with a content: basic.deliver or basic.return. header: its frame's payload."""

    method: methods.Method
    header: bytes
    body_frames: bytes

    @property
    def frames(self) -> bytes:
        return encode_frame(frames.HEADER, CHANNEL, self.header) + self.body_frames

    def without_offset(self) -> Content:
        """As it was published to the stream that it came from."""
        properties, body_size = decode_header(self.header)
        headers = dict(properties.headers or {})
        if headers.pop(STREAM_OFFSET, None) is None:
            return self
        published = replace(properties, headers=headers or None)
        return replace(self, header=encode_header(published, body_size))


class Reader:
    """Takes octets as they come, gives what is whole."""

    def __init__(self) -> None:
        self._octets = b""
        self._method: methods.Method | None = None
        self._header = b""
        self._body = bytearray()
        self._missing = 0

    def feed(self, octets: bytes) -> Iterator[methods.Method | Content]:
        self._octets += octets
        offset = 0
        while len(self._octets) - offset >= frames.FRAME_OVERHEAD:
            kind, channel, size = frames.FRAME_HEAD.unpack_from(self._octets, offset)
            end = offset + size + frames.FRAME_OVERHEAD
            if end > len(self._octets):
                break
            frame, offset = self._octets[offset:end], end
            if channel in {0, CHANNEL} and kind != frames.HEARTBEAT:
                yield from self._take(kind, frame)
        self._octets = self._octets[offset:]

    def _take(self, kind: int, frame: bytes) -> Iterator[methods.Method | Content]:
        payload = frame[frames.FRAME_HEAD.size : -1]
        if kind == frames.METHOD:
            method = decode(payload)
            if not isinstance(method, methods.BasicDeliver | methods.BasicReturn):
                yield method
                return
            self._method = method
            return
        if kind == frames.HEADER:
            self._header, self._body = payload, bytearray()
            self._missing = int.from_bytes(payload[_BODY_SIZE], "big")
        else:
            self._body += frame
            self._missing -= len(payload)
        if not self._missing:
            assert self._method is not None, "a content follows its method"
            yield Content(self._method, self._header, bytes(self._body))
