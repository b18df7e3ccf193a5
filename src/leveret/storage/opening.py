"""An engine on a directory, in the running loop: where storage meets asyncio, clock and files."""

from __future__ import annotations

import secrets
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from leveret.broker.disk_work import DiskWork
from leveret.errors import StartRefused
from leveret.storage.catalogue import CatalogueFile
from leveret.storage.counted import CountedDisk
from leveret.storage.disk import RealDisk
from leveret.storage.engine import Engine, Files, Surroundings
from leveret.storage.segment import SUFFIX
from leveret.storage.worker import Thread

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from pathlib import Path

    from leveret.storage.disk import Disk

MESSAGES: str = "messages"
SPILL: str = "spill"
CATALOGUE: str = "metadata.sqlite"


def open_engine(path: Path, loop: asyncio.AbstractEventLoop, *, is_synced: bool) -> Engine:
    """What the directory holds, recovered. Raises StartRefused, which says what to do.

    is_synced: what is confirmed survives a power cut, not only the end of the process.
    """
    around = Surroundings(
        timers=LoopTimers(loop),
        clock=time.monotonic,
        wall_ms=lambda: time.time_ns() // 1_000_000,
        new_salt=lambda: secrets.randbits(32),
        new_worker=lambda name: Thread(loop, name),
    )
    try:
        messages, spill = RealDisk(path / MESSAGES), RealDisk(path / SPILL)
        _refuse_lost_catalogue(path, messages)
        with ExitStack() as opened:
            catalogue = CatalogueFile(path / CATALOGUE, is_synced=is_synced)
            opened.callback(catalogue.close)
            files = _counting(messages, spill, catalogue)
            engine = Engine(files, around, is_synced=is_synced)
            # It closes the catalogue itself from now on.
            opened.pop_all()
            return engine
    except OSError as error:
        where = error.filename or path
        reason = error.strerror or str(error)
        raise StartRefused(f"cannot read the data directory {where}: {reason}") from error


def _counting(messages: Disk, spill: Disk, catalogue: CatalogueFile) -> Files:
    """Whatever is asked of the two disks is counted in one place."""
    work, clock = DiskWork(), time.monotonic
    disks = CountedDisk(messages, work, clock), CountedDisk(spill, work, clock)
    return Files(*disks, catalogue, work)


def forget_everything(path: Path) -> None:
    """Remove what an engine keeps in the directory; nobody may have it open. Raises OSError."""
    import shutil  # noqa: PLC0415  # seldom used

    for name in (MESSAGES, SPILL):
        shutil.rmtree(path / name, ignore_errors=not (path / name).exists())
    for catalogue in path.glob(f"{CATALOGUE}*"):
        catalogue.unlink()


def _refuse_lost_catalogue(path: Path, messages: RealDisk) -> None:
    """A first start makes the catalogue before the log; without it all messages are nobody's."""
    catalogue = path / CATALOGUE
    if not catalogue.exists() and any(name.endswith(SUFFIX) for name in messages.names()):
        raise StartRefused(
            f"the catalogue {catalogue} is missing, and the messages in {messages.path} belong to "
            "queues that it names: restore it from a backup, or move that directory away as well"
        )


class LoopTimers:
    """The port Timers, over asyncio."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def soon(self, action: Callable[[], None]) -> None:
        self._loop.call_soon(action)

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        self._loop.call_later(delay_s, action)
