"""The catalogue's tables, and the way from every earlier version of them to this one.

A file says its version in `PRAGMA user_version`. A later schema is one more step of the ladder;
what an earlier step did is never changed, as files were made with it
(tests/storage/golden holds one of each version).

Names, keys and patterns are TEXT whose octets need not be UTF-8, as AMQP's need not. `arguments`
and `tags` are AMQP field tables, so that each value keeps its exact type; `limits`, `metadata` and
`value` are JSON, as people wrote it. Durable is everything in
here, exclusive nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

# "LVRT": what tells our file from any other SQLite database.
APPLICATION_ID: Final = 0x4C565254

_VERSION_1: Final = (
    "CREATE TABLE vhost (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    """CREATE TABLE user (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        password_hash BLOB NOT NULL,
        tags BLOB NOT NULL)""",
    """CREATE TABLE permission (
        id INTEGER PRIMARY KEY,
        user TEXT NOT NULL,
        vhost TEXT NOT NULL,
        configure TEXT NOT NULL,
        write TEXT NOT NULL,
        read TEXT NOT NULL,
        UNIQUE (user, vhost))""",
    """CREATE TABLE exchange (
        id INTEGER PRIMARY KEY,
        vhost TEXT NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        auto_delete INTEGER NOT NULL,
        internal INTEGER NOT NULL,
        arguments BLOB NOT NULL,
        UNIQUE (vhost, name))""",
    # AUTOINCREMENT: SQLite remembers the highest number there ever was, in sqlite_sequence.
    """CREATE TABLE queue (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        vhost TEXT NOT NULL,
        name TEXT NOT NULL,
        auto_delete INTEGER NOT NULL,
        arguments BLOB NOT NULL,
        UNIQUE (vhost, name))""",
    # fingerprint: the arguments in the order of their names; part of what a binding is.
    """CREATE TABLE binding (
        id INTEGER PRIMARY KEY,
        vhost TEXT NOT NULL,
        source TEXT NOT NULL,
        destination_kind TEXT NOT NULL,
        destination TEXT NOT NULL,
        routing_key TEXT NOT NULL,
        fingerprint BLOB NOT NULL,
        arguments BLOB NOT NULL,
        UNIQUE (vhost, source, destination_kind, destination, routing_key, fingerprint))""",
    "CREATE INDEX binding_to ON binding (vhost, destination_kind, destination)",
)


def _to_version_1(connection: sqlite3.Connection) -> None:
    for statement in _VERSION_1:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


_VERSION_2: Final = (
    """ALTER TABLE user ADD COLUMN
        hashing_algorithm TEXT NOT NULL DEFAULT 'rabbit_password_hashing_sha256'""",
    """CREATE TABLE topic_permission (
        id INTEGER PRIMARY KEY,
        user TEXT NOT NULL,
        vhost TEXT NOT NULL,
        exchange TEXT NOT NULL,
        write TEXT NOT NULL,
        read TEXT NOT NULL,
        UNIQUE (user, vhost, exchange))""",
    # Of a delayed exchange: what the message log knows it by, as it knows a queue.
    "ALTER TABLE exchange ADD COLUMN number INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE user ADD COLUMN limits TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE vhost ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}'",
    """CREATE TABLE parameter (
        id INTEGER PRIMARY KEY,
        component TEXT NOT NULL,
        vhost TEXT NOT NULL,
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        UNIQUE (component, vhost, name))""",
    """CREATE TABLE global_parameter (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        value TEXT NOT NULL)""",
    # queue: a stream's number. What a block says: see broker/streams/outline.py.
    """CREATE TABLE stream_block (
        id INTEGER PRIMARY KEY,
        queue INTEGER NOT NULL,
        first_offset INTEGER NOT NULL,
        last_position INTEGER NOT NULL,
        count INTEGER NOT NULL,
        octets INTEGER NOT NULL,
        last_ms INTEGER NOT NULL,
        UNIQUE (queue, first_offset))""",
    """CREATE TABLE stream_start (
        queue INTEGER PRIMARY KEY,
        first_offset INTEGER NOT NULL,
        first_position INTEGER NOT NULL)""",
)


def _to_version_2(connection: sqlite3.Connection) -> None:
    for statement in _VERSION_2:
        connection.execute(statement)


# Step n leads from version n to version n + 1.
LADDER: Final[tuple[Callable[[sqlite3.Connection], None], ...]] = (
    _to_version_1,
    _to_version_2,
)
VERSION: Final = len(LADDER)


class Foreign(Exception):
    """The database is not a catalogue of ours, or not one that this version knows."""


def bring_forward(connection: sqlite3.Connection) -> None:
    """Make the tables, or bring older ones to this version: all the way or not at all.

    Raises Foreign, before anything is changed, and sqlite3.Error.
    """
    version = _version(connection)
    if version == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in LADDER[version:]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if version == 0 and not tables:
        return 0
    if application != APPLICATION_ID:
        raise Foreign("is a database of another program")
    if not 1 <= version <= VERSION:
        raise Foreign(f"has schema version {version}, and this Leveret reads up to {VERSION}")
    return int(version)
