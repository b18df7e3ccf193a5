"""A peer that was asked to close: of what it still says only its own close, or close-ok, counts.

Rule: what can't be read is not waited for, and costs nothing.
"""

from __future__ import annotations

from typing import Final

from leveret.wire import frames, methods

_HEAD: Final = 7
_ENDS: Final = (methods.ConnectionClose.index, methods.ConnectionCloseOk.index)


class LastWords:
    """Skips whole frames until one of these two methods.

    rest: what was received before and not handled.
    """

    __slots__ = ("_frame_bytes_max", "_is_lost", "_rest")

    def __init__(self, rest: bytes, frame_bytes_max: int) -> None:
        self._rest = rest
        self._frame_bytes_max = frame_bytes_max
        self._is_lost = False

    def receive(self, data: bytes) -> int:
        """The index of the method that ends it; 0 if it has not come."""
        if self._is_lost:
            return 0
        data, self._rest = self._rest + data, b""
        position = 0
        while len(data) - position >= frames.FRAME_OVERHEAD:
            kind, number, size = frames.FRAME_HEAD.unpack_from(data, position)
            if size > self._frame_bytes_max:
                self._is_lost = True
                return 0
            following = position + size + frames.FRAME_OVERHEAD
            if following > len(data):
                break
            if kind == frames.METHOD and not number:
                index = int.from_bytes(data[position + _HEAD : following - 1][:4], "big")
                if index in _ENDS:
                    return index
            position = following
        self._rest = data[position:]
        return 0
