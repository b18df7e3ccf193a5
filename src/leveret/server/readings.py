"""What the process uses of its machine, as numbers that change: for /api/nodes and the metrics.

Rule: a reading costs some microseconds, whatever the number of connections, and is 0 where this
system does not tell. The names are RabbitMQ's; what has no counterpart there is not made up here.
"""

from __future__ import annotations

import gc
import os
import resource
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from leveret.server.machine import PROC

if TYPE_CHECKING:
    from leveret.server.listener import Server
    from leveret.server.machine import Machine

KERNEL: Final = Path("/proc/sys/kernel")
_UNLIMITED: Final = resource.RLIM_INFINITY


class Readings:
    """Reads the process that serves `server`, and the file system of its data directory.

    Of a node without a data directory the free disk is 0, as its limit is.
    """

    def __init__(
        self, server: Server, machine: Machine, data_dir: Path | None, proc: Path = PROC
    ) -> None:
        self._server = server
        self._machine = machine
        self._data_dir = data_dir
        self._proc = proc

    def __call__(self) -> dict[str, int]:
        """All of them, by RabbitMQ's names.

        proc_used: threads, which the operating system limits as Erlang does its processes.
        """
        used = resource.getrusage(resource.RUSAGE_SELF)
        disk = self._server.broker.storage.disk_work
        return {
            "mem_used": self._machine.resident_memory(),
            "fd_used": self._open_files(),
            "sockets_used": len(self._server.transports),
            "proc_used": self._threads(),
            "disk_free": self._free_disk(),
            "gc_num": sum(each["collections"] for each in gc.get_stats()),
            "context_switches": used.ru_nvcsw + used.ru_nivcsw,
            "io_read_count": disk.reads,
            "io_read_bytes": disk.read_octets,
            "io_write_count": disk.writes,
            "io_write_bytes": disk.written_octets,
            "io_sync_count": disk.syncs,
        }

    def _open_files(self) -> int:
        directory = self._proc / "fd"
        try:
            # Linux 6.2 tells by the directory's size, without a walk through it.
            return directory.stat().st_size or len(os.listdir(directory)) - 1
        except OSError:
            return len(os.listdir("/dev/fd")) - 1 if os.path.isdir("/dev/fd") else 0

    def _threads(self) -> int:
        try:
            return len(os.listdir(self._proc / "task"))
        except OSError:
            return threading.active_count()

    def _free_disk(self) -> int:
        if self._data_dir is None:
            return 0
        try:
            return self._machine.free_disk(self._data_dir)
        except OSError:
            return 0


def open_files_max() -> int:
    """How many files and sockets the process may have open; 0 for any number."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 0 if soft == _UNLIMITED else soft


def threads_max(kernel: Path = KERNEL) -> int:
    """How many threads the process may have: its user's limit, or the machine's."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NPROC)
    if soft != _UNLIMITED:
        return soft
    try:
        return int((kernel / "threads-max").read_text())
    except (OSError, ValueError):
        return 0
