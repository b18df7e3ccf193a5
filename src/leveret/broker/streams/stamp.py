"""The header `x-stream-offset`, put into a content on its way to a reader.

Hot path of streams: every delivery passes here. The octets are cut and joined where the header
belongs; only a message that brings such a header of its own is decoded.
"""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from leveret.broker.message import Message, with_properties
from leveret.wire.values import Int64

if TYPE_CHECKING:
    from leveret.wire.values import Table

HEADER: Final = "x-stream-offset"
_FIELD: Final = b"\x0fx-stream-offsetl"
_OFFSET: Final = struct.Struct(">q").pack
_SIZE: Final = struct.Struct(">I")
_FLAGS: Final = struct.Struct(">H")
# In a content: the frame's size; the flags and the first property of the header.
_SIZE_AT, _FLAGS_AT, _FIRST_AT = 3, 19, 21
_CONTENT_TYPE, _CONTENT_ENCODING, _HEADERS = 1 << 15, 1 << 14, 1 << 13


def stamped(message: Message, offset: int) -> Message:
    """The message as a reader gets it: with its offset, and of no concern to the store."""
    content = _joined(message, offset)
    return Message(message.address, content, message.channel, message.position, message.traits)


def offset_of(message: Message) -> int:
    """Of one that was stamped: the header stands last."""
    offset = message.headers[HEADER]
    assert isinstance(offset, int)
    return offset


def _joined(message: Message, offset: int) -> bytes:
    content = message.content
    (flags,) = _FLAGS.unpack_from(content, _FLAGS_AT)
    at = _FIRST_AT
    for bit in (_CONTENT_TYPE, _CONTENT_ENCODING):
        if flags & bit:
            at += 1 + content[at]
    field = _FIELD + _OFFSET(offset)
    end, table = at, b""
    if flags & _HEADERS:
        (size,) = _SIZE.unpack_from(content, at)
        end = at + _SIZE.size + size
        table = content[at + _SIZE.size : end]
        if _FIELD[:-1] in table:
            return _slowly(message, offset)
    table += field
    (size,) = _SIZE.unpack_from(content, _SIZE_AT)
    grown = size + len(table) + _SIZE.size - (end - at)
    return b"".join(
        (
            content[:_SIZE_AT],
            _SIZE.pack(grown),
            content[_SIZE_AT + _SIZE.size : _FLAGS_AT],
            _FLAGS.pack(flags | _HEADERS),
            content[_FIRST_AT:at],
            _SIZE.pack(len(table)),
            table,
            content[end:],
        )
    )


def _slowly(message: Message, offset: int) -> bytes:
    others = {name: value for name, value in message.headers.items() if name != HEADER}
    headers: Table = {**others, HEADER: Int64(offset)}
    properties = replace(message.properties, headers=headers)
    return with_properties(message.content, message.channel, properties)
