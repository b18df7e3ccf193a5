"""Changes of the catalogue as statements of SQL, and rows as changes.

Rule: what has happened may be written again and nothing comes of it: after a failed commit nobody
knows whether the disk has it, and the whole batch is tried once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from leveret.broker.bindings import fingerprint
from leveret.broker.changes import (
    Bound,
    ExchangeDeclared,
    ExchangeDeleted,
    PermissionCleared,
    PermissionSet,
    QueueDeclared,
    QueueDeleted,
    Unbound,
    UserRemoved,
    UserSet,
    VhostAdded,
    VhostRemoved,
)
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.permissions import Permission
from leveret.broker.queues.queue import QueueOptions
from leveret.wire.values import decode_table, encode_table, octets, text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from leveret.broker.changes import Change
    from leveret.wire.values import Table

Field: TypeAlias = bytes | str | int
Statement: TypeAlias = tuple[str, tuple[Field, ...]]

_NO_FIELDS: Final = encode_table({})

_SET_USER: Final = """
    INSERT INTO user (name, password_hash, tags) VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash, tags = excluded.tags
"""
_SET_PERMISSION: Final = """
    INSERT INTO permission (user, vhost, configure, write, read) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (user, vhost) DO UPDATE
    SET configure = excluded.configure, write = excluded.write, read = excluded.read
"""
_DECLARE_EXCHANGE: Final = """
    INSERT OR IGNORE INTO exchange (vhost, name, kind, auto_delete, internal, arguments)
    VALUES (?, ?, ?, ?, ?, ?)
"""
_DECLARE_QUEUE: Final = """
    INSERT OR IGNORE INTO queue (number, vhost, name, auto_delete, arguments)
    VALUES (?, ?, ?, ?, ?)
"""
_BIND: Final = """
    INSERT OR IGNORE INTO binding
    (vhost, source, destination_kind, destination, routing_key, fingerprint, arguments)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_UNBIND: Final = """
    DELETE FROM binding WHERE vhost = ? AND source = ? AND destination_kind = ?
    AND destination = ? AND routing_key = ? AND fingerprint = ?
"""
_UNBIND_ARRIVING: Final = """
    DELETE FROM binding WHERE vhost = ? AND destination_kind = ? AND destination = ?
"""
_UNBIND_LEAVING: Final = "DELETE FROM binding WHERE vhost = ? AND source = ?"


def statements(change: Change) -> Iterator[Statement]:
    """What makes a change part of the tables."""
    match change:
        case VhostAdded():
            yield "INSERT OR IGNORE INTO vhost (name) VALUES (?)", (octets(change.name),)
        case VhostRemoved():
            name = octets(change.name)
            yield "DELETE FROM vhost WHERE name = ?", (name,)
            for table in ("permission", "exchange", "queue", "binding"):
                yield f"DELETE FROM {table} WHERE vhost = ?", (name,)  # noqa: S608  # our own names
        case UserSet():
            tags = encode_table({"tags": sorted(change.tags)})
            yield _SET_USER, (octets(change.name), change.password_hash, tags)
        case UserRemoved():
            name = octets(change.name)
            yield "DELETE FROM user WHERE name = ?", (name,)
            yield "DELETE FROM permission WHERE user = ?", (name,)
        case PermissionSet():
            granted = change.permission
            patterns = map(octets, (granted.configure, granted.write, granted.read))
            yield _SET_PERMISSION, (octets(change.user), octets(change.vhost), *patterns)
        case PermissionCleared():
            names = (octets(change.user), octets(change.vhost))
            yield "DELETE FROM permission WHERE user = ? AND vhost = ?", names
        case _:
            yield from _statements_in(octets(change.vhost), change)


def _statements_in(
    vhost: bytes,
    change: ExchangeDeclared | ExchangeDeleted | QueueDeclared | QueueDeleted | Bound | Unbound,
) -> Iterator[Statement]:
    match change:
        case ExchangeDeclared():
            options = change.options
            flags = (options.auto_delete, options.internal)
            fields = (octets(change.name), change.kind, *flags, encode_table(options.arguments))
            yield _DECLARE_EXCHANGE, (vhost, *fields)
        case ExchangeDeleted():
            name = octets(change.name)
            yield "DELETE FROM exchange WHERE vhost = ? AND name = ?", (vhost, name)
            yield _UNBIND_LEAVING, (vhost, name)
            yield _UNBIND_ARRIVING, (vhost, "exchange", name)
        case QueueDeclared():
            table = encode_table(change.options.arguments)
            name = octets(change.name)
            yield _DECLARE_QUEUE, (change.number, vhost, name, change.options.auto_delete, table)
        case QueueDeleted():
            yield "DELETE FROM queue WHERE number = ?", (change.number,)
            yield _UNBIND_ARRIVING, (vhost, "queue", octets(change.name))
        case Bound():
            yield _BIND, (vhost, *_binding_key(change), encode_table(change.arguments))
        case _:
            yield _UNBIND, (vhost, *_binding_key(change))


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
    for (name,) in connection.execute("SELECT name FROM vhost ORDER BY id"):
        yield VhostAdded(text(name))
    rows = connection.execute("SELECT name, password_hash, tags FROM user ORDER BY id")
    for name, password_hash, tags in rows:
        yield UserSet(text(name), password_hash, _tags(tags))
    rows = connection.execute(
        "SELECT user, vhost, configure, write, read FROM permission ORDER BY id"
    )
    for user, vhost, *patterns in rows:
        yield PermissionSet(text(user), text(vhost), Permission(*map(text, patterns)))
    yield from _changes_in_vhosts(connection)


def _changes_in_vhosts(connection: sqlite3.Connection) -> Iterator[Change]:
    rows = connection.execute(
        "SELECT vhost, name, kind, auto_delete, internal, arguments FROM exchange ORDER BY id"
    )
    for vhost, name, kind, auto_delete, internal, arguments in rows:
        options = ExchangeOptions(True, bool(auto_delete), bool(internal), _table(arguments))
        yield ExchangeDeclared(text(vhost), text(name), kind, options)
    rows = connection.execute(
        "SELECT number, vhost, name, auto_delete, arguments FROM queue ORDER BY number"
    )
    for number, vhost, name, auto_delete, arguments in rows:
        queue_options = QueueOptions(True, False, bool(auto_delete), _table(arguments))
        yield QueueDeclared(number, text(vhost), text(name), queue_options)
    rows = connection.execute(
        "SELECT vhost, source, destination_kind, destination, routing_key, arguments"
        " FROM binding ORDER BY id"
    )
    for vhost, source, kind, destination, key, arguments in rows:
        ends = (text(vhost), text(source), kind, text(destination))
        yield Bound(*ends, text(key), _table(arguments))


def _table(data: bytes) -> Table:
    # Nearly all are empty, and a start may read a hundred thousand.
    return decode_table(data)[0] if data != _NO_FIELDS else {}


def _tags(data: bytes) -> frozenset[str]:
    tags = _table(data)["tags"]
    assert isinstance(tags, list)
    return frozenset(map(str, tags))
