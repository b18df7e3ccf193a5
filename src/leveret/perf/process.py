"""What the kernel knows of the broker's process: resident memory and processor time."""

from __future__ import annotations

import os
from pathlib import Path

from leveret.perf.errors import PerfError


def resident_bytes(pid: int) -> int:
    """The resident set of a process. Raises PerfError if there is none to read."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        raise PerfError(f"no process {pid} whose memory could be read") from None
    for line in status.splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise PerfError(f"process {pid} has no memory: it has ended")


def busy_s(pid: int) -> float:
    """Seconds of processor time so far. Raises PerfError if there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        raise PerfError(f"no process {pid} whose processor time could be read") from None
    # The name before the last bracket may hold anything; user and system time come 12th and
    # 13th behind it (proc(5)).
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
