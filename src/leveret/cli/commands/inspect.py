"""`leveret inspect`: what a data directory holds, without a node and without changing an octet."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import TYPE_CHECKING

import click

from leveret.cli.data_dir import existing_data_dir
from leveret.cli.printing import counted, printable, size, table
from leveret.data_directory import DataDirectory
from leveret.errors import StartRefused
from leveret.storage.survey import survey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from leveret.storage.survey import QueueSeen, SegmentSeen, Survey

EXIT_DAMAGED = 1


@click.command
@click.option(
    "--data-dir", metavar="DIR", help="the directory  [default: where `leveret serve` keeps it]"
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.option("--check", is_flag=True, help="read every record, not only what a start reads")
def inspect(data_dir: str | None, form: str, check: bool) -> None:
    """Print what a data directory holds.

    Nothing is changed, and a node may be at work in it. Exit code 1: there is damage.
    """
    path = existing_data_dir(data_dir)
    files = DataDirectory(path)
    is_running = files.is_in_use()
    try:
        seen = survey(path, is_running=is_running, reads_all=check)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StartRefused(f"cannot read {error.filename or path}: {reason}") from error
    pid = files.holder() if is_running else None
    if form == "json":
        print(json.dumps(_as_json(path, seen, pid, is_running=is_running), indent=2))
    else:
        print("\n".join(_as_text(path, seen, pid, is_running=is_running)))
    if seen.damages:
        sys.exit(EXIT_DAMAGED)


# JSON ----------------------------------------------------------------------------------------


def _as_json(path: Path, seen: Survey, pid: int | None, *, is_running: bool) -> dict[str, object]:
    return {
        "data_directory": str(path),
        "node": {"is_running": is_running, "pid": pid},
        "vhosts": seen.vhosts,
        "counts": dict(seen.counts),
        "queues": [dataclasses.asdict(queue) for queue in seen.queues],
        "messages": {
            "octets": seen.octets,
            "torn_octets": seen.torn,
            "segments": [_segment_as_json(segment) for segment in seen.segments],
        },
        "spill": {"octets": seen.spill_octets, "segments": seen.spill_segments},
        "kept_by_repair": seen.kept,
        "damages": seen.damages,
    }


def _segment_as_json(segment: SegmentSeen) -> dict[str, object]:
    return {**dataclasses.asdict(segment), "live_share": segment.live_share}


# Text ----------------------------------------------------------------------------------------


def _as_text(path: Path, seen: Survey, pid: int | None, *, is_running: bool) -> Iterator[str]:
    yield f"Data directory {path}"
    if is_running:
        who = "a node" if pid is None else f"a node (process {pid})"
        yield f"{who} is at work in it: this is what was there a moment ago"
    yield ""
    yield from table(("", ""), [(name, str(count)) for name, count in seen.counts.items()])
    if seen.vhosts:
        yield f"vhosts by name: {', '.join(map(printable, seen.vhosts))}"
    yield ""
    yield from _queues(seen.queues)
    yield ""
    yield from _segments(seen, is_running=is_running)
    for damage in seen.damages:
        yield f"DAMAGE: {damage}"


def _queues(queues: Sequence[QueueSeen]) -> Iterator[str]:
    if not queues:
        yield "no queues"
        return
    headings = ("queue", "vhost", "number", "messages", "delivered before")
    rows = [
        (
            "(name unknown)" if queue.name is None else printable(queue.name),
            "" if queue.vhost is None else printable(queue.vhost),
            str(queue.number),
            str(queue.messages),
            str(queue.delivered),
        )
        for queue in queues
    ]
    yield from table(headings, rows, left=2)


def _segments(seen: Survey, *, is_running: bool) -> Iterator[str]:
    headings = ("segment", "size", "messages", "live", "live share", "generation", "joined")
    rows = [
        (
            segment.name,
            size(segment.octets),
            _known(segment.messages),
            _known(segment.live),
            f"{segment.live_share:.0%}",
            str(segment.generation),
            str(segment.joined),
        )
        for segment in seen.segments
    ]
    if rows:
        yield from table(headings, rows)
    yield f"message log: {counted(len(rows), 'segment')}, {size(seen.octets)}"
    if seen.torn:
        what = "being written" if is_running else "an unfinished write; the next start cuts it off"
        yield f"torn tail: {seen.torn} octets, {what}"
    if seen.spill_segments:
        yield f"spill: {counted(seen.spill_segments, 'segment')}, {size(seen.spill_octets)}"
    for name in seen.kept:
        yield f"kept by a repair: {name}"


def _known(count: int | None) -> str:
    return "?" if count is None else str(count)
