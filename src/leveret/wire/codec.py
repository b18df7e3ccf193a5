"""Methods to bytes and back (book 4.2.5): reads the layout off the declared annotations.

    0          2           4
    +----------+-----------+--------------+
    | class-id | method-id | arguments... |
    +----------+-----------+--------------+

Consecutive bits share octets, lowest bit first (book 4.2.5.2).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from leveret.wire.codes import MalformedFrame, MalformedText, UnknownMethod
from leveret.wire.methods import METHODS, Method
from leveret.wire.values import Value, decode_table, encode_table, octets

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.wire.domains import Layout

_INDEX: Final = struct.Struct(">I")
_NUMBERS: Final = {
    "octet": struct.Struct(">B"),
    "short": struct.Struct(">H"),
    "long": struct.Struct(">I"),
    "longlong": struct.Struct(">Q"),
}


def encode(method: Method) -> bytes:
    """The payload of a method frame. Raises ValueError for a value its domain can't hold."""
    parts = [_INDEX.pack(method.index)]
    bits: list[bool] = []
    for name, domain in method.layout:
        value: Value = getattr(method, name)
        if domain == "bit":
            bits.append(bool(value))
            continue
        if bits:
            parts.append(_pack_bits(bits))
            bits.clear()
        parts.append(_ENCODERS[domain](name, value))
    parts.append(_pack_bits(bits))
    return b"".join(parts)


def decode(payload: bytes) -> Method:
    """The method in a frame's payload. Raises UnknownMethod or another MalformedFrame."""
    if len(payload) < 4:
        raise MalformedFrame("a method frame ends before its class and method id")
    (index,) = _INDEX.unpack_from(payload)
    kind = METHODS.get(index)
    if kind is None:
        raise UnknownMethod(index)
    values, offset = _decode_arguments(payload, kind.layout)
    if offset != len(payload):
        raise MalformedFrame(f"{kind.__name__} has octets behind its last argument")
    return kind(*values)


def _decode_arguments(payload: bytes, arguments: Layout) -> tuple[list[Value], int]:
    values: list[Value] = []
    offset = 4
    bit = 8
    for name, domain in arguments:
        if domain == "bit":
            # A run of bits opens a new octet at its start and after every eight.
            if bit == 8:
                bit = 0
                offset += 1
                if offset > len(payload):
                    raise MalformedFrame(f"{name} reaches beyond its frame")
            values.append(bool(payload[offset - 1] & (1 << bit)))
            bit += 1
            continue
        bit = 8
        value, offset = _decode_argument(name, domain, payload, offset)
        values.append(value)
    return values, offset


def _decode_argument(name: str, domain: str, payload: bytes, offset: int) -> tuple[Value, int]:
    try:
        if domain == "table":
            return decode_table(payload, offset)
        if domain in _NUMBERS:
            number = _NUMBERS[domain]
            return number.unpack_from(payload, offset)[0], offset + number.size
        prefix = _NUMBERS["octet" if domain == "shortstr" else "long"]
        start = offset + prefix.size
        end = start + prefix.unpack_from(payload, offset)[0]
    except struct.error as error:
        raise MalformedFrame(f"{name} reaches beyond its frame") from error
    if end > len(payload):
        raise MalformedFrame(f"{name} reaches beyond its frame")
    data = payload[start:end]
    return (_short_string(data) if domain == "shortstr" else data), end


def _short_string(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise MalformedText("Malformed UTF-8 in shortstr") from error


def _pack_bits(bits: list[bool]) -> bytes:
    octet_count = (len(bits) + 7) // 8
    number = sum(1 << position for position, bit in enumerate(bits) if bit)
    return number.to_bytes(octet_count, "little")


def _encode_number(domain: str) -> Callable[[str, Value], bytes]:
    def encode_number(name: str, value: Value) -> bytes:
        try:
            return _NUMBERS[domain].pack(value)
        except struct.error as error:
            raise ValueError(f"{name} = {value!r} is no {domain}") from error

    return encode_number


def _encode_short_string(name: str, value: Value) -> bytes:
    assert isinstance(value, str), f"{name} is {value!r}"
    data = octets(value)
    if len(data) > 255:
        raise ValueError(f"{name} has at most 255 octets, this one has {len(data)}")
    return bytes((len(data),)) + data


def _encode_long_string(name: str, value: Value) -> bytes:
    assert isinstance(value, bytes), f"{name} is {value!r}"
    return _INDEX.pack(len(value)) + value


def _encode_field_table(name: str, value: Value) -> bytes:
    assert isinstance(value, Mapping), f"{name} is {value!r}"
    return encode_table(value)


_ENCODERS: Final[dict[str, Callable[[str, Value], bytes]]] = {
    **{domain: _encode_number(domain) for domain in _NUMBERS},
    "shortstr": _encode_short_string,
    "longstr": _encode_long_string,
    "table": _encode_field_table,
}
