"""Changes of the catalogue as statements of SQL, and rows as changes.

Names go in as `CAST(? AS TEXT)` of their octets: SQLite keeps them whatever they are, where it
would take a string only if it is proper Unicode.

Rule: what has happened may be written again and nothing comes of it: after a failed commit nobody
knows whether the disk has it, and the whole batch is tried once more.
"""

from __future__ import annotations

import json
from dataclasses import astuple
from itertools import repeat
from typing import TYPE_CHECKING, Final, TypeAlias

from leveret.broker.bindings import fingerprint
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
from leveret.broker.vhost_metadata import NO_METADATA, VhostMetadata
from leveret.wire.values import decode_table, encode_table, octets, text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from leveret.broker.changes import Change
    from leveret.wire.values import Table

Field: TypeAlias = bytes | str | int
Statement: TypeAlias = tuple[str, tuple[Field, ...]]

_NO_FIELDS: Final = encode_table({})
_NOTHING_SAID: Final = "{}"

_ADD_VHOST: Final = "INSERT OR IGNORE INTO vhost (name) VALUES (CAST(? AS TEXT))"
_DESCRIBE_VHOST: Final = "UPDATE vhost SET metadata = ? WHERE name = CAST(? AS TEXT)"
_REMOVE_VHOST: Final = (
    "DELETE FROM vhost WHERE name = CAST(? AS TEXT)",
    "DELETE FROM permission WHERE vhost = CAST(? AS TEXT)",
    "DELETE FROM topic_permission WHERE vhost = CAST(? AS TEXT)",
    "DELETE FROM parameter WHERE vhost = CAST(? AS TEXT)",
    "DELETE FROM exchange WHERE vhost = CAST(? AS TEXT)",
    """DELETE FROM stream_block WHERE queue IN (
       SELECT number FROM queue WHERE vhost = CAST(? AS TEXT))""",
    """DELETE FROM stream_start WHERE queue IN (
       SELECT number FROM queue WHERE vhost = CAST(? AS TEXT))""",
    "DELETE FROM queue WHERE vhost = CAST(? AS TEXT)",
    "DELETE FROM binding WHERE vhost = CAST(? AS TEXT)",
)
_SET_USER: Final = """
    INSERT INTO user (name, password_hash, tags, hashing_algorithm)
    VALUES (CAST(? AS TEXT), ?, ?, CAST(? AS TEXT))
    ON CONFLICT (name) DO UPDATE
    SET password_hash = excluded.password_hash, tags = excluded.tags,
        hashing_algorithm = excluded.hashing_algorithm
"""
_LIMIT_USER: Final = "UPDATE user SET limits = ? WHERE name = CAST(? AS TEXT)"
_REMOVE_USER: Final = (
    "DELETE FROM user WHERE name = CAST(? AS TEXT)",
    "DELETE FROM permission WHERE user = CAST(? AS TEXT)",
    "DELETE FROM topic_permission WHERE user = CAST(? AS TEXT)",
)
_SET_PERMISSION: Final = """
    INSERT INTO permission (user, vhost, configure, write, read) VALUES (
        CAST(? AS TEXT), CAST(? AS TEXT),
        CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT))
    ON CONFLICT (user, vhost) DO UPDATE
    SET configure = excluded.configure, write = excluded.write, read = excluded.read
"""
_CLEAR_PERMISSION: Final = """
    DELETE FROM permission WHERE user = CAST(? AS TEXT) AND vhost = CAST(? AS TEXT)
"""
_SET_TOPIC_PERMISSION: Final = """
    INSERT INTO topic_permission (user, vhost, exchange, write, read) VALUES (
        CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT))
    ON CONFLICT (user, vhost, exchange) DO UPDATE
    SET write = excluded.write, read = excluded.read
"""
_CLEAR_TOPIC_PERMISSION: Final = """
    DELETE FROM topic_permission
    WHERE user = CAST(? AS TEXT) AND vhost = CAST(? AS TEXT) AND exchange = CAST(? AS TEXT)
"""
_SET_PARAMETER: Final = """
    INSERT INTO parameter (component, vhost, name, value)
    VALUES (CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), ?)
    ON CONFLICT (component, vhost, name) DO UPDATE SET value = excluded.value
"""
_CLEAR_PARAMETER: Final = """
    DELETE FROM parameter
    WHERE component = CAST(? AS TEXT) AND vhost = CAST(? AS TEXT) AND name = CAST(? AS TEXT)
"""
_SET_GLOBAL_PARAMETER: Final = """
    INSERT INTO global_parameter (name, value) VALUES (CAST(? AS TEXT), ?)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""
_CLEAR_GLOBAL_PARAMETER: Final = "DELETE FROM global_parameter WHERE name = CAST(? AS TEXT)"
_DECLARE_EXCHANGE: Final = """
    INSERT OR IGNORE INTO exchange (vhost, name, kind, auto_delete, internal, arguments, number)
    VALUES (CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, ?, ?, ?)
"""
_DELETE_EXCHANGE: Final = """
    DELETE FROM exchange WHERE vhost = CAST(? AS TEXT) AND name = CAST(? AS TEXT)
"""
_DECLARE_QUEUE: Final = """
    INSERT OR IGNORE INTO queue (number, vhost, name, auto_delete, arguments)
    VALUES (?, CAST(? AS TEXT), CAST(? AS TEXT), ?, ?)
"""
_DELETE_QUEUE: Final = (
    "DELETE FROM queue WHERE number = ?",
    "DELETE FROM stream_block WHERE queue = ?",
    "DELETE FROM stream_start WHERE queue = ?",
)
_GROW_STREAM: Final = """
    INSERT OR IGNORE INTO stream_block
    (queue, first_offset, last_position, count, octets, last_ms) VALUES (?, ?, ?, ?, ?, ?)
"""
_START_STREAM: Final = """
    INSERT OR REPLACE INTO stream_start (queue, first_offset, first_position) VALUES (?, ?, ?)
"""
_CUT_STREAM: Final = "DELETE FROM stream_block WHERE queue = ? AND first_offset < ?"
_BIND: Final = """
    INSERT OR IGNORE INTO binding
    (vhost, source, destination_kind, destination, routing_key, fingerprint, arguments)
    VALUES (CAST(? AS TEXT), CAST(? AS TEXT), ?, CAST(? AS TEXT), CAST(? AS TEXT), ?, ?)
"""
_UNBIND: Final = """
    DELETE FROM binding
    WHERE vhost = CAST(? AS TEXT) AND source = CAST(? AS TEXT)
    AND destination_kind = ? AND destination = CAST(? AS TEXT)
    AND routing_key = CAST(? AS TEXT) AND fingerprint = ?
"""
_UNBIND_LEAVING: Final = """
    DELETE FROM binding WHERE vhost = CAST(? AS TEXT) AND source = CAST(? AS TEXT)
"""
_UNBIND_ARRIVING: Final = """
    DELETE FROM binding
    WHERE vhost = CAST(? AS TEXT) AND destination_kind = ? AND destination = CAST(? AS TEXT)
"""


def statements(change: Change) -> Iterator[Statement]:
    """What makes a change part of the tables."""
    match change:
        case VhostAdded():
            yield _ADD_VHOST, (octets(change.name),)
        case VhostDescribed():
            yield _DESCRIBE_VHOST, (_metadata_text(change.metadata), octets(change.name))
        case VhostRemoved():
            yield from zip(_REMOVE_VHOST, repeat((octets(change.name),)))
        case UserSet() | UserLimitsSet() | UserRemoved():
            yield from _user_statements(change)
        case (
            PermissionSet() | PermissionCleared() | TopicPermissionSet() | TopicPermissionCleared()
        ):
            yield _permission_statement(change)
        case ParameterSet() | ParameterCleared() | GlobalParameterSet() | GlobalParameterCleared():
            yield _parameter_statement(change)
        case StreamGrew() | StreamCut():
            yield from _statements_of_streams(change)
        case _:
            yield from _statements_in(octets(change.vhost), change)


def _user_statements(change: UserSet | UserLimitsSet | UserRemoved) -> Iterator[Statement]:
    match change:
        case UserSet():
            tags = encode_table({"tags": sorted(change.tags)})
            fields = (change.password_hash, tags, octets(change.hashing_algorithm))
            yield _SET_USER, (octets(change.name), *fields)
        case UserLimitsSet():
            yield _LIMIT_USER, (json.dumps(dict(change.limits)), octets(change.user))
        case _:
            yield from zip(_REMOVE_USER, repeat((octets(change.name),)))


def _permission_statement(
    change: PermissionSet | PermissionCleared | TopicPermissionSet | TopicPermissionCleared,
) -> Statement:
    place = (octets(change.user), octets(change.vhost))
    match change:
        case PermissionSet():
            granted = change.permission
            patterns = map(octets, (granted.configure, granted.write, granted.read))
            return _SET_PERMISSION, (*place, *patterns)
        case PermissionCleared():
            return _CLEAR_PERMISSION, place
        case TopicPermissionSet():
            topics = map(octets, (change.exchange, change.permission.write, change.permission.read))
            return _SET_TOPIC_PERMISSION, (*place, *topics)
        case _:
            return _CLEAR_TOPIC_PERMISSION, (*place, octets(change.exchange))


def _parameter_statement(
    change: ParameterSet | ParameterCleared | GlobalParameterSet | GlobalParameterCleared,
) -> Statement:
    name = octets(change.name)
    match change:
        case ParameterSet():
            place = (octets(change.component), octets(change.vhost), name)
            return _SET_PARAMETER, (*place, json.dumps(change.value))
        case ParameterCleared():
            return _CLEAR_PARAMETER, (octets(change.component), octets(change.vhost), name)
        case GlobalParameterSet():
            return _SET_GLOBAL_PARAMETER, (name, json.dumps(change.value))
        case _:
            return _CLEAR_GLOBAL_PARAMETER, (name,)


def _metadata_text(metadata: VhostMetadata) -> str:
    if metadata == NO_METADATA:
        return _NOTHING_SAID
    return json.dumps(
        {
            "description": metadata.description,
            "tags": metadata.tags,
            "default_queue_type": metadata.default_queue_type,
        }
    )


def _metadata(kept: str) -> VhostMetadata:
    said = json.loads(kept)
    return VhostMetadata(said["description"], tuple(said["tags"]), said["default_queue_type"])


def _statements_in(
    vhost: bytes,
    change: ExchangeDeclared | ExchangeDeleted | QueueDeclared | QueueDeleted | Bound | Unbound,
) -> Iterator[Statement]:
    match change:
        case ExchangeDeclared():
            options = change.options
            flags = (options.auto_delete, options.internal)
            fields = (octets(change.name), change.kind, *flags, encode_table(options.arguments))
            yield _DECLARE_EXCHANGE, (vhost, *fields, change.number)
        case ExchangeDeleted():
            name = octets(change.name)
            yield _DELETE_EXCHANGE, (vhost, name)
            yield _UNBIND_LEAVING, (vhost, name)
            yield _UNBIND_ARRIVING, (vhost, "exchange", name)
        case QueueDeclared():
            table = encode_table(change.options.arguments)
            name = octets(change.name)
            yield _DECLARE_QUEUE, (change.number, vhost, name, change.options.auto_delete, table)
        case QueueDeleted():
            yield from zip(_DELETE_QUEUE, repeat((change.number,)))
            yield _UNBIND_ARRIVING, (vhost, "queue", octets(change.name))
        case Bound():
            yield _BIND, (vhost, *_binding_key(change), encode_table(change.arguments))
        case _:
            yield _UNBIND, (vhost, *_binding_key(change))


def _statements_of_streams(change: StreamGrew | StreamCut) -> Iterator[Statement]:
    if isinstance(change, StreamGrew):
        yield _GROW_STREAM, (change.number, *astuple(change.block))
        return
    fields = (change.number, change.first_offset)
    yield _START_STREAM, (*fields, change.first_position)
    yield _CUT_STREAM, fields


def _binding_key(change: Bound | Unbound) -> tuple[Field, ...]:
    return (
        octets(change.source),
        change.destination_kind,
        octets(change.destination),
        octets(change.routing_key),
        fingerprint(change.arguments),
    )


def changes(connection: sqlite3.Connection) -> Iterator[Change]:
    """All rows, as the changes that lead to them. Raises sqlite3.Error and MalformedFrame."""
    connection.text_factory = text
    for name, metadata in connection.execute("SELECT name, metadata FROM vhost ORDER BY id"):
        yield VhostAdded(name)
        if metadata != _NOTHING_SAID:
            yield VhostDescribed(name, _metadata(metadata))
    yield from _users(connection)
    # Before the queues: these then follow their policies from the start.
    yield from _parameters(connection)
    yield from _changes_in_vhosts(connection)


def _users(connection: sqlite3.Connection) -> Iterator[Change]:
    rows = connection.execute(
        "SELECT name, password_hash, tags, hashing_algorithm, limits FROM user ORDER BY id"
    )
    for name, password_hash, tags, algorithm, limits in rows:
        yield UserSet(name, password_hash, _tags(tags), algorithm)
        if limits != _NOTHING_SAID:
            yield UserLimitsSet(name, json.loads(limits))
    rows = connection.execute(
        "SELECT user, vhost, configure, write, read FROM permission ORDER BY id"
    )
    for user, vhost, *patterns in rows:
        yield PermissionSet(user, vhost, Permission(*patterns))
    rows = connection.execute(
        "SELECT user, vhost, exchange, write, read FROM topic_permission ORDER BY id"
    )
    for user, vhost, exchange, *topics in rows:
        yield TopicPermissionSet(user, vhost, exchange, TopicPermission(*topics))


def _parameters(connection: sqlite3.Connection) -> Iterator[Change]:
    rows = connection.execute("SELECT component, vhost, name, value FROM parameter ORDER BY id")
    for component, vhost, name, value in rows:
        yield ParameterSet(component, vhost, name, json.loads(value))
    for name, value in connection.execute("SELECT name, value FROM global_parameter ORDER BY id"):
        yield GlobalParameterSet(name, json.loads(value))


def _changes_in_vhosts(connection: sqlite3.Connection) -> Iterator[Change]:
    rows = connection.execute(
        "SELECT vhost, name, kind, auto_delete, internal, arguments, number"
        " FROM exchange ORDER BY id"
    )
    for vhost, name, kind, auto_delete, internal, arguments, number in rows:
        options = ExchangeOptions(True, bool(auto_delete), bool(internal), _table(arguments))
        yield ExchangeDeclared(vhost, name, kind, options, number)
    rows = connection.execute(
        "SELECT number, vhost, name, auto_delete, arguments FROM queue ORDER BY number"
    )
    for number, vhost, name, auto_delete, arguments in rows:
        queue_options = QueueOptions(True, False, bool(auto_delete), _table(arguments))
        yield QueueDeclared(number, vhost, name, queue_options)
    yield from _changes_of_streams(connection)
    rows = connection.execute(
        "SELECT vhost, source, destination_kind, destination, routing_key, arguments"
        " FROM binding ORDER BY id"
    )
    for vhost, source, kind, destination, routing_key, arguments in rows:
        yield Bound(vhost, source, kind, destination, routing_key, _table(arguments))


def _changes_of_streams(connection: sqlite3.Connection) -> Iterator[Change]:
    rows = connection.execute(
        "SELECT number, vhost, name, first_offset, last_position, count, octets, last_ms"
        " FROM stream_block JOIN queue ON number = queue ORDER BY queue, first_offset"
    )
    for number, vhost, name, *outline in rows:
        yield StreamGrew(number, vhost, name, Outline(*outline))
    rows = connection.execute(
        "SELECT number, vhost, name, first_offset, first_position"
        " FROM stream_start JOIN queue ON number = queue ORDER BY queue"
    )
    for fields in rows:
        yield StreamCut(*fields)


def _table(data: bytes) -> Table:
    # Nearly all are empty, and a start may read a hundred thousand.
    return decode_table(data)[0] if data != _NO_FIELDS else {}


def _tags(data: bytes) -> frozenset[str]:
    tags = _table(data)["tags"]
    assert isinstance(tags, list)
    return frozenset(map(str, tags))
