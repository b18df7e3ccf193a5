"""Saving the rows that can be read of a damaged catalogue.

SQLite keeps rows in pages, and a page that is damaged hides its own rows only. They are copied to a
new file by ranges of their keys; where a range can't be read its halves are tried.

Rule: the damaged file is kept beside before the new one takes its name, and no waiting message is
given up because the name of its queue is lost.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from leveret.errors import StartRefused
from leveret.storage import schema
from leveret.storage.catalogue import CatalogueFile
from leveret.storage.salvage import DAMAGED

if TYPE_CHECKING:
    from collections.abc import Collection

# Each with its key, by which SQLite finds a row.
_TABLES: Final = {
    "vhost": "id",
    "user": "id",
    "permission": "id",
    "topic_permission": "id",
    "parameter": "id",
    "global_parameter": "id",
    "exchange": "id",
    "queue": "number",
    "binding": "id",
    "stream_block": "id",
    "stream_start": "queue",
}
# What SQLite may have beside a database.
_BESIDE: Final = ("-wal", "-shm")
# When not even the greatest key can be read.
_KEY_GUESSED: Final = 1 << 20
# A page hides some hundred rows, and each costs two readings in vain.
_FAILURES_MAX: Final = 10_000

# A row that names what is lost would stop the start. The predeclared exchanges are in no table.
_MEND: Final = (
    """INSERT OR IGNORE INTO vhost (name)
       SELECT vhost FROM exchange UNION SELECT vhost FROM queue""",
    "DELETE FROM stream_block WHERE queue NOT IN (SELECT number FROM queue)",
    "DELETE FROM stream_start WHERE queue NOT IN (SELECT number FROM queue)",
    "DELETE FROM permission WHERE user NOT IN (SELECT name FROM user)",
    "DELETE FROM topic_permission WHERE user NOT IN (SELECT name FROM user)",
    "DELETE FROM parameter WHERE vhost NOT IN (SELECT name FROM vhost)",
    "DELETE FROM binding WHERE vhost NOT IN (SELECT name FROM vhost)",
    """DELETE FROM binding WHERE destination_kind = 'queue' AND NOT EXISTS (
       SELECT 1 FROM queue WHERE queue.vhost = binding.vhost AND name = destination)""",
    """DELETE FROM binding WHERE destination_kind = 'exchange' AND destination NOT LIKE 'amq.%'
       AND NOT EXISTS (
       SELECT 1 FROM exchange WHERE exchange.vhost = binding.vhost AND name = destination)""",
    """DELETE FROM binding WHERE source NOT LIKE 'amq.%' AND NOT EXISTS (
       SELECT 1 FROM exchange WHERE exchange.vhost = binding.vhost AND name = source)""",
)
_NAME: Final = """
    INSERT OR IGNORE INTO queue (number, vhost, name, auto_delete, arguments)
    SELECT ?, name, ?, 0, ? FROM vhost ORDER BY id LIMIT 1
"""
_NO_ARGUMENTS: Final = bytes(4)


class Unrescuable(Exception):
    """Nothing is to be had of it."""


@dataclass(slots=True)
class Rescued:
    """rows: that were saved, by table. damaged: tables of which some could not be read.

    named: queues whose names were lost, by those they have now. kept_as: the damaged files.
    """

    rows: dict[str, int] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    kept_as: list[str] = field(default_factory=list)


def rescue(path: Path, numbers: Collection[int]) -> Rescued:
    """Put a sound catalogue in the place of a damaged one. Raises Unrescuable, when nothing was
    changed, and OSError.

    numbers: queues for which messages wait.
    """
    draft = path.with_name(path.name + ".new")
    rescued = Rescued()
    try:
        _make(draft, path, rescued, numbers)
        _keep(path, rescued)
        for ending in _BESIDE:
            path.with_name(path.name + ending).unlink(missing_ok=True)
        draft.replace(path)
    except (sqlite3.Error, StartRefused) as error:
        raise Unrescuable(f"what is left of it makes no catalogue ({error})") from error
    finally:
        for ending in ("", *_BESIDE):
            draft.with_name(draft.name + ending).unlink(missing_ok=True)
    _sync(path.parent)
    return rescued


def _make(draft: Path, path: Path, rescued: Rescued, numbers: Collection[int]) -> None:
    draft.unlink(missing_ok=True)
    CatalogueFile(draft).close()
    with tempfile.TemporaryDirectory(prefix="leveret-") as directory:
        copy = Path(directory) / path.name
        for ending in ("", "-wal"):
            original = path.with_name(path.name + ending)
            if original.exists():
                shutil.copyfile(original, copy.with_name(original.name))
        with closing(sqlite3.connect(draft, isolation_level=None)) as file:
            file.execute("PRAGMA synchronous = OFF")
            file.execute("ATTACH ? AS damaged", (str(copy),))
            _fill(file, rescued, numbers)
    with closing(CatalogueFile(draft)) as made:
        made.load()
    _sync(draft)


def _fill(file: sqlite3.Connection, rescued: Rescued, numbers: Collection[int]) -> None:
    (version,) = file.execute("PRAGMA damaged.user_version").fetchone()
    (application,) = file.execute("PRAGMA damaged.application_id").fetchone()
    if (version, application) != (schema.VERSION, schema.APPLICATION_ID):
        raise Unrescuable("it does not say that it is a catalogue of this version")
    for table, key in _TABLES.items():
        if not _copy(file, table, key):
            rescued.damaged.append(table)
    for statement in _MEND if rescued.damaged else ():
        file.execute(statement)
    if {"queue", "exchange"}.intersection(rescued.damaged):
        _name_queues(file, rescued, numbers)
    for table in _TABLES:
        count = file.execute(f"SELECT count(*) FROM main.{table}")  # noqa: S608  # our own names
        (rescued.rows[table],) = count.fetchone()
    if not rescued.rows["user"]:
        raise Unrescuable("no user in it can be read, so nobody could log in")


def _copy(file: sqlite3.Connection, table: str, key: str) -> bool:
    """The rows of a table; whether all could be read."""
    try:
        (last,) = file.execute(f"SELECT max({key}) FROM damaged.{table}").fetchone()  # noqa: S608
        is_whole = True
    except sqlite3.Error:
        last, is_whole = _KEY_GUESSED, False
    statement = (
        f"INSERT OR IGNORE INTO main.{table} SELECT * FROM damaged.{table} "  # noqa: S608
        f"WHERE {key} BETWEEN ? AND ?"
    )
    # The lowest keys first: where the last page is damaged, the rest is saved by then.
    ranges, failures = [(0, last or 0)], 0
    while ranges and failures < _FAILURES_MAX:
        first, last = ranges.pop()
        try:
            file.execute(statement, (first, last))
        except sqlite3.Error:
            is_whole = False
            failures += 1
            middle = (first + last) // 2
            if first < last:
                ranges += [(middle + 1, last), (first, middle)]
    return is_whole


def _name_queues(file: sqlite3.Connection, rescued: Rescued, numbers: Collection[int]) -> None:
    query = "SELECT number FROM main.queue UNION SELECT number FROM main.exchange"
    known = {number for (number,) in file.execute(query)}
    for number in sorted(set(numbers) - known):
        name = f"recovered-{number}"
        file.execute(_NAME, (number, name, _NO_ARGUMENTS))
        rescued.named.append(name)


def _keep(path: Path, rescued: Rescued) -> None:
    """Copies of the damaged files, safe before anything happens to the names."""
    number, kept = 1, path.with_name(path.name + DAMAGED)
    while kept.exists():
        number += 1
        kept = path.with_name(f"{path.name}{DAMAGED}-{number}")
    for ending in ("", "-wal"):
        original = path.with_name(path.name + ending)
        if original.exists():
            copy = kept.with_name(kept.name + ending)
            shutil.copyfile(original, copy)
            copy.chmod(0o600)
            _sync(copy)
            rescued.kept_as.append(copy.name)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
