"""The frames between two nodes, and how they are cut out of what arrives. Pure.

    +---------+-----------+-----------+-------------------------+
    | kind, 1 | stream, 4 | length, 4 | octets, `length` of them |
    +---------+-----------+-----------+-------------------------+

    HEARTBEAT   0, 0                nothing: I am here
    CALL        a number            length of verb (1), verb, body
    ANSWER      the call's number   octets
    REFUSAL     the call's number   code (2), text
    16 to 255   a stream's number   whatever its owner says

Rule: frames know nothing of the blocks they travel in (sealed.py): many small ones share a block, a
large one takes several. So sealing costs by the octet, not by the frame.
"""

import struct
from collections.abc import Iterator
from typing import Final, TypeAlias

from leveret.cluster.links.ports import FRAME_OCTETS_MAX, KIND_MIN

HEAD: Final = struct.Struct(">BII")
CODE: Final = struct.Struct(">H")
VERB_OCTETS_MAX: Final = 255

HEARTBEAT: Final = 0
CALL: Final = 1
ANSWER: Final = 2
REFUSAL: Final = 3
_KINDS: Final = frozenset((HEARTBEAT, CALL, ANSWER, REFUSAL, *range(KIND_MIN, 256)))

# kind, stream, octets.
Frame: TypeAlias = tuple[int, int, bytes]


class BadPeer(Exception):
    """What the peer says is not what a node says."""


def head(kind: int, stream: int, octets: bytes) -> bytes:
    """What goes before the octets. Raises ValueError when they are too many."""
    if len(octets) > FRAME_OCTETS_MAX:
        raise ValueError(f"a frame of {len(octets)} octets, {FRAME_OCTETS_MAX} may be sent")
    return HEAD.pack(kind, stream, len(octets))


class Cutter:
    """Cuts frames out of blocks; keeps what is not whole yet."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._held_octets = 0
        self._wanted = 0

    def feed(self, block: bytes) -> list[Frame]:
        """The frames that are whole now. Raises BadPeer."""
        if self._held:
            self._held.append(block)
            self._held_octets += len(block)
            if self._held_octets < self._wanted:
                return []
            block = b"".join(self._held)
            self._held = []
        frames, at = [], 0
        while (after := at + _wanted(block, at)) <= len(block):
            kind, stream, _ = HEAD.unpack_from(block, at)
            frames.append((kind, stream, block[at + HEAD.size : after]))
            at = after
        self._hold(block, at)
        return frames

    def _hold(self, block: bytes, at: int) -> None:
        if at < len(block):
            self._wanted = _wanted(block, at)
            self._held = [block[at:]]
            self._held_octets = len(block) - at


def _wanted(block: bytes, at: int) -> int:
    """How long the frame is that begins there, as far as is known. Raises BadPeer."""
    if len(block) - at < HEAD.size:
        return HEAD.size
    kind, _, length = HEAD.unpack_from(block, at)
    if kind not in _KINDS:
        raise BadPeer(f"a frame of kind {kind}, which is unknown here")
    if length > FRAME_OCTETS_MAX:
        raise BadPeer(f"a frame of {length} octets, {FRAME_OCTETS_MAX} may be had")
    return HEAD.size + int(length)


def pieces(octets: bytes, size: int) -> Iterator[bytes]:
    """The octets in pieces of that size; the last one may be shorter."""
    if len(octets) <= size:
        yield octets
        return
    view = memoryview(octets)
    for at in range(0, len(octets), size):
        yield bytes(view[at : at + size])


def call_octets(verb: str, body: bytes) -> bytes:
    name = verb.encode()
    assert 0 < len(name) <= VERB_OCTETS_MAX, f"a verb's name is not {len(name)} octets long"
    return bytes((len(name),)) + name + body


def parse_call(octets: bytes) -> tuple[str, bytes]:
    """The verb and the body. Raises BadPeer."""
    after = 1 + octets[0] if octets else 1
    if not 1 < after <= len(octets):
        raise BadPeer("a call without a verb")
    try:
        return octets[1:after].decode(), octets[after:]
    except UnicodeDecodeError as error:
        raise BadPeer("a call whose verb is no text") from error


def refusal_octets(code: int, text: str) -> bytes:
    return CODE.pack(code) + text.encode()


def parse_refusal(octets: bytes) -> tuple[int, str]:
    """The code and the text. Raises BadPeer."""
    if len(octets) < CODE.size:
        raise BadPeer("a refusal without a code")
    try:
        return int(CODE.unpack_from(octets)[0]), octets[CODE.size :].decode()
    except UnicodeDecodeError as error:
        raise BadPeer("a refusal whose text is none") from error
