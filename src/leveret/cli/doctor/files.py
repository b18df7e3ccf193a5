"""What a node needs of the file system: its directory, room on the disk, its cookie."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from leveret.cli.doctor.finding import Finding, failed, reason, warning, well
from leveret.cli.printing import size
from leveret.data_directory import DataDirectory
from leveret.errors import StartRefused
from leveret.server.watches import disk_limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leveret.config import Settings
    from leveret.server.machine import Machine

OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
MOUNTS: Final = Path("/proc/self/mounts")
# Gone with the machine's power, whatever was synced.
IN_MEMORY: Final = {"tmpfs", "ramfs"}
# A lock or a sync may mean less there than it says.
ON_NETWORK: Final = {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "glusterfs"}
# So many times the limit: from here on it is worth a word before it is an alarm.
ROOM_TIMES: Final = 4
INODES_MIN: Final = 1000
INODES_ADVICE: Final = "remove small files there, or choose another disk with --data-dir"


def look_at_files(settings: Settings, machine: Machine) -> Iterator[Finding]:
    """Everything here that concerns the data directory."""
    assert settings.data_dir is not None
    yield data_directory(settings.data_dir)
    where = nearest_existing(settings.data_dir)
    yield file_system(settings.data_dir, file_system_of(where, MOUNTS))
    yield disk(settings, machine, where)


def nearest_existing(path: Path) -> Path:
    """The path itself, or what of it is already there."""
    return next(each for each in (path, *path.parents) if each.exists())


def data_directory(path: Path) -> Finding:
    """Whether the node may work in it. Looks, and leaves it as it is."""
    name = "data directory"
    choose = "choose another with --data-dir, or give it to the user who runs the node (chown)"
    where = nearest_existing(path)
    if not where.is_dir():
        return failed(name, f"{where} is no directory", "move it away, or name another --data-dir")
    if not os.access(where, os.R_OK | os.W_OK | os.X_OK):
        return failed(name, f"{where} may not be written by this user", choose)
    if where != path:
        return well(name, f"{path} is not there yet; the first start makes it")
    files = DataDirectory(path)
    try:
        is_in_use = files.is_in_use()
    except StartRefused as refused:
        return failed(name, str(refused), choose)
    if path.stat().st_mode & OTHERS:
        return warning(
            name,
            f"{path} is open to other users of this machine, and messages lie in it",
            f"close it: chmod 700 {path}",
        )
    pid = files.holder() if is_in_use else None
    return well(name, f"{path}, {f'in use by node process {pid}' if is_in_use else 'not in use'}")


def file_system(path: Path, kind: str) -> Finding:
    """kind: as in /proc/mounts; empty where nobody says."""
    name = "file system"
    if kind in IN_MEMORY:
        told = f"{path} lies on {kind}: nothing there survives a restart of the machine"
        return warning(name, told, "choose a directory on a disk with --data-dir")
    if kind in ON_NETWORK:
        told = f"{path} lies on {kind}: locks and syncs across a network may not hold"
        return warning(name, told, "choose a directory on a disk of this machine with --data-dir")
    return well(name, kind or "unknown")


def file_system_of(path: Path, mounts: Path) -> str:
    """The type of the file system that a path lies on (proc(5)), empty where nobody says."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return ""
    kinds = {Path(_unescaped(line.split()[1])): line.split()[2] for line in lines}
    return next((kinds[each] for each in (path, *path.parents) if each in kinds), "")


def _unescaped(written: str) -> str:
    """Spaces and the like are octal there: /mnt/my\\040disk."""
    return written.encode("latin-1", "backslashreplace").decode("unicode_escape")


def disk(settings: Settings, machine: Machine, where: Path) -> Finding:
    limit = disk_limit(settings.watches, machine)
    try:
        free = machine.free_disk(where)
        inodes = os.statvfs(where)
    except OSError as error:
        told = f"how much is free at {where} cannot be told: {reason(error)}"
        return warning("disk", told, "look at the disk: df, dmesg")
    told = f"{size(free)} free, publishers wait below {size(limit)}"
    make_room = f"make room on the disk of {where}, or choose another with --data-dir"
    if free < limit:
        return failed("disk", told, make_room)
    # Some file systems make inodes as they need them and say that there are 0.
    if inodes.f_files and inodes.f_favail < INODES_MIN:
        return failed("disk", f"{inodes.f_favail} files may still be made", INODES_ADVICE)
    if free < limit * ROOM_TIMES:
        return warning("disk", told, make_room)
    return well("disk", told)


def cookie(file: Path, user: int) -> Finding:
    """The secret that nodes and leveretctl share. Whose it is and who can read it decides."""
    name = "cookie"
    try:
        told = file.stat()
        text = file.read_text().strip()
    except FileNotFoundError:
        return well(name, f"{file} is not there yet; the first start makes it")
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else "it is not text"
        advice = f"give it to the user who runs the node: chown USER {file}; chmod 400 {file}"
        return failed(name, f"{file} cannot be read: {why}", advice)
    if not text:
        return failed(name, f"{file} is empty", f"remove it, so that the next start makes one: "
                      f"rm {file}")  # fmt: skip
    if told.st_mode & OTHERS:
        who = f"{file} can be read by other users of this machine (mode {told.st_mode & 0o777:o})"
        return failed(name, f"{who}: whoever has it rules the node", f"chmod 400 {file}")
    if told.st_uid != user:
        owner = f"{file} belongs to user {told.st_uid}, this is user {user}"
        return warning(name, owner, f"run this as the node's user, or: chown {user} {file}")
    return well(name, f"{file}, mode {told.st_mode & 0o777:o}")
