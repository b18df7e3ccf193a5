"""Erlang's `phash2` of a field table: RabbitMQ tells bindings with different arguments apart by it.

Tools keep what it gives (Terraform's state has it in each binding's id), so it has to be the same
number here. What is hashed is RabbitMQ's term: a list of {name, type, value}, sorted by name. The
algorithm is that of OTP's erl_term_hashing.c, which is the same on every machine and release.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from leveret.broker.argument_values import type_name
from leveret.wire.values import Decimal, octets

if TYPE_CHECKING:
    from leveret.wire.values import Table, Value

_MASK: Final = 0xFFFFFFFF
_GOLDEN: Final = 0x9E3779B9
# Integers of fewer bits are one word of Erlang's; larger ones are hashed by their digits.
_SMALL_MAX: Final = 2**27
_DIGIT_BITS: Final = 64
# What a list ends with, behind other terms and alone.
_EMPTY_LIST: Final = 2
_EMPTY_LIST_ALONE: Final = 3468870702
_BLOCK: Final = 12


def hash_of(arguments: Table) -> int:
    """32 bits."""
    hashing = _Hashing()
    hashing.table(dict(sorted(arguments.items(), key=lambda field: octets(field[0]))))
    return hashing.hash


def _salt(number: int) -> int:
    """One for each type of term."""
    return _GOLDEN * number & _MASK


_INTEGER, _ATOM, _STRING, _TUPLE = _salt(1), _salt(3), _salt(4), _salt(9)
_NEGATIVE_BIG, _POSITIVE_BIG, _FLOAT, _BINARY = _salt(10), _salt(11), _salt(12), _salt(13)
_NIL: Final = _salt(2)


class _Hashing:
    """hash: of all terms so far, each mixed into what was there."""

    def __init__(self) -> None:
        self.hash = 0

    def table(self, table: Table) -> None:
        for name, value in table.items():
            self._tuple(3)
            self._binary(octets(name))
            self._typed(value)
        self._end_of_list()

    def _typed(self, value: Value) -> None:
        self._atom(type_name(value))
        self._value(value)

    def _value(self, value: Value) -> None:
        match value:
            case None:
                self._atom("undefined")
            case bool():
                self._atom("true" if value else "false")
            case int():
                self._integer(value)
            case float():
                self._float(value)
            case str() | bytes():
                self._binary(octets(value) if isinstance(value, str) else value)
            case Mapping():
                self.table(value)
            case _:
                self._rare(value)

    def _rare(self, value: Decimal | Sequence[Value]) -> None:
        if isinstance(value, Decimal):
            self._tuple(2)
            self._integer(value.scale)
            self._integer(value.value)
            return
        for each in value:
            self._tuple(2)
            self._typed(each)
        self._end_of_list()

    # Terms -----------------------------------------------------------------------------------

    def _mix(self, first: int, second: int, salt: int) -> None:
        self.hash = _mixed(salt + first & _MASK, salt + second & _MASK, self.hash)[2]

    def _tuple(self, size: int) -> None:
        self._mix(size, 0, _TUPLE)

    def _atom(self, name: str) -> None:
        if self.hash:
            self._mix(_atom_hash(name), 0, _ATOM)
        else:
            self.hash = _atom_hash(name)

    def _end_of_list(self) -> None:
        if self.hash:
            self._mix(_EMPTY_LIST, 0, _NIL)
        else:
            self.hash = _EMPTY_LIST_ALONE

    def _integer(self, value: int) -> None:
        if -_SMALL_MAX <= value < _SMALL_MAX:
            if value < 0:
                self._mix(-value, 0, _INTEGER)
            self._mix(value & _MASK, 0, _INTEGER)
            return
        salt = _NEGATIVE_BIG if value < 0 else _POSITIVE_BIG
        rest = abs(value)
        while rest:
            self._mix(rest & _MASK, rest >> 32 & _MASK, salt)
            rest >>= _DIGIT_BITS

    def _float(self, value: float) -> None:
        low, high = struct.unpack("<II", struct.pack("<d", value or 0.0))
        self._mix(high, low, _FLOAT)

    def _binary(self, data: bytes) -> None:
        start = _BINARY + self.hash & _MASK
        self.hash = _block_hash(data, start) if data else start


def _atom_hash(name: str) -> int:
    """The hash of a name in Erlang's table of atoms: P. J. Weinberger's."""
    told = 0
    for octet in name.encode():
        told = (told << 4) + octet
        high = told & 0xF0000000
        if high:
            told ^= high >> 24
            told ^= high
    return told


def _block_hash(data: bytes, start: int) -> int:
    """Bob Jenkins's hash of octets."""
    first = second = _GOLDEN
    third = start
    whole = len(data) - len(data) % _BLOCK
    for place in range(0, whole, _BLOCK):
        words = struct.unpack_from("<III", data, place)
        first, second, third = _mixed(
            first + words[0] & _MASK, second + words[1] & _MASK, third + words[2] & _MASK
        )
    # The lowest octet of the last word is kept for the length.
    rest = data[whole:]
    padded = rest[:8].ljust(8, b"\0") + b"\0" + rest[8:].ljust(3, b"\0")
    words = struct.unpack("<III", padded)
    third += len(data) + words[2]
    return _mixed(first + words[0] & _MASK, second + words[1] & _MASK, third & _MASK)[2]


def _mixed(a: int, b: int, c: int) -> tuple[int, int, int]:
    """Bob Jenkins's mix of three words, by his names."""
    a = (a - b - c & _MASK) ^ (c >> 13)
    b = (b - c - a & _MASK) ^ (a << 8 & _MASK)
    c = (c - a - b & _MASK) ^ (b >> 13)
    a = (a - b - c & _MASK) ^ (c >> 12)
    b = (b - c - a & _MASK) ^ (a << 16 & _MASK)
    c = (c - a - b & _MASK) ^ (b >> 5)
    a = (a - b - c & _MASK) ^ (c >> 3)
    b = (b - c - a & _MASK) ^ (a << 10 & _MASK)
    c = (c - a - b & _MASK) ^ (b >> 15)
    return a, b, c
