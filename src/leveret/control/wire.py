"""The frames of the node port: after the challenge, everything said travels in these.

    +----------------+----------------------+------------------------+
    | length, 4      | tag, 32              | body, `length` octets  |
    +----------------+----------------------+------------------------+

    tag = HMAC-SHA256(key of this direction, count of frames before (8) + body)

Rule: a frame that was changed, left out, said twice or out of turn has the wrong tag, and ends the
connection. The body is not secret: TLS or a private network keeps it (docs/node-port.md).
"""

import hashlib
import hmac
import struct

_HEAD = struct.Struct(">I32s")
_COUNT = struct.Struct(">Q")
HEAD_OCTETS = _HEAD.size
# A file of definitions is the largest thing that anybody sends.
BODY_OCTETS_MAX = 64 * 1024 * 1024


class BadFrame(Exception):
    """A frame that the peer cannot have meant, or did not write."""


class Sealer:
    """Writes the frames of one direction."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._count = 0

    def seal(self, body: bytes) -> bytes:
        tag = _tag(self._key, self._count, body)
        self._count += 1
        return _HEAD.pack(len(body), tag) + body


class Opener:
    """Reads the frames of the other: the head says how much to read, then the body is checked."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._count = 0
        self._expected = b""

    def begin(self, head: bytes) -> int:
        """How long the body is. Raises BadFrame."""
        length, self._expected = _HEAD.unpack(head)
        if length > BODY_OCTETS_MAX:
            raise BadFrame(f"a frame of {length} octets, {BODY_OCTETS_MAX} may be had")
        return int(length)

    def finish(self, body: bytes) -> bytes:
        """The body, if the peer wrote it. Raises BadFrame."""
        if not hmac.compare_digest(self._expected, _tag(self._key, self._count, body)):
            raise BadFrame("a frame that the other end did not write")
        self._count += 1
        return body


def _tag(key: bytes, count: int, body: bytes) -> bytes:
    return hmac.digest(key, _COUNT.pack(count) + body, hashlib.sha256)
