"""Records: what the message log is made of, octet by octet. Little endian; drawn in README.md.

    length u32 | crc u32 | kind u8 | ... by kind

`length` counts the whole record, `crc` (CRC-32) covers everything behind itself.

Hot path: bench/durable.md, 1 KiB persistent. `encode_message` is called for each persistent
message: one join, one CRC over the head and one over the content.
"""

from __future__ import annotations

import struct
from array import array
from binascii import crc32
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from leveret.broker.message import Message, Traits, header_payload
from leveret.wire.properties import decode_header

if TYPE_CHECKING:
    from collections.abc import Sequence

PERSISTENT: Final = 2  # delivery-mode

BATCH: Final = 1
MESSAGE: Final = 2
SETTLED: Final = 3
DELIVERED: Final = 4

_LENGTH_AND_CRC: Final = struct.Struct("<II")
_COVERED: Final = _LENGTH_AND_CRC.size
# kind, priority, channel, queue count, position, published at (ms)
_MESSAGE: Final = struct.Struct("<BBHIQQ")
_MESSAGE_OCTETS: Final = _COVERED + _MESSAGE.size
# kind, count of records behind, batch number, wall clock (ms), octets of the whole batch
_BATCH: Final = struct.Struct("<B3xIQQQ")
BATCH_OCTETS: Final = _COVERED + _BATCH.size
# Every batch head begins with its length, which is always the same.
BATCH_MARK: Final = struct.pack("<I", BATCH_OCTETS)
# kind, queue number
_CONTROL: Final = struct.Struct("<B3xI")
_CONTROL_OCTETS: Final = _COVERED + _CONTROL.size
RECORD_OCTETS_MIN: Final = _CONTROL_OCTETS

Buffer: TypeAlias = "bytes | memoryview"
Queues: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BatchHead:
    """Opens a group commit. Everything before it was on the medium when it was written.

    count: records of the batch behind this one. octets: of the whole batch, this one included.
    """

    number: int
    wall_ms: int
    count: int
    octets: int


@dataclass(frozen=True, slots=True)
class MessageHead:
    """What is to be known of a message without its content."""

    position: int
    priority: int
    queues: Queues


@dataclass(frozen=True, slots=True)
class Control:
    """SETTLED or DELIVERED: a queue's messages, by their positions, which rise.

    One that was delivered twice meanwhile is there twice.
    """

    kind: int
    queue: int
    positions: array[int]


def pack_queues(queues: Queues) -> bytes:
    """The queue numbers as a message record has them."""
    return struct.pack(f"<{len(queues)}I", *queues)


def encode_message(message: Message, queues: bytes, published_ms: int) -> bytes:
    """A message record; `queues` is packed by `pack_queues`."""
    traits = message.traits
    address, content = message.address, message.content
    head = _MESSAGE.pack(
        MESSAGE,
        0 if traits is None else traits.priority,
        message.channel,
        len(queues) >> 2,
        message.position,
        published_ms,
    )
    front = b"".join((head, queues, address))
    length = _COVERED + len(front) + len(content)
    return b"".join((_LENGTH_AND_CRC.pack(length, crc32(content, crc32(front))), front, content))


def encode_batch(head: BatchHead, salt: int) -> bytes:
    """A batch head; its CRC begins with the segment's salt: no message can look like one."""
    covered = _BATCH.pack(BATCH, head.count, head.number, head.wall_ms, head.octets)
    return _LENGTH_AND_CRC.pack(BATCH_OCTETS, crc32(covered, salt)) + covered


def encode_control(kind: int, queue: int, positions: Sequence[int]) -> bytes:
    covered = _CONTROL.pack(kind, queue) + to_octets(array("Q", positions))
    return _LENGTH_AND_CRC.pack(_COVERED + len(covered), crc32(covered)) + covered


def measure(data: Buffer, offset: int, salt: int = 0) -> int:
    """The length of the record at `offset`; 0 when there is no whole and sound one.

    salt: the segment's, which batch heads need.
    """
    left = len(data) - offset
    if left < RECORD_OCTETS_MIN:
        return 0
    length, crc = _LENGTH_AND_CRC.unpack_from(data, offset)
    if not RECORD_OCTETS_MIN <= length <= left:
        return 0
    covered = memoryview(data)[offset + _COVERED : offset + length]
    start = salt if covered[0] == BATCH else 0
    return int(length) if crc32(covered, start) == crc else 0


def claimed_length(data: Buffer, offset: int) -> int:
    """The length that the record at `offset` says it has, sound or not."""
    length: int = _LENGTH_AND_CRC.unpack_from(data, offset)[0]
    return length


def kind_of(data: Buffer, offset: int) -> int:
    return data[offset + _COVERED]


def decode_batch(data: Buffer, offset: int) -> BatchHead:
    _kind, count, number, wall_ms, octets = _BATCH.unpack_from(data, offset + _COVERED)
    return BatchHead(number, wall_ms, count, octets)


def decode_control(data: Buffer, offset: int) -> Control:
    length = claimed_length(data, offset)
    kind, queue = _CONTROL.unpack_from(data, offset + _COVERED)
    return Control(kind, queue, from_octets(data[offset + _CONTROL_OCTETS : offset + length]))


def decode_message_head(data: Buffer, offset: int) -> MessageHead:
    _kind, priority, _channel, count, position, _ms = _MESSAGE.unpack_from(data, offset + _COVERED)
    return MessageHead(position, priority, _queues(data, offset, count))


def decode_message(data: bytes, offset: int) -> tuple[Message, int]:
    """The message in a sound record, and when it was published (wall clock, ms)."""
    length = claimed_length(data, offset)
    _kind, _priority, channel, count, position, ms = _MESSAGE.unpack_from(data, offset + _COVERED)
    start = offset + _MESSAGE_OCTETS + 4 * count
    key = start + 1 + data[start]
    behind = key + 1 + data[key]
    content = data[behind : offset + length]
    traits = _traits(header_payload(content)[_FLAGS:])
    return Message(data[start:behind], content, channel, position, traits), ms


def _queues(data: Buffer, offset: int, count: int) -> Queues:
    return struct.unpack_from(f"<{count}I", data, offset + _MESSAGE_OCTETS)


# Where the flags begin in a header payload; class, weight and body size before them ask nothing.
_FLAGS: Final = 12


@lru_cache(maxsize=256)
def _traits(said: bytes) -> Traits:
    """What properties ask, by the octets of flags and properties; a publisher has a handful."""
    properties = decode_header(bytes(_FLAGS) + said)[0]
    expiration = properties.expiration
    return Traits(
        ttl_ms=None if expiration is None else int(expiration),
        priority=properties.priority or 0,
        is_persistent=properties.delivery_mode == PERSISTENT,
    )


def to_octets(numbers: array[int]) -> bytes:
    """As the file has them, little endian."""
    if _IS_BIG_ENDIAN:
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()


def from_octets(octets: Buffer, typecode: str = "Q") -> array[int]:
    numbers = array(typecode)
    numbers.frombytes(octets)
    if _IS_BIG_ENDIAN:
        numbers.byteswap()
    return numbers


_IS_BIG_ENDIAN: Final = struct.pack("=H", 1) != struct.pack("<H", 1)
