"""The salt of a segment whose head is lost, reckoned back from the checksums of its batch heads.

A CRC-32 can be run backwards: from what it ended with, over what it covers, to what it began with.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from leveret.storage import record
from leveret.storage.segment import HEAD_OCTETS

if TYPE_CHECKING:
    from collections.abc import Iterator

_POLYNOMIAL: Final = 0xEDB88320
_ONES: Final = 0xFFFFFFFF


def find_salt(octets: bytes) -> int:
    """The salt of a whole segment, its head included or not; 0 when nothing tells.

    The first group commit begins right behind the head. Where that is lost too, it is what most
    batch heads agree on.
    """
    candidates = dict(_salts(octets))
    first = candidates.get(HEAD_OCTETS)
    if first is not None and record.measure(octets, HEAD_OCTETS, first):
        return first
    agreed = Counter(candidates.values()).most_common(1)
    return agreed[0][0] if agreed else 0


def _salts(octets: bytes) -> Iterator[tuple[int, int]]:
    """Where a batch head may begin, and the salt it would have."""
    kind = len(record.BATCH_MARK) * 2
    start = octets.find(record.BATCH_MARK, HEAD_OCTETS)
    while start >= 0:
        head = octets[start : start + record.BATCH_OCTETS]
        if len(head) == record.BATCH_OCTETS and head[kind] == record.BATCH:
            crc = int.from_bytes(head[kind // 2 : kind], "little")
            yield start, crc32_start(head[kind:], crc)
        start = octets.find(record.BATCH_MARK, start + 1)


def crc32_start(octets: bytes, crc: int) -> int:
    """The `start` for which crc32(octets, start) is `crc`."""
    register = crc ^ _ONES
    for octet in reversed(octets):
        place = _PLACES[register >> 24]
        register = ((register ^ _TABLE[place]) << 8 & _ONES) | (place ^ octet)
    return register ^ _ONES


def _step(octet: int) -> int:
    for _ in range(8):
        octet = octet >> 1 ^ (_POLYNOMIAL if octet & 1 else 0)
    return octet


# What a step does to the register, by its lowest octet; and that octet, by the highest of it.
_TABLE: Final = [_step(octet) for octet in range(256)]
_PLACES: Final = {word >> 24: octet for octet, word in enumerate(_TABLE)}
