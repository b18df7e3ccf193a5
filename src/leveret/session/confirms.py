"""Publisher confirms (RabbitMQ's class confirm): one number per publish, answered in bulk.

A channel counts what it has published; when the received chunk is dealt with, all of it is
confirmed by one basic.ack. A message that must reach the disk first will be counted later.
"""

from __future__ import annotations

import struct
from typing import Final

from leveret.wire import frames, methods

# A whole basic.ack frame: kind, channel, size, index, delivery tag, multiple, end.
_ACK: Final = struct.Struct(">BHIIQ?B")
_ACK_PAYLOAD_OCTETS: Final = 13


class Confirms:
    """The confirms of one channel.

    due: messages published and not yet confirmed.
    """

    __slots__ = ("_confirmed", "_number", "due")

    def __init__(self, number: int) -> None:
        self.due = 0
        self._number = number
        self._confirmed = 0

    def take_ack(self) -> bytes:
        """The frame that confirms all that is due."""
        multiple = self.due > 1
        self._confirmed += self.due
        self.due = 0
        return _ACK.pack(
            frames.METHOD,
            self._number,
            _ACK_PAYLOAD_OCTETS,
            methods.BasicAck.index,
            self._confirmed,
            multiple,
            frames.FRAME_END,
        )
