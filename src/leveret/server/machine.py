"""What this machine has, and what of it this process uses: memory and disk.

Rule: what a container may have counts as all there is. Every number is in octets.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

PROC: Final = Path("/proc/self")
CGROUPS: Final = Path("/sys/fs/cgroup")
PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")


class Machine:
    """The machine that this process runs on. The directories are the kernel's own."""

    def __init__(self, proc: Path = PROC, cgroups: Path = CGROUPS) -> None:
        self._proc = proc
        self._cgroups = cgroups

    def total_memory(self) -> int:
        """What there is, or what the container may have of it."""
        physical = PAGE_BYTES * os.sysconf("SC_PHYS_PAGES")
        return min([physical, *container_limits(self._proc / "cgroup", self._cgroups)])

    def resident_memory(self) -> int:
        """What this process uses; 0 where nobody says."""
        try:
            # size, resident, ...; in pages (proc(5)).
            return int((self._proc / "statm").read_bytes().split()[1]) * PAGE_BYTES
        except OSError:
            return resident_as_ps_says()

    def give_memory_back(self) -> None:
        """Let the C library return what was freed, where it keeps that for itself.

        glibc holds on to freed blocks below a living one: of 2.5 GiB of 1 KiB bodies it kept 2.4
        after 99 % of them were gone. Returning them took 0.15 s for each GiB.
        """
        import ctypes  # noqa: PLC0415  # costs start-up time, and is rarely needed

        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)

    def free_disk(self, directory: Path) -> int:
        """What this process may still write there. Raises OSError."""
        found = os.statvfs(directory)
        return found.f_bavail * found.f_frsize


def resident_as_ps_says() -> int:
    """The same for systems without /proc."""
    import subprocess  # noqa: PLC0415  # costs start-up time

    command = ["ps", "-o", "rss=", "-p", str(os.getpid())]
    try:
        told = subprocess.run(command, capture_output=True, check=True)  # noqa: S603
        return int(told.stdout) * 1024
    except (OSError, subprocess.SubprocessError, ValueError):
        return 0


def container_limits(membership: Path, cgroups: Path) -> Iterator[int]:
    """How much memory the control groups of this process allow, in either version of them.

    `membership` has a line for each hierarchy: number:controllers:path, and `0::path` in version
    2 (cgroups(7)). Every group on the path limits all that are in it. A container may be told its
    path on the host and yet see its own group as the root: what is not there limits nothing.
    """
    for line in _text(membership).splitlines():
        _number, controllers, path = line.split(":", 2)
        if not controllers:
            # memory.high stops nothing, but beyond it the kernel slows every allocation down.
            yield from _limits(cgroups, path, ("memory.max", "memory.high"))
        elif "memory" in controllers.split(","):
            yield from _limits(cgroups / "memory", path, ("memory.limit_in_bytes",))


def _limits(root: Path, path: str, names: tuple[str, ...]) -> Iterator[int]:
    parts = Path(path).parts[1:]
    # A group outside of what this process may see is told as /../..
    depth = 0 if ".." in parts else len(parts)
    for count in range(depth + 1):
        for name in names:
            told = _text(root.joinpath(*parts[:count], name)).strip()
            # `max` is none. Version 1 says 2**63 less a page, which is more than any machine has.
            if told.isdigit() and int(told) > 0:
                yield int(told)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
