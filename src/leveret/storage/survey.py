"""What a data directory holds, seen without starting a node and without changing an octet.

The log is opened as a start would open it, through a disk to look at (read_only.py), so what is
told is what a start would find. A node may be at work in the directory meanwhile: then it is what
was there at one moment, or nearly.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from leveret.broker.changes import (
    Bound,
    ExchangeDeclared,
    PermissionSet,
    QueueDeclared,
    UserSet,
    VhostAdded,
)
from leveret.broker.ports import Recovered
from leveret.errors import StartRefused
from leveret.storage.catalogue import CatalogueFile, read_catalogue
from leveret.storage.log import Log
from leveret.storage.opening import CATALOGUE, MESSAGES, SPILL
from leveret.storage.read_only import ReadOnlyDisk
from leveret.storage.recovery import open_segments
from leveret.storage.salvage import DAMAGED, examine
from leveret.storage.segment import SUFFIX, file_name
from leveret.storage.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from leveret.broker.changes import Change
    from leveret.storage.segment import Segment

# A node at work removes segments while they are counted; so often it is tried again.
_TRIES_MAX: Final = 5
# What SQLite keeps beside a database until it is folded in.
_WRITE_AHEAD: Final = "-wal"


@dataclass(frozen=True, slots=True)
class QueueSeen:
    """messages: that wait. delivered: those of them that were delivered before, and not settled.

    vhost, name: None when the catalogue can't be read and only the number is known.
    """

    number: int
    vhost: str | None
    name: str | None
    messages: int
    delivered: int


@dataclass(frozen=True, slots=True)
class SegmentSeen:
    """messages: that are in it. live: those somebody wants; both None when it can't be read.

    joined: of how many segments it was made. live_octets: about.
    """

    name: str
    octets: int
    messages: int | None = None
    live: int | None = None
    live_octets: int = 0
    generation: int = 0
    joined: int = 1
    has_index: bool = False

    @property
    def live_share(self) -> float:
        """Of its octets, from 0 to 1."""
        return self.live_octets / self.octets if self.octets else 0.0


@dataclass(slots=True)
class Survey:
    """What was seen.

    counts: by the name of the thing: vhosts, users, permissions, exchanges, bindings.
    torn: octets of an unfinished write at the end of the log.
    kept: files that a repair has kept. damages: what would stop a start, or what --check found.
    """

    vhosts: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    queues: list[QueueSeen] = field(default_factory=list)
    segments: list[SegmentSeen] = field(default_factory=list)
    torn: int = 0
    spill_segments: int = 0
    spill_octets: int = 0
    kept: list[str] = field(default_factory=list)
    damages: list[str] = field(default_factory=list)

    @property
    def octets(self) -> int:
        """Of the message log."""
        return sum(segment.octets for segment in self.segments)


def survey(path: Path, *, is_running: bool, reads_all: bool = False) -> Survey:
    """Look at a data directory. Raises OSError.

    is_running: a node is at work there. reads_all: check every record, not only what a start
    reads.
    """
    tries = 0
    while True:
        try:
            return _survey(path, is_running=is_running, reads_all=reads_all)
        except FileNotFoundError:
            tries += 1
            if tries == _TRIES_MAX:
                raise


def _survey(path: Path, *, is_running: bool, reads_all: bool) -> Survey:
    seen = Survey()
    changes = _see_catalogue(seen, path / CATALOGUE, is_running=is_running)
    _see_messages(seen, path / MESSAGES, changes)
    if reads_all:
        _check(seen, path / MESSAGES)
    _see_spill(seen, path / SPILL)
    seen.kept += sorted(each.name for each in path.glob(CATALOGUE + DAMAGED + "*"))
    return seen


# The catalogue -------------------------------------------------------------------------------


def _see_catalogue(seen: Survey, path: Path, *, is_running: bool) -> list[Change] | None:
    """What the catalogue holds; None when it can't be read."""
    if not path.exists():
        if _has_messages(path.parent):
            seen.damages.append(
                f"the catalogue {path} is missing, and messages whose queues it names are there: "
                "no node starts here until it is restored from a backup"
            )
            return None
        return []
    try:
        changes = read_catalogue(path) if is_running else read_abandoned(path)
    except StartRefused as refused:
        seen.damages.append(str(refused))
        return None
    seen.counts = Counter(dict.fromkeys(_COUNTED.values(), 0))
    seen.counts.update(_COUNTED[type(each)] for each in changes if type(each) in _COUNTED)
    seen.vhosts = [each.name for each in changes if isinstance(each, VhostAdded)]
    return changes


_COUNTED: Final[dict[type, str]] = {
    VhostAdded: "vhosts",
    UserSet: "users",
    PermissionSet: "permissions",
    ExchangeDeclared: "exchanges",
    QueueDeclared: "queues",
    Bound: "bindings",
}


def _has_messages(path: Path) -> bool:
    with closing(ReadOnlyDisk(path / MESSAGES)) as disk:
        return bool(_segments(disk))


def read_abandoned(path: Path) -> list[Change]:
    """A catalogue that nobody has open, checked as a start checks it. Raises StartRefused.

    It is a copy that is opened: SQLite leaves files beside a database, even one that it reads.
    """
    with tempfile.TemporaryDirectory(prefix="leveret-") as directory:
        copy = Path(directory) / path.name
        for ending in ("", _WRITE_AHEAD):
            original = path.with_name(path.name + ending)
            if original.exists():
                shutil.copyfile(original, copy.with_name(original.name))
        try:
            with closing(CatalogueFile(copy)) as file:
                return file.load()
        except StartRefused as refused:
            raise StartRefused(str(refused).replace(str(copy), str(path))) from refused


# The log -------------------------------------------------------------------------------------


def _see_messages(seen: Survey, path: Path, changes: Iterable[Change] | None) -> None:
    named = dict(_named(changes or ()))
    numbers = named.keys()
    is_known = (lambda _number: True) if changes is None else numbers.__contains__
    with closing(ReadOnlyDisk(path)) as disk:
        seen.kept = [name for name in disk.names() if DAMAGED in name]
        try:
            found = _see_log(seen, disk, is_known)
        except StartRefused as refused:
            seen.damages.append(str(refused))
            seen.segments = _see_files(disk)
            found = None
    if found is not None:
        seen.queues = [_queue_seen(number, named, found) for number in sorted({*numbers, *found})]


def _named(changes: Iterable[Change]) -> Iterator[tuple[int, tuple[str, str]]]:
    """Whose messages the log keeps, by number: a queue's, or a delayed exchange's."""
    for change in changes:
        if isinstance(change, QueueDeclared):
            yield change.number, (change.vhost, change.name)
        elif isinstance(change, ExchangeDeclared) and change.number:
            yield change.number, (change.vhost, f"{change.name} (delayed exchange)")


def _see_log(
    seen: Survey, disk: ReadOnlyDisk, is_known: Callable[[int], bool]
) -> dict[int, Recovered]:
    opened = open_segments(disk)
    found = Waiting(Log(disk, lambda: 0, opened.segments), is_known).find()
    seen.torn = opened.torn
    seen.segments = [_segment_seen(segment) for segment in opened.segments]
    return found


def _segment_seen(segment: Segment) -> SegmentSeen:
    head = segment.head
    return SegmentSeen(
        name=file_name(head.id),
        octets=segment.size,
        messages=len(segment.entries.positions),
        live=segment.live,
        live_octets=segment.live_octets,
        generation=head.generation,
        joined=head.last - head.id + 1,
        has_index=segment.has_index,
    )


def _queue_seen(
    number: int, named: dict[int, tuple[str, str]], found: dict[int, Recovered]
) -> QueueSeen:
    vhost, name = named.get(number, (None, None))
    recovered = found.get(number, Recovered())
    messages = sum(map(len, recovered.positions.values()))
    return QueueSeen(number, vhost, name, messages, len(recovered.deliveries))


def _see_files(disk: ReadOnlyDisk) -> list[SegmentSeen]:
    """Segments of which no more is known than that they are there."""
    return [SegmentSeen(name, disk.open(name).size) for name in _segments(disk)]


def _segments(disk: ReadOnlyDisk) -> list[str]:
    return [name for name in disk.names() if name.endswith(SUFFIX)]


def _check(seen: Survey, path: Path) -> None:
    """Every record of every segment."""
    with closing(ReadOnlyDisk(path)) as disk:
        try:
            damaged = [each for each in examine(disk) if not each.is_sound]
        except StartRefused as refused:
            seen.damages.append(str(refused))
        else:
            seen.damages += [f"{each.name}: {each.reason}" for each in damaged]


def _see_spill(seen: Survey, path: Path) -> None:
    with closing(ReadOnlyDisk(path)) as disk:
        sizes = [disk.open(name).size for name in _segments(disk)]
    seen.spill_segments, seen.spill_octets = len(sizes), sum(sizes)
