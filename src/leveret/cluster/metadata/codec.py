"""Changes as octets, and back: what the records of the metadata log are made of.

    batch   +---------+-----------+--------+--------+ ...
            | version | ordinal   | change | change |
            +---------+-----------+--------+--------+ ...
              1 octet   8 octets
    change  +---------+-------+-------+ ...     fields in the order of the class
            | tag     | field | field |
            +---------+-------+-------+ ...
              1 octet

Rule: a tag and what follows it mean the same for ever; whatever is new gets a tag of its own. A
node that meets a tag or version it does not know says so and goes no further: half of what a
cluster knows is worse than nothing.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final, Protocol

from leveret.broker.changes import (
    Bound,
    ExchangeDeclared,
    ExchangeDeleted,
    GlobalParameterCleared,
    GlobalParameterSet,
    ParameterCleared,
    ParameterSet,
    PermissionCleared,
    PermissionSet,
    QueueDeclared,
    QueueDeleted,
    StreamCut,
    StreamGrew,
    TopicPermissionCleared,
    TopicPermissionSet,
    Unbound,
    UserLimitsSet,
    UserRemoved,
    UserSet,
    VhostAdded,
    VhostDescribed,
    VhostRemoved,
)
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.permissions import Permission
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.streams.outline import Outline
from leveret.broker.topic_permissions import TopicPermission
from leveret.broker.vhost_metadata import VhostMetadata
from leveret.cluster.metadata.changes import QueueHoused, RollSet
from leveret.wire.codes import MalformedFrame
from leveret.wire.values import decode_table, encode_table, octets, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leveret.cluster.metadata.changes import SharedChange

VERSION: Final = 1
_HEAD: Final = struct.Struct(">BQ")
_LENGTH: Final = struct.Struct(">I")
_NUMBER: Final = struct.Struct(">Q")


class Unreadable(Exception):
    """A later version wrote it, or it is damaged."""


class Field(Protocol):
    """How one field is written, and read at an offset: what it is, and where the next begins."""

    def put(self, value: object) -> bytes: ...

    def take(self, data: bytes, offset: int) -> tuple[object, int]: ...


class Octets:
    """As they are, behind their length."""

    def put(self, value: object) -> bytes:
        assert isinstance(value, bytes)
        return _LENGTH.pack(len(value)) + value

    def take(self, data: bytes, offset: int) -> tuple[bytes, int]:
        (length,) = _LENGTH.unpack_from(data, offset)
        offset += _LENGTH.size
        end = offset + length
        if end > len(data):
            raise Unreadable("it ends too early")
        return data[offset:end], end


_OCTETS: Final = Octets()


class Name:
    """A string, whatever octets it was made of."""

    def put(self, value: object) -> bytes:
        assert isinstance(value, str)
        return _OCTETS.put(octets(value))

    def take(self, data: bytes, offset: int) -> tuple[str, int]:
        found, offset = _OCTETS.take(data, offset)
        return text(found), offset


class Number:
    """Of 64 bits, without a sign."""

    def put(self, value: object) -> bytes:
        assert isinstance(value, int)
        return _NUMBER.pack(value)

    def take(self, data: bytes, offset: int) -> tuple[int, int]:
        (value,) = _NUMBER.unpack_from(data, offset)
        return value, offset + _NUMBER.size


class Flag:
    """Yes or no."""

    def put(self, value: object) -> bytes:
        assert isinstance(value, bool)
        return bytes([value])

    def take(self, data: bytes, offset: int) -> tuple[bool, int]:
        return bool(data[offset]), offset + 1


class Arguments:
    """A table, with the exact types of its values."""

    def put(self, value: object) -> bytes:
        assert isinstance(value, Mapping)
        return encode_table(value)

    def take(self, data: bytes, offset: int) -> tuple[object, int]:
        return decode_table(data, offset)


class Json:
    """What JSON can say; mappings become dicts."""

    def put(self, value: object) -> bytes:
        plain = dict(value) if isinstance(value, Mapping) else value
        return _OCTETS.put(json.dumps(plain).encode())

    def take(self, data: bytes, offset: int) -> tuple[object, int]:
        found, offset = _OCTETS.take(data, offset)
        return json.loads(found), offset


@dataclass(frozen=True, slots=True)
class Words:
    """Strings; a frozenset in the order of the alphabet, so that equal sets are equal octets."""

    kind: type[tuple[str, ...]] | type[frozenset[str]]

    def put(self, value: object) -> bytes:
        assert isinstance(value, self.kind)
        row = value if isinstance(value, tuple) else sorted(value)
        return _LENGTH.pack(len(row)) + b"".join(map(_NAME.put, row))

    def take(self, data: bytes, offset: int) -> tuple[object, int]:
        (count,) = _LENGTH.unpack_from(data, offset)
        offset += _LENGTH.size
        row = []
        for _ in range(count):
            word, offset = _NAME.take(data, offset)
            row.append(word)
        return self.kind(row), offset


class NameOrNone:
    """A string, or that there is none."""

    def put(self, value: object) -> bytes:
        return b"\0" if value is None else b"\1" + _NAME.put(value)

    def take(self, data: bytes, offset: int) -> tuple[str | None, int]:
        return (None, offset + 1) if data[offset] == 0 else _NAME.take(data, offset + 1)


class Shape:
    """A class and its fields, in their order."""

    def __init__(self, kind: type, *row: Field) -> None:
        self.kind = kind
        self._row = tuple(zip((each.name for each in fields(kind)), row, strict=True))

    def put(self, value: object) -> bytes:
        return b"".join(field.put(getattr(value, name)) for name, field in self._row)

    def take(self, data: bytes, offset: int) -> tuple[object, int]:
        values = []
        for _name, field in self._row:
            value, offset = field.take(data, offset)
            values.append(value)
        return self.kind(*values), offset


_NAME: Final = Name()
_NUMBER_FIELD: Final = Number()
_FLAG: Final = Flag()
_TABLE: Final = Arguments()
_JSON: Final = Json()
_SET: Final = Words(frozenset)
_ROW: Final = Words(tuple)

_METADATA: Final = Shape(VhostMetadata, _NAME, _ROW, NameOrNone())
_PERMISSION: Final = Shape(Permission, _NAME, _NAME, _NAME)
_TOPICS: Final = Shape(TopicPermission, _NAME, _NAME)
_EXCHANGE: Final = Shape(ExchangeOptions, _FLAG, _FLAG, _FLAG, _TABLE)
_QUEUE: Final = Shape(QueueOptions, _FLAG, _FLAG, _FLAG, _TABLE)
_OUTLINE: Final = Shape(Outline, *[_NUMBER_FIELD] * 5)
_BINDING: Final[tuple[Field, ...]] = (*[_NAME] * 5, _TABLE)
_OF_STREAM: Final[tuple[Field, ...]] = (_NUMBER_FIELD, _NAME, _NAME)

SHAPES: Final[Mapping[int, Shape]] = {
    1: Shape(VhostAdded, _NAME),
    2: Shape(VhostDescribed, _NAME, _METADATA),
    3: Shape(VhostRemoved, _NAME),
    4: Shape(UserSet, _NAME, _OCTETS, _SET, _NAME),
    5: Shape(UserRemoved, _NAME),
    6: Shape(UserLimitsSet, _NAME, _JSON),
    7: Shape(PermissionSet, _NAME, _NAME, _PERMISSION),
    8: Shape(PermissionCleared, _NAME, _NAME),
    9: Shape(TopicPermissionSet, _NAME, _NAME, _NAME, _TOPICS),
    10: Shape(TopicPermissionCleared, _NAME, _NAME, _NAME),
    11: Shape(ParameterSet, _NAME, _NAME, _NAME, _JSON),
    12: Shape(ParameterCleared, _NAME, _NAME, _NAME),
    13: Shape(GlobalParameterSet, _NAME, _JSON),
    14: Shape(GlobalParameterCleared, _NAME),
    15: Shape(ExchangeDeclared, _NAME, _NAME, _NAME, _EXCHANGE, _NUMBER_FIELD),
    16: Shape(ExchangeDeleted, _NAME, _NAME),
    17: Shape(QueueDeclared, _NUMBER_FIELD, _NAME, _NAME, _QUEUE),
    18: Shape(QueueDeleted, _NUMBER_FIELD, _NAME, _NAME),
    19: Shape(StreamGrew, *_OF_STREAM, _OUTLINE),
    20: Shape(StreamCut, *_OF_STREAM, _NUMBER_FIELD, _NUMBER_FIELD),
    21: Shape(Bound, *_BINDING),
    22: Shape(Unbound, *_BINDING),
    23: Shape(QueueHoused, _NAME, _NAME, _NAME, _NAME, _ROW),
    24: Shape(RollSet, _OCTETS),
}
_TAGS: Final = {shape.kind: tag for tag, shape in SHAPES.items()}


def encode_batch(ordinal: int, changes: Sequence[SharedChange]) -> bytes:
    """ordinal: which of its log's batches it is."""
    return _HEAD.pack(VERSION, ordinal) + b"".join(map(encode, changes))


def decode_batch(data: bytes) -> tuple[int, list[SharedChange]]:
    """Ordinal and changes. Raises Unreadable."""
    ordinal = ordinal_of(data)
    offset, found = _HEAD.size, []
    while offset < len(data):
        change, offset = _decode(data, offset)
        found.append(change)
    return ordinal, found


def encode_mark(ordinal: int, word: str = "") -> bytes:
    """A batch that says a word instead of changes."""
    return _HEAD.pack(VERSION, ordinal) + octets(word)


def decode_mark(data: bytes) -> tuple[int, str]:
    """Ordinal and word. Raises Unreadable."""
    return ordinal_of(data), text(data[_HEAD.size :])


def ordinal_of(data: bytes) -> int:
    """Raises Unreadable."""
    if len(data) < _HEAD.size:
        raise Unreadable("it ends too early")
    version, ordinal = _HEAD.unpack_from(data)
    if version != VERSION:
        raise Unreadable(f"it is of version {version}, and {VERSION} is known")
    return int(ordinal)


def encode(change: SharedChange) -> bytes:
    """One change, tag and all."""
    tag = _TAGS[type(change)]
    return bytes([tag]) + SHAPES[tag].put(change)


def _decode(data: bytes, offset: int) -> tuple[SharedChange, int]:
    shape = SHAPES.get(data[offset])
    if shape is None:
        raise Unreadable(f"there is no change of tag {data[offset]}")
    try:
        change, offset = shape.take(data, offset + 1)
    except (struct.error, IndexError, ValueError, MalformedFrame) as error:
        raise Unreadable(f"a {shape.kind.__name__} is damaged: {error}") from error
    return change, offset  # type: ignore[return-value]  # SHAPES holds nothing but changes
