"""The only door to the disk: what the message log needs of a file system, and no more.

Everything the log knows of files is here, so that a test can stand a disk behind it that loses
what was not synced, tears a write, or is full (tests/storage/faulty_disk.py).

What is relied on is written in README.md, "What is assumed of the file system".
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# writev takes no more pieces than this in one call (IOV_MAX on Linux and macOS).
_PIECES_MAX: Final = 1024
# A write that is on the medium when it returns, where the system has such: one call instead of two.
_AND_SYNC: Final[int] = getattr(os, "RWF_DSYNC", 0)
# What old kernels, and others that look like one, say to it.
_NO_SUCH_FLAG: Final = frozenset({errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS})
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
# Commits up to this size get room made for those that follow; larger ones cost their own octets.
_SMALL_OCTETS: Final = 64 * 1024
_ZEROS: Final = bytes(256 * 1024)
# Stands for the descriptor of a closed file: the number itself may be another's by then.
_CLOSED: Final = -1


class File(Protocol):
    """One open file."""

    @property
    def size(self) -> int:
        """Where `append` goes on."""

    def append(self, pieces: Sequence[bytes]) -> None:
        """Write the pieces at the end, all of them. Raises OSError; some may be written then."""

    def sync(self) -> None:
        """Return once what was appended is on the medium. Raises OSError."""

    def commit(self, pieces: Sequence[bytes]) -> None:
        """Append them, and return once they and all before are on the medium. Raises OSError.

        A file may have zeros behind what was committed, until it is truncated to its size.
        """

    def read(self, offset: int, size: int) -> bytes:
        """So many octets from there; fewer only at the end. Raises OSError."""

    def truncate(self, size: int) -> None:
        """Cut off what lies behind. Raises OSError."""

    def close(self) -> None:
        """Let go of the file; not a second time."""


class Disk(Protocol):
    """One directory."""

    def names(self) -> list[str]:
        """The files there, sorted. Raises OSError."""

    def create(self, name: str) -> File:
        """A new file, empty; one of that name is replaced. Raises OSError."""

    def open(self, name: str) -> File:
        """A file that is there, to read and append. Raises OSError."""

    def rename(self, name: str, new_name: str) -> None:
        """Give a file another name, in place of whichever had it. Raises OSError."""

    def remove(self, name: str) -> None:
        """Raises OSError."""

    def sync(self) -> None:
        """Return once created, renamed and removed names are on the medium. Raises OSError."""


class RealFile:
    """A file of the operating system."""

    _knows_the_flag = True

    def __init__(self, path: Path, flags: int) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | flags, 0o600)
        self.size = os.fstat(self._descriptor).st_size
        # Up to here there are octets on the disk, if only zeros.
        self._filled = self.size
        self._is_synced = True

    def append(self, pieces: Sequence[bytes]) -> None:
        self._is_synced = False
        for first in range(0, len(pieces), _PIECES_MAX):
            self._write(list(pieces[first : first + _PIECES_MAX]))

    def commit(self, pieces: Sequence[bytes]) -> None:
        octets = sum(map(len, pieces))
        if octets > _SMALL_OCTETS or len(pieces) >= _PIECES_MAX or not self._is_synced:
            self.append(pieces)
            self.sync()
            return
        start, end = self.size, self.size + octets
        # Octets that were there before need no new size and no new blocks: the file system has
        # nothing of its own to write, and syncing takes half as long.
        behind = [_ZEROS] if end > self._filled else []
        try:
            self._write_synced([*pieces, *behind])
        except OSError as error:
            if not behind or error.errno not in _NO_ROOM:
                raise
            # There is no room for those that follow; for this one there may be.
            self.size = start
            self._write_synced(list(pieces))
        self.size = end

    def _write_synced(self, pieces: list[bytes]) -> None:
        if _AND_SYNC and RealFile._knows_the_flag:
            try:
                self._write(pieces, _AND_SYNC)
            except OSError as error:
                if error.errno not in _NO_SUCH_FLAG:
                    raise
                RealFile._knows_the_flag = False
            else:
                return
        self._write(pieces)
        self.sync()

    def _write(self, pieces: list[bytes], flags: int = 0) -> None:
        written = os.pwritev(self._descriptor, pieces, self.size, flags)
        self.size += written
        self._filled = max(self._filled, self.size)
        octets = sum(map(len, pieces))
        if written < octets:
            # A short write: the rest again, so that what stopped it is raised.
            self._write([b"".join(pieces)[written:]], flags)

    def sync(self) -> None:
        # macOS has no fdatasync.
        sync = os.fdatasync if hasattr(os, "fdatasync") else os.fsync
        sync(self._descriptor)
        self._is_synced = True

    def read(self, offset: int, size: int) -> bytes:
        return os.pread(self._descriptor, size, offset)

    def truncate(self, size: int) -> None:
        os.ftruncate(self._descriptor, size)
        self.size = self._filled = size

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, _CLOSED
        if descriptor != _CLOSED:
            os.close(descriptor)


class RealDisk:
    """A directory of the operating system, made if need be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def names(self) -> list[str]:
        return sorted(os.listdir(self.path))

    def create(self, name: str) -> File:
        return RealFile(self.path / name, os.O_CREAT | os.O_TRUNC)

    def open(self, name: str) -> File:
        return RealFile(self.path / name, 0)

    def rename(self, name: str, new_name: str) -> None:
        (self.path / name).replace(self.path / new_name)

    def remove(self, name: str) -> None:
        (self.path / name).unlink()

    def sync(self) -> None:
        descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
