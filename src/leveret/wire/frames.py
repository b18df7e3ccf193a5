"""Frames (book 4.2.3): type, channel, size, payload, end octet.

0      1         3             7                  size+7     size+8
+------+---------+-------------+  +------------+  +-----------+
| type | channel |    size     |  |  payload   |  | frame-end |
+------+---------+-------------+  +------------+  +-----------+
 octet    short       long         size octets        octet
"""

from __future__ import annotations

import struct
from typing import Final

METHOD: Final = 1
HEADER: Final = 2
BODY: Final = 3
HEARTBEAT: Final = 8
FRAME_END: Final = 0xCE

# What a frame adds to its payload.
FRAME_OVERHEAD: Final = 8
# Book 4.2.3: every peer accepts frames of this size before tune says otherwise.
FRAME_MIN_SIZE: Final = 4096

PROTOCOL_HEADER: Final = b"AMQP\x00\x00\x09\x01"
HEARTBEAT_FRAME: Final = b"\x08\x00\x00\x00\x00\x00\x00\xce"
END_OCTET: Final = b"\xce"

# Size, body size and flags of a header payload sit at fixed places (book 4.2.6.1).
FRAME_HEAD: Final = struct.Struct(">BHI")


def encode_frame(kind: int, channel: int, payload: bytes | bytearray) -> bytes:
    """One whole frame."""
    return FRAME_HEAD.pack(kind, channel, len(payload)) + payload + END_OCTET


def encode_body(channel: int, body: bytes | bytearray, frame_max: int) -> bytes:
    """The body frames of a content, each at most `frame_max` octets in all (0: no limit)."""
    if not body:
        return b""
    step = frame_max - FRAME_OVERHEAD if frame_max else len(body)
    pieces = [body[start : start + step] for start in range(0, len(body), step)]
    return b"".join([encode_frame(BODY, channel, piece) for piece in pieces])
