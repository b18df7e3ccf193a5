"""Hot path (bench confirms): what of the published has been confirmed.

Rule: a delivery tag is confirmed once, by its own basic.ack or by a later one with `multiple`.
Brokers mix both and may confirm out of order, so what was confirmed ahead of the oldest open one
is remembered apart.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from leveret.perf.deliveries import BrokenStreamError
from leveret.wire import frames

if TYPE_CHECKING:
    from collections.abc import Callable

# Frame head, class and method, delivery tag, multiple, frame end.
_ACK = struct.Struct(">BHIIQBB")
_ACK_SIZE = 13
_BASIC_ACK = 0x003C0050
_BASIC_NACK = 0x003C0078
_BASIC_RETURN = 0x003C0032
_FRAME_HEAD = frames.FRAME_HEAD.unpack_from
_U32 = struct.Struct(">I").unpack_from
_TAG = struct.Struct(">QB").unpack_from


class ConfirmScanner:
    """Reads basic.ack frames in bulk; hands methods that are no confirms to `on_method`."""

    __slots__ = ("_ahead", "_on_method", "_rest", "low", "nacked", "returned")

    def __init__(self, on_method: Callable[[int, bytes], None]) -> None:
        self._on_method = on_method
        self._ahead: set[int] = set()
        self._rest = b""
        self.low = 0  # Every delivery tag up to here is confirmed.
        self.nacked = 0
        self.returned = 0

    @property
    def confirmed(self) -> int:
        return self.low + len(self._ahead)

    def feed(self, received: bytes) -> None:
        """Take in the next bytes of the connection."""
        data = self._rest + received if self._rest else received
        whole = len(data) - len(data) % _ACK.size
        for index, ack in enumerate(_ACK.iter_unpack(data[:whole])):
            if ack[3] != _BASIC_ACK or ack[2] != _ACK_SIZE or ack[6] != frames.FRAME_END:
                self._read_frames(data, index * _ACK.size)
                return
            self._confirm(ack[4], ack[5])
        self._read_frames(data, whole)

    def _confirm(self, tag: int, multiple: int) -> None:
        if multiple:
            self.low = max(self.low, tag)
            if self._ahead:
                self._ahead = {each for each in self._ahead if each > tag}
        elif tag == self.low + 1:
            self.low = tag
        elif tag > self.low:
            self._ahead.add(tag)
        while self._ahead and self.low + 1 in self._ahead:
            self.low += 1
            self._ahead.remove(self.low)

    def _read_frames(self, data: bytes, position: int) -> None:
        while len(data) - position >= frames.FRAME_OVERHEAD:
            kind, channel, size = _FRAME_HEAD(data, position)
            after = position + size + frames.FRAME_OVERHEAD
            if after > len(data):
                break
            if data[after - 1] != frames.FRAME_END:
                raise BrokenStreamError(f"a frame does not end with 0xCE at byte {after - 1}")
            if kind == frames.METHOD:
                self._read_method(channel, data[position + 7 : after - 1])
            position = after
        self._rest = data[position:]

    def _read_method(self, channel: int, payload: bytes) -> None:
        index = _U32(payload)[0]
        if index == _BASIC_ACK:
            self._confirm(*_TAG(payload, 4))
        elif index == _BASIC_NACK:
            before = self.confirmed
            self._confirm(*_TAG(payload, 4))
            self.nacked += self.confirmed - before
        elif index == _BASIC_RETURN:
            self.returned += 1
        else:
            self._on_method(channel, payload)
