"""A disk to look at: what is done to it is only pretended.

A start repairs as it reads: it cuts a torn tail, removes what a crash has left half made. Looked
at through this disk, a directory shows what a start would make of it, and not one octet changes.

Rule: a file has the size it had when it was opened, also when a node is appending to it meanwhile.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from leveret.storage.disk import File


# Stands for the descriptor of a closed file: the number itself may be another's by then.
_CLOSED: Final = -1


class ReadOnlyFile:
    """A file of the operating system, opened for reading."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._name = str(path)
        self.size = os.fstat(self._descriptor).st_size

    def append(self, pieces: Sequence[bytes]) -> None:  # noqa: ARG002  # the port's
        _refuse(self._name)

    def commit(self, pieces: Sequence[bytes]) -> None:  # noqa: ARG002  # the port's
        _refuse(self._name)

    def sync(self) -> None:
        """Nothing was written."""

    def read(self, offset: int, size: int) -> bytes:
        return os.pread(self._descriptor, max(0, min(size, self.size - offset)), offset)

    def truncate(self, size: int) -> None:
        self.size = size

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, _CLOSED
        if descriptor != _CLOSED:
            os.close(descriptor)


class ReadOnlyDisk:
    """A directory of the operating system; one that is not there is empty."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._removed: set[str] = set()
        self._files: list[ReadOnlyFile] = []

    def names(self) -> list[str]:
        try:
            names = os.listdir(self.path)
        except FileNotFoundError:
            return []
        return sorted(set(names) - self._removed)

    def create(self, name: str) -> File:
        _refuse(str(self.path / name))

    def open(self, name: str) -> File:
        file = ReadOnlyFile(self.path / name)
        self._files.append(file)
        return file

    def rename(self, name: str, new_name: str) -> None:  # noqa: ARG002  # the port's
        _refuse(str(self.path / name))

    def remove(self, name: str) -> None:
        self._removed.add(name)

    def sync(self) -> None:
        """Nothing was done."""

    def close(self) -> None:
        """Close every file that was opened."""
        for file in self._files:
            file.close()


def _refuse(name: str) -> NoReturn:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS), name)
