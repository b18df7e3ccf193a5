"""The directory of a node's files: claimed by one node at a time.

    node.lock   held (flock) as long as the node lives; the kernel lets go when it dies
    node.pid    the process, one line
    node.json   written once the node accepts connections: its name, pid and addresses

Rule: whoever does not hold node.lock writes nothing here. The lock file itself is never deleted,
or a second node could lock a file that a third no longer sees.
"""

import dataclasses
import fcntl
import json
import os
from collections.abc import Sequence
from pathlib import Path

from leveret.config import Listener, Listening
from leveret.errors import StartRefused

LOG_FILE = "leveret.log"


class DataDirectory:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.pid_file = path / "node.pid"
        self.report_file = path / "node.json"
        self._lock: int | None = None

    def prepare(self) -> None:
        """Make the directory, readable by its owner only."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error

    def claim(self) -> None:
        """Keep every other node out until release()."""
        self.prepare()
        try:
            lock = os.open(self.path / "node.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unusable(error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.report_file.unlink(missing_ok=True)
            self.pid_file.write_text(f"{os.getpid()}\n")
        except BlockingIOError as error:
            os.close(lock)
            raise StartRefused(self._taken()) from error
        except OSError as error:
            os.close(lock)
            raise self._unusable(error) from error
        self._lock = lock

    def is_in_use(self) -> bool:
        """Whether somebody has claimed it. Leaves it as it is."""
        try:
            lock = os.open(self.path / "node.lock", os.O_RDONLY)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._unusable(error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    def holder(self) -> int | None:
        """The process of whoever claimed it, as far as it says so."""
        try:
            return int(self.pid_file.read_text())
        except (OSError, ValueError):
            return None

    def report(
        self, node: str, addresses: Sequence[Listener], listening: Sequence[Listening]
    ) -> None:
        """Say where the node listens, for whoever started it in the background.

        addresses: where it speaks AMQP. listening: everything it listens on.
        """
        told = {
            "node": node,
            "pid": os.getpid(),
            "listeners": [dataclasses.asdict(each) for each in addresses],
            "listening": [dataclasses.asdict(each) for each in listening],
        }
        draft = self.path / "node.json.new"
        try:
            draft.write_text(json.dumps(told) + "\n")
            draft.replace(self.report_file)
        except OSError as error:
            raise self._unusable(error) from error

    def release(self) -> None:
        if self._lock is None:
            return
        self.report_file.unlink(missing_ok=True)
        self.pid_file.unlink(missing_ok=True)
        os.close(self._lock)
        self._lock = None

    def _unusable(self, error: OSError) -> StartRefused:
        where = error.filename or self.path
        return StartRefused(f"cannot use the data directory {where}: {error.strerror or error}")

    def _taken(self) -> str:
        pid = self.holder()
        holder = "" if pid is None else f" (process {pid})"
        return (
            f"another node{holder} is using the data directory {self.path}: "
            "stop it, or choose another with --data-dir or --node"
        )
