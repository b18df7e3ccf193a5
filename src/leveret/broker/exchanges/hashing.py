"""A number for what a message says, the same on every machine and in every year.

Python's own hash() of a string changes with each process, and a message must find the queue it
found before the restart.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from leveret.wire.values import encode_table, octets

if TYPE_CHECKING:
    from leveret.wire.values import Value

HASH_OCTETS: Final = 8
HASHES_END: Final = 2 ** (8 * HASH_OCTETS)
# Between the parts of what is hashed: ("ab", "c") is not ("a", "bc").
_LENGTH_OCTETS: Final = 4
_OF_MANY: Final = blake2b().digest_size // HASH_OCTETS


def hash_of(*parts: str) -> int:
    """Of several strings, in order; below HASHES_END."""
    if len(parts) == 1:
        return _number(octets(parts[0]))
    return _number(b"".join([_with_length(octets(part)) for part in parts]))


def hash_of_value(value: Value) -> int:
    """Of a header's or property's value. A string hashes as it does as a routing key."""
    if isinstance(value, str):
        return _number(octets(value))
    if isinstance(value, int):
        # However wide it was sent.
        return _number(str(int(value)).encode())
    return _number(encode_table({"": value}))


def hashes_of(parts: tuple[bytes, ...], count: int) -> list[int]:
    """The first `count` of an endless row of numbers that belongs to these parts."""
    said = b"".join(map(_with_length, parts))
    numbers: list[int] = []
    for turn in range(-(-count // _OF_MANY)):
        digest = blake2b(turn.to_bytes(8, "big") + said).digest()
        numbers.extend(
            int.from_bytes(digest[at : at + HASH_OCTETS], "big")
            for at in range(0, len(digest), HASH_OCTETS)
        )
    return numbers[:count]


def _number(said: bytes) -> int:
    return int.from_bytes(blake2b(said, digest_size=HASH_OCTETS).digest(), "big")


def _with_length(part: bytes) -> bytes:
    return len(part).to_bytes(_LENGTH_OCTETS, "big") + part
