"""Hot path (bench auto_ack_16): deliveries counted in what was received, not taken apart.

Rule: a message is counted exactly once, when its last byte has arrived.

The deliveries of one run have one length as soon as queue names, consumer tags and bodies have
one. So after the first has been read frame by frame, a received chunk is checked at one place
alone: the last whole delivery that fits. If a delivery of the known length begins there, with the
delivery tag that the count predicts, then all those before it are whole too, and they are counted
in one step: the tag says how many there are, the body size in its header where the last one ends.
Whatever else is in the chunk (a heartbeat, a connection.close, another length, a broker that
numbers otherwise) fails that check and is read frame by frame.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from leveret.wire import frames

if TYPE_CHECKING:
    from collections.abc import Callable

_FRAME_HEAD = frames.FRAME_HEAD.unpack_from
_U64 = struct.Struct(">Q").unpack_from
_DELIVER = b"\x00\x3c\x00\x3c"
# Type, channel, size, class and method: what two deliveries of one length have in common.
_HEAD_BYTES = 11
# Of a content header: type, channel, size, class, weight and body size.
_HEADER_BYTES = 19


class BrokenStreamError(Exception):
    """What was received is no sequence of AMQP frames."""


class DeliveryScanner:
    """Counts the deliveries of one channel; hands other methods to `on_method`.

    `on_body(data, offset)`, if given, is called for each message of a known length.
    """

    __slots__ = (
        "_body_left",
        "_body_offset",
        "_head",
        "_header",
        "_header_end",
        "_header_offset",
        "_on_body",
        "_on_method",
        "_span",
        "_stride",
        "_tag",
        "_tag_offset",
        "body_at",
        "count",
        "tag",
    )

    def __init__(
        self,
        on_method: Callable[[int, bytes], None],
        on_body: Callable[[bytearray, int], None] | None = None,
    ) -> None:
        self._on_method = on_method
        self._on_body = on_body
        self.count = 0  # Messages that are here to the last byte.
        self.tag = 0  # Delivery tag of the newest of them.
        self.body_at = -1  # Where the newest body of the last scan begins; -1 if unknown.
        self._stride = 0  # Length of the last whole delivery; 0 if there was none.
        self._head = b""
        self._header = b""
        self._header_offset = 0
        self._header_end = 0
        self._tag = 0  # Of the delivery that is being read.
        self._tag_offset = 0
        self._body_offset = 0
        self._body_left = -1  # -1: no content is expected.
        self._span = 0

    def scan(self, data: bytearray, end: int) -> int:
        """Count what is whole in `data[:end]`; return how many bytes of it are done with."""
        position = 0
        self.body_at = -1
        while True:
            position = self._skip_deliveries(data, position, end)
            if end - position < 8:
                return position
            after = position + frames.FRAME_OVERHEAD + _FRAME_HEAD(data, position)[2]
            if after > end:
                return position
            if data[after - 1] != frames.FRAME_END:
                raise BrokenStreamError(f"a frame does not end with 0xCE at byte {after - 1}")
            self._read_frame(data, position, after)
            position = after

    def _skip_deliveries(self, data: bytearray, position: int, end: int) -> int:
        stride = self._stride
        if not stride or self._body_left >= 0:
            return position
        whole = (end - position) // stride
        if not whole:
            return position
        last = position + (whole - 1) * stride
        if (
            data[last : last + _HEAD_BYTES] != self._head
            or data[last + self._header_offset : last + self._header_end] != self._header
            or _U64(data, last + self._tag_offset)[0] != self.tag + whole
            or data[last + stride - 1] != frames.FRAME_END
        ):
            return position
        self.body_at = last + self._body_offset
        if self._on_body is not None:
            for body in range(position + self._body_offset, last + stride, stride):
                self._on_body(data, body)
        self.count += whole
        self.tag += whole
        return last + stride

    def _read_frame(self, data: bytearray, start: int, after: int) -> None:
        kind = data[start]
        if kind == frames.METHOD and data[start + 7 : start + 11] == _DELIVER:
            self._begin(data, start, after)
        elif kind == frames.HEADER and self._body_left >= 0:
            self._body_left = _U64(data, start + 11)[0]
            self._header_offset = self._span
            self._header_end = self._span + _HEADER_BYTES
            self._header = bytes(data[start : start + _HEADER_BYTES])
            self._span += after - start
            # Offsets are those of a message whose body frame follows at once.
            self._body_offset = self._span + frames.FRAME_HEAD.size
        elif kind == frames.BODY and self._body_left >= 0:
            self._body_left -= after - start - frames.FRAME_OVERHEAD
            self._span += after - start
        elif kind == frames.METHOD:
            self._on_method(_FRAME_HEAD(data, start)[1], bytes(data[start + 7 : after - 1]))
            return
        else:
            return  # A heartbeat, or the content of a basic.return.
        if self._body_left == 0 and kind != frames.METHOD:
            self._finish(data, after)

    def _begin(self, data: bytearray, start: int, after: int) -> None:
        self._head = bytes(data[start : start + _HEAD_BYTES])
        self._tag_offset = _HEAD_BYTES + 1 + data[start + _HEAD_BYTES]
        self._tag = _U64(data, start + self._tag_offset)[0]
        self._span = after - start
        self._body_left = 1  # The header will tell.

    def _finish(self, data: bytearray, after: int) -> None:
        self._body_left = -1
        self._stride = self._span
        self.count += 1
        self.tag = self._tag
        start = after - self._span
        if start >= 0:  # Otherwise its beginning has left the buffer already.
            self.body_at = start + self._body_offset
            if self._on_body is not None:
                self._on_body(data, self.body_at)
