"""Idle connections: how much memory the broker needs for a connection with one open channel."""

from __future__ import annotations

import contextlib
import resource
import time
from typing import TYPE_CHECKING

from leveret.dial.connection import Connection
from leveret.perf.errors import PerfError
from leveret.perf.process import resident_bytes
from leveret.perf.result import Progress, Result, Sample

if TYPE_CHECKING:
    from leveret.dial.address import Address

SAMPLE_S = 1.0
# Between the last connection and the look at the memory: a broker may tidy up.
SETTLE_S = 1.0
# Standard streams, libraries, the control connection.
OTHER_FILES = 64


def run(
    address: Address,
    pid: int,
    progress: Progress,
    *,
    connections: int = 1000,
) -> Result:
    allow_files(connections + OTHER_FILES)
    samples: list[Sample] = []
    with contextlib.ExitStack() as stack:
        # The first one may make the broker load what later ones share.
        broker = stack.enter_context(Connection(address, "leveret perf control")).broker
        before = resident_bytes(pid)
        started = sampled_at = time.monotonic()
        opened = 0
        for count in range(1, connections + 1):
            stack.enter_context(Connection(address, "leveret perf idle"))
            now = time.monotonic()
            if now - sampled_at >= SAMPLE_S:
                rates = {"opened": (count - opened) / (now - sampled_at)}
                samples.append(Sample(round(now - started, 3), rates))
                progress(samples[-1])
                sampled_at, opened = now, count
        time.sleep(SETTLE_S)
        after = resident_bytes(pid)
    figures = {
        "resident_before_mib": before / 2**20,
        "resident_after_mib": after / 2**20,
        "kib_per_connection": (after - before) / connections / 1024,
    }
    return Result("idle connections", figures, {"connections": connections}, samples, broker)


def allow_files(count: int) -> None:
    """Raise the soft limit of open files if need be and if the hard one allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= count:
        return
    try:
        enough = hard == resource.RLIM_INFINITY or hard >= count
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard if enough else count))
    except (OSError, ValueError):
        raise PerfError(f"{count} open files are needed, {hard} are allowed (ulimit -n)") from None
