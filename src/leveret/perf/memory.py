"""How much memory a process has resident, as the kernel counts it."""

from __future__ import annotations

from pathlib import Path

from leveret.perf.connection import PerfError


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
