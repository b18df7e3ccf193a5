"""The catalogue in a file: vhosts, users, permissions, durable exchanges, queues and bindings.

One SQLite database, metadata.sqlite: small, seldom written, and readable by any tool. What is in
it is in schema.py, how changes get there in rows.py.

Rule: a file that this version can't vouch for is refused and left as it is.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from leveret.errors import StartRefused
from leveret.storage import rows, schema
from leveret.wire.codes import MalformedFrame

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from leveret.broker.changes import Change

# How long to wait for another program that holds a lock on the file (a backup, a curious person).
_LOCK_S: Final = 1.0

_ADVICE: Final = "restore it from a backup, or choose another directory with --data-dir"
_ERRNO_OF: Final = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_BUSY: errno.EBUSY,
    sqlite3.SQLITE_READONLY: errno.EROFS,
}


class CatalogueFile:
    """An open catalogue, made if need be.

    is_synced: what is written survives a power cut, not only the end of the process.

    `write` may be called in any thread, but nothing in two at once.
    """

    def __init__(self, path: Path, *, is_synced: bool = True) -> None:
        """Raises StartRefused."""
        self.path = path
        with _refusing(path):
            is_new = _make_private(path)
            self._connection = sqlite3.connect(
                path, timeout=_LOCK_S, isolation_level=None, check_same_thread=False
            )
            try:
                self._open(is_synced=is_synced)
            except BaseException:
                self._connection.close()
                raise
            if is_new:
                _sync_directory(path.parent)

    def _open(self, *, is_synced: bool) -> None:
        schema.bring_forward(self._connection)
        (verdict,) = self._connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            # Its last line says what; a start is refused in one.
            raise sqlite3.DatabaseError(verdict.splitlines()[-1])
        self._connection.execute("PRAGMA journal_mode = WAL")
        # FULL: a commit is one fsync of the write-ahead log. NORMAL: the system writes it some day.
        self._connection.execute(f"PRAGMA synchronous = {'FULL' if is_synced else 'NORMAL'}")

    @property
    def last_queue_number(self) -> int:
        """The highest that was given to any queue, also one that is long gone, or to an exchange
        that is there; 0 for none. An exchange that has gone lives on in the log, if anywhere."""
        query = """
            SELECT max(
                coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'queue'), 0),
                coalesce((SELECT max(number) FROM exchange), 0))
        """
        (last,) = self._connection.execute(query).fetchone()
        return int(last)

    def load(self) -> list[Change]:
        """All that is kept, in an order in which it can be applied. Raises StartRefused."""
        with _refusing(self.path):
            return list(rows.changes(self._connection))

    def write(self, changes: Sequence[Change]) -> None:
        """Return once all of them are safe. Raises OSError: then write them again, all."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for change in changes:
                for statement, fields in rows.statements(change):
                    self._connection.execute(statement, fields)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            # After most errors SQLite has rolled back by itself.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise _as_os_error(error, self.path) from error

    def close(self) -> None:
        self._connection.close()


def read_catalogue(path: Path) -> list[Change]:
    """What a file holds, without changing it or making one. Raises StartRefused."""
    with _refusing(path):
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with (
            closing(sqlite3.connect(uri, uri=True, timeout=_LOCK_S)) as file,
            closing(sqlite3.connect(":memory:", isolation_level=None)) as copy,
        ):
            file.backup(copy)
            schema.bring_forward(copy)
            return list(rows.changes(copy))


def _make_private(path: Path) -> bool:
    """It holds password hashes: for its owner's eyes only. True when it was not there."""
    is_new = not path.exists()
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    return is_new


def _sync_directory(path: Path) -> None:
    """The file's name is safe too."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except schema.Foreign as error:
        raise StartRefused(f"the catalogue {path} {error}: {_ADVICE}") from error
    except OSError as error:
        reason = error.strerror or error
        raise StartRefused(f"cannot use the catalogue {path}: {reason}") from error
    except sqlite3.OperationalError as error:
        raise StartRefused(f"cannot use the catalogue {path}: {error}") from error
    except (sqlite3.Error, MalformedFrame) as error:
        raise StartRefused(f"the catalogue {path} is damaged ({error}): {_ADVICE}") from error


def _as_os_error(error: sqlite3.Error, path: Path) -> OSError:
    # The lower octet is the primary result code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_IOERR) & 0xFF
    return OSError(_ERRNO_OF.get(code, errno.EIO), str(error), str(path))
