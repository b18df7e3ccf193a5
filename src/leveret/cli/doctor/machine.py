"""What the machine gives a node: open files, memory, a clock that is right, an interpreter."""

from __future__ import annotations

import ctypes
import importlib.util
import platform
import resource
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from leveret.cli.doctor.finding import Finding, failed, warning, well
from leveret.cli.printing import size
from leveret.server.watches import memory_allowed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from leveret.config import Settings
    from leveret.server.machine import Machine

# RabbitMQ's production checklist wants 50,000 and more; below a thousand a handful of applications
# with a few hundred connections is turned away.
OPEN_FILES_WANTED: Final = 50_000
OPEN_FILES_MIN: Final = 1024
MEMORY_MIN: Final = 128 * 1024 * 1024
# Nothing that this code ran on is older than the code.
EARLIEST: Final = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
AHEAD_S_MAX: Final = 60.0
TIME_ERROR: Final = 5  # adjtimex(2): the clock is not synchronised.
TIMEX_BYTES: Final = 512  # More than struct timex has anywhere.


def look_at_machine(settings: Settings, machine: Machine) -> Iterator[Finding]:
    """Everything here."""
    yield interpreter(has_uvloop=importlib.util.find_spec("uvloop") is not None)
    # The node raises its own limit to the hard one (foreground.py).
    yield open_files(resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    yield memory(settings, machine)
    yield clock(time.time(), settings.data_dir, is_synchronised=is_clock_synchronised())


def interpreter(*, has_uvloop: bool) -> Finding:
    told = f"{platform.python_implementation()} {platform.python_version()}"
    if has_uvloop:
        return well("interpreter", f"{told}, uvloop")
    return warning(
        "interpreter",
        f"{told} without uvloop: asyncio's own loop is slower",
        "install it with: pip install uvloop",
    )


def open_files(limit: int) -> Finding:
    if limit == resource.RLIM_INFINITY:
        return well("open files", "no limit")
    told = f"at most {limit}, and each connection is one"
    if limit >= OPEN_FILES_WANTED:
        return well("open files", told)
    advice = (
        f"raise it before the node starts: ulimit -n {OPEN_FILES_WANTED}, or "
        f"LimitNOFILE={OPEN_FILES_WANTED} in its systemd unit, or --ulimit nofile of its container"
    )
    return (failed if limit < OPEN_FILES_MIN else warning)("open files", told, advice)


def memory(settings: Settings, machine: Machine) -> Finding:
    total = settings.watches.memory_total or machine.total_memory()
    allowed = memory_allowed(settings.watches, machine)
    told = f"{size(total)} in all, publishers wait above {size(allowed)}"
    if allowed > total:
        return failed(
            "memory",
            f"{told}: the watermark lies above all there is, so nothing stops the node before "
            "the kernel ends it",
            "lower vm_memory_high_watermark.absolute",
        )
    if allowed < MEMORY_MIN:
        return warning(
            "memory",
            f"{told}, and the node alone takes some {size(MEMORY_MIN // 2)}",
            "give the machine or its container more, or raise vm_memory_high_watermark",
        )
    return well("memory", told)


def clock(now: float, directory: Path | None, *, is_synchronised: bool | None) -> Finding:
    """The wall clock stamps messages, ends streams' messages and certificates, and times delays."""
    shown = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    set_it = "set the clock (timedatectl set-ntp true, or chrony)"
    if now < EARLIEST:
        return failed("clock", f"it says {shown}, before this program was written", set_it)
    newest = _newest_change(directory)
    if newest > now + AHEAD_S_MAX:
        told = f"it says {shown}, {newest - now:.0f} s before the node's own files were written"
        return failed("clock", told, f"{set_it}; it was put back, or the files came from elsewhere")
    if is_synchronised is False:
        told = f"{shown}; the kernel says that nothing synchronises it"
        return warning("clock", told, f"{set_it}, unless the host of this container does it")
    return well("clock", shown if is_synchronised is None else f"{shown}, synchronised")


def _newest_change(directory: Path | None) -> float:
    """When a file of the node was last written; 0.0 where there is none to see."""
    try:
        return (
            max((file.stat().st_mtime for file in directory.iterdir()), default=0.0)
            if (directory)
            else 0.0
        )
    except OSError:
        return 0.0


def is_clock_synchronised() -> bool | None:
    """What the kernel knows of it (adjtimex(2), asked and changing nothing); None: it says
    nothing."""
    ask = getattr(ctypes.CDLL(None), "adjtimex", None)
    if ask is None:
        return None
    state = ask(ctypes.create_string_buffer(TIMEX_BYTES))
    return None if state < 0 else state != TIME_ERROR
