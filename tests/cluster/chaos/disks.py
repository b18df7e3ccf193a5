"""A disk of a node's own, small enough to be full in a moment.

It is memory (tmpfs): what is full is told as on a disk, and what was written outlives the process;
nothing is said by it of power failures. Needs root.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.cluster.chaos.places import run

SIZE_MIB = 512
BALLAST = "ballast"


class Disk:
    """Mounted at a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._ballast = directory / BALLAST

    def mount(self, size_mib: int = SIZE_MIB) -> None:
        self.directory.mkdir(exist_ok=True)
        run("mount", "-t", "tmpfs", "-o", f"size={size_mib}m", "chaos", str(self.directory))

    def unmount(self) -> None:
        """Also when somebody still has a file open there: it goes when that is closed."""
        run("umount", "--lazy", str(self.directory), check=False)

    def fill(self) -> None:
        """To the last octet."""
        chunk = b"x" * 65536
        with self._ballast.open("ab", buffering=0) as ballast:
            with contextlib.suppress(OSError):
                while True:
                    ballast.write(chunk)
            with contextlib.suppress(OSError):
                while True:
                    ballast.write(b"x")

    def empty(self) -> None:
        self._ballast.unlink(missing_ok=True)


@contextlib.contextmanager
def mounted(directory: Path, size_mib: int = SIZE_MIB) -> Iterator[Disk]:
    disk = Disk(directory)
    disk.mount(size_mib)
    try:
        yield disk
    finally:
        disk.unmount()
