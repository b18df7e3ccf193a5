"""Content headers (book 4.2.6.1): body size, a flag word, and up to fourteen properties.

Most messages pass through without this module: one look at the flag word says whether a
property matters to the broker (see session/channel.py), and only then is the list decoded.

      0          2        4                  12        14
      +----------+--------+------------------+---------+------------------+
      | class-id | weight |    body size     |  flags  | property list... |
      +----------+--------+------------------+---------+------------------+
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from leveret.wire.codes import MalformedFrame
from leveret.wire.values import Table, Value, decode_table, encode_table, octets, text

HEADER_HEAD: Final = struct.Struct(">HHQH")
_U64 = struct.Struct(">Q")

BASIC_CLASS: Final = 60


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties of class basic; None is absent, which differs from empty."""

    content_type: str | None = None
    content_encoding: str | None = None
    headers: Table | None = None
    delivery_mode: int | None = None
    priority: int | None = None
    correlation_id: str | None = None
    reply_to: str | None = None
    expiration: str | None = None
    message_id: str | None = None
    timestamp: int | None = None
    type: str | None = None
    user_id: str | None = None
    app_id: str | None = None
    cluster_id: str | None = None


NO_PROPERTIES: Final = Properties()

_NAMES: Final = tuple(field.name for field in fields(Properties))
_OCTETS: Final = frozenset({"delivery_mode", "priority"})


def encode_header(properties: Properties, body_size: int) -> bytes:
    """The payload of a content header frame."""
    flags = 0
    parts: list[bytes] = []
    for position, name in enumerate(_NAMES):
        value: Value = getattr(properties, name)
        if value is not None:
            # The first property has the highest bit of the flag word.
            flags |= 1 << (15 - position)
            parts.append(_encode_property(name, value))
    return HEADER_HEAD.pack(BASIC_CLASS, 0, body_size, flags) + b"".join(parts)


def _encode_property(name: str, value: Value) -> bytes:
    if isinstance(value, Mapping):
        return encode_table(value)
    if isinstance(value, int):
        return _encode_number(name, value)
    assert isinstance(value, str), f"property {name} is {value!r}"
    data = octets(value)
    if len(data) > 255:
        raise ValueError(f"property {name} has at most 255 octets, this one has {len(data)}")
    return bytes((len(data),)) + data


def _encode_number(name: str, value: int) -> bytes:
    try:
        return value.to_bytes(1 if name in _OCTETS else 8, "big")
    except OverflowError as error:
        raise ValueError(f"property {name} = {value} does not fit") from error


def decode_header(payload: bytes) -> tuple[Properties, int]:
    """The properties and the body size. Raises MalformedFrame."""
    if len(payload) < HEADER_HEAD.size:
        raise MalformedFrame("a content header ends too early")
    _class_id, _weight, body_size, flags = HEADER_HEAD.unpack_from(payload)
    if flags & 3:
        raise MalformedFrame(f"class basic has no property for flags {flags & 3:#x}")
    found: dict[str, Value] = {}
    offset = HEADER_HEAD.size
    for position, name in enumerate(_NAMES):
        if flags & (1 << (15 - position)):
            found[name], offset = _decode_property(name, payload, offset)
    if offset != len(payload):
        raise MalformedFrame("a content header has octets behind its last property")
    return Properties(**found), body_size  # type: ignore[arg-type]  # _decode_property's cases


def _decode_property(name: str, payload: bytes, offset: int) -> tuple[Value, int]:
    try:
        if name == "headers":
            return decode_table(payload, offset)
        if name in _OCTETS:
            return payload[offset], offset + 1
        if name == "timestamp":
            return _U64.unpack_from(payload, offset)[0], offset + 8
        end = offset + 1 + payload[offset]
    except (IndexError, struct.error) as error:
        raise MalformedFrame(f"property {name} reaches beyond its header") from error
    if end > len(payload):
        raise MalformedFrame(f"property {name} reaches beyond its header")
    return text(payload[offset + 1 : end]), end
