"""Field values and tables (book 4.2.5.5, with RabbitMQ's errata): exact both ways.

Rule: decode(encode(x)) == x with the same types, and encode(decode(b)) == b for every b but
those that say one thing in two ways: a name that comes twice, a boolean other than 0 and 1, a
signalling NaN. Numbers narrower or wider than the default keep their width in a subclass of
int or float; a long string is `str` (bytes that are not UTF-8 survive as surrogates), a byte
array is `bytes`.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, Union

from leveret.wire.codes import MalformedFrame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# A table within a table within ... costs 7 bytes a level: without a limit one frame could nest
# thousands deep and exhaust the interpreter's stack. No application comes near this.
NESTING_MAX: Final = 64


class Int8(int):
    """A signed octet, tag `b`."""


class UInt8(int):
    """An unsigned octet, tag `B`."""


class Int16(int):
    """A signed 16-bit integer, tag `s`."""


class UInt16(int):
    """An unsigned 16-bit integer, tag `u`."""


class Int32(int):
    """A signed 32-bit integer, tag `I`."""


class UInt32(int):
    """An unsigned 32-bit integer, tag `i`."""


class Int64(int):
    """A signed 64-bit integer, tag `l`."""


class Timestamp(int):
    """Seconds since 1970, tag `T`."""


class Float32(float):
    """A single-precision float, tag `f`."""


@dataclass(frozen=True, slots=True)
class Decimal:
    """A decimal, tag `D`: `value` divided by ten to the power `scale` (an octet)."""

    scale: int
    value: int


Value: TypeAlias = Union[
    bool, int, float, str, bytes, Decimal, "Mapping[str, Value]", "Sequence[Value]", None
]
Table: TypeAlias = "Mapping[str, Value]"

_U8 = struct.Struct(">B")
_U32 = struct.Struct(">I")
_DECIMAL = struct.Struct(">BI")

# Fixed-size values: tag, the type that carries it, its layout.
_FIXED: Final[tuple[tuple[bytes, type[int] | type[float], struct.Struct], ...]] = (
    (b"t", bool, struct.Struct(">?")),
    (b"b", Int8, struct.Struct(">b")),
    (b"B", UInt8, struct.Struct(">B")),
    (b"s", Int16, struct.Struct(">h")),
    (b"u", UInt16, struct.Struct(">H")),
    (b"I", Int32, struct.Struct(">i")),
    (b"i", UInt32, struct.Struct(">I")),
    (b"l", Int64, struct.Struct(">q")),
    (b"T", Timestamp, struct.Struct(">Q")),
    (b"f", Float32, struct.Struct(">f")),
    (b"d", float, struct.Struct(">d")),
)
_PACK: Final[dict[type, tuple[bytes, Callable[[Value], bytes]]]] = {
    kind: (tag, layout.pack) for tag, kind, layout in _FIXED
}
_UNPACK = {ord(tag): (kind, layout) for tag, kind, layout in _FIXED}
# py-amqp writes wide integers with tag `L`; RabbitMQ reads it as `l`, and so do we.
_UNPACK[ord("L")] = _UNPACK[ord("l")]


def text(data: bytes) -> str:
    """The string these bytes spell; what is not UTF-8 survives as surrogates."""
    return data.decode("utf-8", "surrogateescape")


def octets(string: str) -> bytes:
    """The bytes of a string made by `text`, exactly."""
    return string.encode("utf-8", "surrogateescape")


# Encoding -----------------------------------------------------------------------------------


def encode_table(table: Table) -> bytes:
    """A table with its 32-bit length in front."""
    pairs = [_encode_name(name) + encode_value(value) for name, value in table.items()]
    return _with_length(b"".join(pairs))


def encode_value(value: Value) -> bytes:
    """One tagged value. Raises ValueError for what no tag can carry."""
    packing = _PACK.get(type(value))
    if packing is not None:
        tag, pack = packing
        try:
            return tag + pack(value)
        except (struct.error, OverflowError) as error:
            raise ValueError(f"{value!r} is no {type(value).__name__}") from error
    if value is None:
        return b"V"
    if isinstance(value, str):
        return b"S" + _with_length(octets(value))
    if isinstance(value, int):
        return _encode_plain_integer(value)
    return _encode_compound(value)


def _encode_compound(value: Value) -> bytes:
    if isinstance(value, bytes):
        return b"x" + _with_length(value)
    if isinstance(value, Decimal):
        return _encode_decimal(value)
    if isinstance(value, Mapping):
        return b"F" + encode_table(value)
    if isinstance(value, (list, tuple)):
        return b"A" + _with_length(b"".join([encode_value(item) for item in value]))
    raise ValueError(f"no AMQP field type carries a {type(value).__name__}: {value!r}")


def _encode_decimal(value: Decimal) -> bytes:
    try:
        return b"D" + _DECIMAL.pack(value.scale, value.value)
    except struct.error as error:
        raise ValueError(f"{value} does not fit an octet and 32 bits") from error


def _encode_plain_integer(value: int) -> bytes:
    if -(2**31) <= value < 2**31:
        return struct.pack(">ci", b"I", value)
    if -(2**63) <= value < 2**63:
        return struct.pack(">cq", b"l", value)
    raise ValueError(f"{value} does not fit 64 bits")


def _encode_name(name: str) -> bytes:
    data = octets(name)
    if len(data) > 255:
        raise ValueError(f"a field name has at most 255 octets, this one has {len(data)}")
    return _U8.pack(len(data)) + data


def _with_length(data: bytes) -> bytes:
    return _U32.pack(len(data)) + data


# Decoding -----------------------------------------------------------------------------------


def decode_table(data: bytes, offset: int = 0) -> tuple[dict[str, Value], int]:
    """The table at `offset` and the offset behind it. Raises MalformedFrame."""
    try:
        return _decode_table(data, offset, 0)
    except (struct.error, IndexError) as error:
        raise MalformedFrame(f"a table ends too early: {error}") from error


def _decode_table(data: bytes, offset: int, depth: int) -> tuple[dict[str, Value], int]:
    if depth > NESTING_MAX:
        raise MalformedFrame(f"tables are nested deeper than {NESTING_MAX}")
    position, end = _extent(data, offset)
    table: dict[str, Value] = {}
    while position < end:
        start = position + 1
        position = start + data[position]
        name = text(data[start:position])
        table[name], position = _decode_value(data, position, depth)
    if position != end:
        raise MalformedFrame("a table's last field reaches beyond the table")
    return table, end


def _decode_value(data: bytes, offset: int, depth: int) -> tuple[Value, int]:
    tag = data[offset]
    offset += 1
    fixed = _UNPACK.get(tag)
    if fixed is not None:
        kind, layout = fixed
        return kind(layout.unpack_from(data, offset)[0]), offset + layout.size
    decode = _VARIABLE.get(tag)
    if decode is None:
        raise MalformedFrame(f"unknown field type {chr(tag)!r}")
    return decode(data, offset, depth)


def _extent(data: bytes, offset: int) -> tuple[int, int]:
    (size,) = _U32.unpack_from(data, offset)
    start = offset + 4
    if start + size > len(data):
        raise MalformedFrame(f"a value of {size} octets reaches beyond its frame")
    return start, start + size


def _decode_long_string(data: bytes, offset: int, _depth: int) -> tuple[Value, int]:
    start, end = _extent(data, offset)
    return text(data[start:end]), end


def _decode_byte_array(data: bytes, offset: int, _depth: int) -> tuple[Value, int]:
    start, end = _extent(data, offset)
    return data[start:end], end


def _decode_decimal(data: bytes, offset: int, _depth: int) -> tuple[Value, int]:
    return Decimal(*_DECIMAL.unpack_from(data, offset)), offset + _DECIMAL.size


def _decode_void(_data: bytes, offset: int, _depth: int) -> tuple[Value, int]:
    return None, offset


def _decode_nested_table(data: bytes, offset: int, depth: int) -> tuple[Value, int]:
    return _decode_table(data, offset, depth + 1)


def _decode_array(data: bytes, offset: int, depth: int) -> tuple[Value, int]:
    if depth > NESTING_MAX:
        raise MalformedFrame(f"arrays are nested deeper than {NESTING_MAX}")
    position, end = _extent(data, offset)
    items: list[Value] = []
    while position < end:
        item, position = _decode_value(data, position, depth + 1)
        items.append(item)
    if position != end:
        raise MalformedFrame("an array's last value reaches beyond the array")
    return items, end


_VARIABLE: Final[dict[int, Callable[[bytes, int, int], tuple[Value, int]]]] = {
    ord("S"): _decode_long_string,
    ord("x"): _decode_byte_array,
    ord("D"): _decode_decimal,
    ord("V"): _decode_void,
    ord("F"): _decode_nested_table,
    ord("A"): _decode_array,
}
