"""The broker of a data directory without its node: to be looked at, or to be changed.

Looking changes nothing, and a node may be at work there. For changing it the directory is claimed
as by a node, and what was changed is on the disk afterwards.
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING, TypeVar

from leveret.broker.broker import Broker
from leveret.broker.restore import Unrestorable, restore
from leveret.data_directory import DataDirectory
from leveret.errors import StartRefused
from leveret.storage.catalogue import read_catalogue
from leveret.storage.opening import CATALOGUE, open_engine
from leveret.storage.survey import read_abandoned

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from leveret.storage.engine import Engine

T = TypeVar("T")


def broker_seen_in(path: Path) -> Broker:
    """What the directory's catalogue makes of a broker, in memory. Raises StartRefused."""
    broker = empty_broker()
    catalogue = path / CATALOGUE
    if not catalogue.exists():
        return broker
    is_running = DataDirectory(path).is_in_use()
    try:
        changes = read_catalogue(catalogue) if is_running else read_abandoned(catalogue)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StartRefused(f"cannot read {error.filename or catalogue}: {reason}") from error
    try:
        for change in changes:
            restore(broker, change)
    except Unrestorable as error:
        raise _unrestorable(path, error) from error
    return broker


def empty_broker() -> Broker:
    """One that keeps nothing."""
    return Broker(time.monotonic, os.urandom)


def change_broker_in(path: Path, change: Callable[[Broker], T]) -> T:
    """Do something to the directory's broker, and keep what became of it. Raises StartRefused."""
    files = DataDirectory(path)
    files.claim()
    try:
        return asyncio.run(_change(path, change))
    finally:
        files.release()


async def _change(path: Path, change: Callable[[Broker], T]) -> T:
    engine = open_engine(path, asyncio.get_running_loop(), is_synced=True)
    try:
        broker = Broker(time.monotonic, os.urandom, storage=engine.storage)
        broker.restore()
        return change(broker)
    except Unrestorable as error:
        raise _unrestorable(path, error) from error
    finally:
        # What is left is written here.
        _close(path, engine)


def _close(path: Path, engine: Engine) -> None:
    try:
        engine.close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise StartRefused(f"cannot write to {path}: {reason}; it is as it was") from error


def _unrestorable(path: Path, error: Unrestorable) -> StartRefused:
    return StartRefused(
        f"cannot restore what the catalogue {path / CATALOGUE} keeps: {error}; take the version of "
        "Leveret that wrote it, or restore it from a backup"
    )
