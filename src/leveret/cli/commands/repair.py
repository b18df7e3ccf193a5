"""`leveret repair`: make a damaged data directory one that starts, and say what was lost."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from leveret.cli.data_dir import existing_data_dir
from leveret.cli.printing import counted, size
from leveret.data_directory import DataDirectory
from leveret.errors import StartRefused
from leveret.storage.disk import RealDisk
from leveret.storage.opening import CATALOGUE, MESSAGES
from leveret.storage.read_only import ReadOnlyDisk
from leveret.storage.rescue import Unrescuable, rescue
from leveret.storage.salvage import examine, mend
from leveret.storage.survey import read_abandoned, survey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from leveret.storage.rescue import Rescued
    from leveret.storage.salvage import Examined, Mended

EXIT_STILL_DAMAGED = 1


@click.command
@click.option(
    "--data-dir", metavar="DIR", help="the directory  [default: where `leveret serve` keeps it]"
)
def repair(data_dir: str | None) -> None:
    """Save what can be read of a damaged data directory, so that a node can start on it.

    Every sound record is kept. The damaged files are kept beside, under other names. Without
    damage nothing is changed. Exit code 1: a node cannot start on it yet.
    """
    path = existing_data_dir(data_dir)
    files = DataDirectory(path)
    files.claim()
    try:
        is_sound = _repair(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StartRefused(
            f"cannot repair {error.filename or path}: {reason}; what was not mended is as it was"
        ) from error
    finally:
        files.release()
    if not is_sound:
        sys.exit(EXIT_STILL_DAMAGED)


def _repair(path: Path) -> bool:
    """Say what was found and done; whether a node can start now."""
    messages = path / MESSAGES
    examined = examine(ReadOnlyDisk(messages))
    damaged = [each for each in examined if not each.is_sound]
    _print(_what_was_read(examined))
    if damaged:
        _print(_what_was_done(mend(RealDisk(messages), examined), messages))
    _print(_mend_catalogue(path))
    left = survey(path, is_running=False).damages
    for damage in left:
        print(f"DAMAGE: {damage}")
    if left:
        _print(_what_can_be_done(path))
    else:
        print("a node can start on it")
    return not left


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        print(line)


def _what_was_read(examined: Sequence[Examined]) -> Iterator[str]:
    octets = sum(each.octets for each in examined)
    yield f"message log: {counted(len(examined), 'segment')} read, {size(octets)}"
    if all(each.is_sound for each in examined):
        yield "no damage in it, nothing was changed"
    for torn in (each.torn for each in examined if each.is_sound and each.torn):
        yield f"it ends in an unfinished write of {torn} octets, which the next start cuts off"


def _what_was_done(mended: Sequence[Mended], messages: Path) -> Iterator[str]:
    is_lossless = True
    for each in mended:
        for damaged in each.damaged:
            yield f"DAMAGED: {messages / damaged.name}: {damaged.reason}"
            for gap in damaged.gaps:
                yield f"  at offset {gap.offset}: {gap.octets} octets cannot be read"
            yield f"  {_lost(damaged)}"
            is_lossless &= damaged.is_lost_known and not damaged.lost
        yield f"  {counted(each.records, 'record')} saved"
        yield f"  the damaged file is kept: {', '.join(each.kept_as)}"
    if not is_lossless:
        yield (
            "lost records may be messages, which are gone, or acknowledgements: "
            "what those had settled is delivered again"
        )


def _lost(damaged: Examined) -> str:
    if not damaged.is_lost_known:
        return f"at least {counted(damaged.lost, 'record')} lost; how many more is not known"
    return f"{counted(damaged.lost, 'record')} lost" if damaged.lost else "no record lost"


def _mend_catalogue(path: Path) -> Iterator[str]:
    catalogue = path / CATALOGUE
    if not catalogue.exists():
        return
    try:
        read_abandoned(catalogue)
    except StartRefused:
        queues = survey(path, is_running=False).queues
        try:
            rescued = rescue(catalogue, [queue.number for queue in queues if queue.messages])
        except Unrescuable as error:
            yield f"{catalogue} cannot be mended: {error}"
        else:
            yield f"DAMAGED: {catalogue}: what can be read of it is in a new one"
            yield from _what_was_rescued(rescued)


def _what_was_rescued(rescued: Rescued) -> Iterator[str]:
    rows = [counted(count, table.replace("_", " ")) for table, count in rescued.rows.items()]
    yield f"  saved: {', '.join(rows)}"
    for name in rescued.damaged:
        spelt = name.replace("_", " ")
        yield f"  some of the {spelt} rows could not be read; what named them is dropped"
    for name in rescued.named:
        yield f"  messages wait for a queue whose name is lost: it is called {name} now"
    yield f"  the damaged file is kept: {', '.join(rescued.kept_as)}"


def _what_can_be_done(path: Path) -> Iterator[str]:
    catalogue = path / CATALOGUE
    yield "that is left as it is: the messages are in their files still. What can be done:"
    yield f"  put a backup of {catalogue} in its place, and remove {catalogue}-wal and -shm"
    yield f"  or start with nothing: move {path} away"
