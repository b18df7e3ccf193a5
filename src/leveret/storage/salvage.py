"""Saving what can be read of a damaged log, and saying what can't.

    examined   every record of every segment was read; nothing is changed
    mended     the sound records stand in a new file under the old name, the damaged file beside it

Rule: the damaged file is kept whole before anything takes its place, and it is never deleted.

Where a record is unreadable the next one is found by its length, by the segment's index, by what
leads to the end of its group commit (resume.py), or by the next group commit.
"""

from __future__ import annotations

from binascii import crc32
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from leveret.errors import StartRefused
from leveret.storage import index, record
from leveret.storage.lost_salt import find_salt
from leveret.storage.recovery import DRAFT
from leveret.storage.resume import resumed
from leveret.storage.scan import Damaged, scan, sound_records
from leveret.storage.segment import (
    HEAD_OCTETS,
    MAGIC,
    SUFFIX,
    VERSION,
    SegmentHead,
    UnreadableHead,
    decode_head,
    file_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leveret.storage.disk import Disk
    from leveret.storage.segment import Entries

DAMAGED: Final = ".damaged"
# Where an index says to which generation of its segment it belongs (README.md).
_INDEX_GENERATION: Final = slice(20, 24)
_KINDS: Final = (record.BATCH, record.MESSAGE, record.SETTLED, record.DELIVERED)
# A mended segment has a batch head before so many records: a place to go on at, if it is damaged
# once more.
_RECORDS_IN_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Gap:
    """Octets of a file that nobody can read."""

    offset: int
    octets: int


@dataclass(slots=True)
class Examined:
    """One segment, read from end to end.

    reason: what is wrong with it; empty when nothing is.
    offsets: of the sound records that count. gaps: what lies between them.
    lost: records that were in the gaps; is_lost_known: or more than those.
    torn: octets behind the last group commit, as any crash may leave them.
    """

    name: str
    octets: int
    head: SegmentHead
    reason: str = ""
    offsets: list[int] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    lost: int = 0
    is_lost_known: bool = True
    torn: int = 0
    first_position: int = 0
    last_position: int = 0

    @property
    def is_sound(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True)
class Mended:
    """Segments that were written anew, as one; mostly it is a single one.

    kept_as: the names that the damaged files have now. records: saved.
    """

    damaged: list[Examined]
    kept_as: list[str]
    records: int


# Examining -----------------------------------------------------------------------------------


def examine(disk: Disk) -> list[Examined]:
    """Every segment that a start would read, oldest first. Raises StartRefused for a format that
    is not ours to judge, and OSError."""
    names = [name for name in disk.names() if name.endswith(SUFFIX)]
    found: list[Examined] = []
    joined = last_position = 0
    for name in names:
        octets = read_file(disk, name)
        is_last = name == names[-1]
        if len(octets) <= HEAD_OCTETS and is_last:
            # It was being made when the node died, and holds nothing.
            continue
        examined = _examine(disk, name, octets, is_last=is_last)
        if examined.head.id <= joined:
            continue
        joined = examined.head.last
        if examined.last_position:
            if examined.is_sound and examined.first_position <= last_position:
                examined.reason = f"message {examined.first_position} stands behind a later one"
            last_position = max(last_position, examined.last_position)
        found.append(examined)
    return found


def _examine(disk: Disk, name: str, octets: bytes, *, is_last: bool) -> Examined:
    if _is_of_other_version(octets):
        raise StartRefused(
            f"{name} was written by another version of Leveret, which has to repair it"
        )
    reason = ""
    try:
        head = decode_head(octets)
        if file_name(head.id) != name:
            reason = f"it is {file_name(head.id)}, by its head"
    except UnreadableHead as error:
        reason = str(error)
    if reason:
        head = _guessed_head(disk, name, octets)
    examined = Examined(name, len(octets), head, reason)
    entries, size = _indexed(disk, head) or (None, None)
    is_tail = is_last and head.generation == 0 and size is None
    if examined.is_sound:
        _scan(examined, octets, size, is_tail=is_tail)
    if not examined.is_sound:
        _collect(examined, octets, entries, is_tail=is_tail)
    return examined


def _scan(examined: Examined, octets: bytes, size: int | None, *, is_tail: bool) -> None:
    """Is it sound? size: what its index says it has."""
    try:
        found = scan(octets, examined.head.salt, is_tail=is_tail)
    except Damaged as damage:
        examined.reason = f"at offset {damage.offset}: {damage}"
        return
    if size is not None and size > found.size:
        examined.reason = f"it ends at offset {found.size}, and at {size} by its index"
        return
    examined.torn = found.torn
    if found.entries.positions:
        examined.first_position = found.entries.positions[0]
        examined.last_position = found.entries.positions[-1]


def _is_of_other_version(octets: bytes) -> bool:
    """A sound head of a format that this version does not know; a damaged one is none."""
    head = octets[:HEAD_OCTETS]
    version = int.from_bytes(head[len(MAGIC) : len(MAGIC) + 2], "little")
    is_sound = crc32(head[:-4]) == int.from_bytes(head[-4:], "little")
    return head.startswith(MAGIC) and version != VERSION and is_sound


def _guessed_head(disk: Disk, name: str, octets: bytes) -> SegmentHead:
    """What the lost head said, as far as other places say it."""
    try:
        segment_id = int(name.removesuffix(SUFFIX), 16)
    except ValueError:
        raise StartRefused(f"{name} is no segment of ours: move it elsewhere") from None
    index_name = index.file_name(segment_id)
    told = read_file(disk, index_name) if index_name in disk.names() else b""
    generation = int.from_bytes(told[_INDEX_GENERATION], "little")
    return SegmentHead(segment_id, segment_id, generation, find_salt(octets))


def _indexed(disk: Disk, head: SegmentHead) -> tuple[Entries, int] | None:
    name = index.file_name(head.id)
    return index.decode(read_file(disk, name), head) if name in disk.names() else None


def _collect(examined: Examined, octets: bytes, entries: Entries | None, *, is_tail: bool) -> None:
    """Every sound record of a damaged segment, and what is missing between them.

    entries: what the index lists, if there is one.
    """
    salt = examined.head.salt
    offsets = set(sound_records(octets, salt))
    offsets -= {each for each in offsets if record.kind_of(octets, each) not in _KINDS}
    if entries is None:
        offsets.update(resumed(octets, sorted(offsets)))
    else:
        listed = (*entries.offsets, *entries.controls)
        offsets.update(offset for offset in listed if record.measure(octets, offset))
        examined.lost = len(listed) - sum(offset in offsets for offset in listed)
    examined.offsets = sorted(offsets)
    _find_gaps(examined, octets, is_tail=is_tail)
    _count_positions(examined, octets)
    if entries is None:
        _count_lost(examined, octets)


def _find_gaps(examined: Examined, octets: bytes, *, is_tail: bool) -> None:
    end = HEAD_OCTETS
    last_batch = 0
    for offset in examined.offsets:
        if offset > end:
            examined.gaps.append(Gap(end, offset - end))
        end = max(end, offset + record.claimed_length(octets, offset))
        if record.kind_of(octets, offset) == record.BATCH:
            last_batch = offset
    # Zeros at the end are room that was made for more.
    if rest := len(octets[end:].rstrip(b"\0")):
        examined.gaps.append(Gap(end, rest))
    if is_tail and last_batch:
        torn = [gap for gap in examined.gaps if gap.offset > last_batch]
        examined.gaps = examined.gaps[: len(examined.gaps) - len(torn)]
        examined.torn = sum(gap.octets for gap in torn)


def _count_positions(examined: Examined, octets: bytes) -> None:
    positions = [
        record.decode_message_head(octets, offset).position
        for offset in examined.offsets
        if record.kind_of(octets, offset) == record.MESSAGE
    ]
    if positions:
        examined.first_position, examined.last_position = min(positions), max(positions)


def _count_lost(examined: Examined, octets: bytes) -> None:
    """By what the batch heads say, where they can be read."""
    gaps = iter([*examined.gaps, Gap(len(octets), 0)])
    gap = next(gaps)
    end = missing = reached = 0
    for offset in examined.offsets:
        if gap.offset < offset:
            # A gap beyond what the batch head told of: nobody knows what was in it.
            examined.is_lost_known &= gap.offset + gap.octets <= end
            gap = next(gaps)
        if end <= offset:
            examined.lost += missing
            missing = 0
        if record.kind_of(octets, offset) == record.BATCH:
            batch = record.decode_batch(octets, offset)
            end, missing = offset + batch.octets, batch.count
        elif missing:
            missing -= 1
        reached = offset + record.claimed_length(octets, offset)
    if not examined.torn:
        # Of a commit that a crash has cut short nothing was promised. Any other ends where it says,
        # or the file was cut, and more may have been there.
        examined.lost += missing
        reached = max([reached, *(gap.offset + gap.octets for gap in examined.gaps)])
        is_whole = reached == end if end else not examined.gaps
        examined.is_lost_known &= is_whole and bool(examined.offsets)


# Mending -------------------------------------------------------------------------------------


def mend(disk: Disk, examined: Sequence[Examined]) -> list[Mended]:
    """Write anew what is damaged. Raises OSError, and then may be run again."""
    return [_mend(disk, group) for group in _groups(examined) if _needs_mending(group)]


def _groups(examined: Sequence[Examined]) -> list[list[Examined]]:
    """Each segment for itself, but those whose positions overlap together."""
    groups: list[list[Examined]] = []
    for each in examined:
        group = [each]
        if each.first_position:
            while any(_reaches(other, each.first_position) for other in groups):
                group = groups.pop() + group
        groups.append(group)
    return groups


def _reaches(group: Sequence[Examined], position: int) -> bool:
    return any(each.last_position >= position for each in group)


def _needs_mending(group: Sequence[Examined]) -> bool:
    return not all(each.is_sound for each in group)


def _mend(disk: Disk, group: Sequence[Examined]) -> Mended:
    first, last = group[0].head, group[-1].head
    head = SegmentHead(first.id, max(last.last, first.last), first.generation + 1, first.salt)
    name = file_name(first.id)
    pieces, records = _pieces(disk, group, head.salt)
    kept_as = [_keep(disk, each.name) for each in group]
    write_file(disk, name + DRAFT, [head.encode(), *pieces])
    for each in group:
        _remove(disk, index.file_name(each.head.id))
    disk.rename(name + DRAFT, name)
    disk.sync()
    for each in group:
        # The new one says that it has joined these, so a crash before this does no harm.
        if each.name != name:
            _remove(disk, each.name)
    disk.sync()
    return Mended([each for each in group if not each.is_sound], kept_as, records)


def _pieces(disk: Disk, group: Sequence[Examined], salt: int) -> tuple[list[bytes], int]:
    """The records of all, messages in order and each once, then what is said of them."""
    messages: dict[int, bytes] = {}
    controls: list[bytes] = []
    for each in group:
        octets = read_file(disk, each.name)
        for offset in each.offsets or sound_records(octets, each.head.salt):
            piece = octets[offset : offset + record.claimed_length(octets, offset)]
            kind = record.kind_of(octets, offset)
            if kind == record.MESSAGE:
                position = record.decode_message_head(octets, offset).position
                messages.setdefault(position, piece)
            elif kind in (record.SETTLED, record.DELIVERED):
                controls.append(piece)
    records = [messages[position] for position in sorted(messages)] + controls
    return list(_batches(records, salt)), len(records)


def _batches(records: Sequence[bytes], salt: int) -> Iterator[bytes]:
    for number, start in enumerate(range(0, len(records), _RECORDS_IN_BATCH), 1):
        batch = records[start : start + _RECORDS_IN_BATCH]
        size = record.BATCH_OCTETS + sum(map(len, batch))
        yield record.encode_batch(record.BatchHead(number, 0, len(batch), size), salt)
        yield from batch


def _keep(disk: Disk, name: str) -> str:
    """A copy of the damaged file, safe before anything happens to the name."""
    there = disk.names()
    kept, number = name + DAMAGED, 1
    while kept in there:
        number += 1
        kept = f"{name}{DAMAGED}-{number}"
    write_file(disk, kept + DRAFT, [read_file(disk, name)])
    disk.rename(kept + DRAFT, kept)
    disk.sync()
    return kept


# Files ---------------------------------------------------------------------------------------


def read_file(disk: Disk, name: str) -> bytes:
    """All of it. Raises OSError."""
    file = disk.open(name)
    try:
        return file.read(0, file.size)
    finally:
        file.close()


def write_file(disk: Disk, name: str, pieces: Sequence[bytes]) -> None:
    """A new file, safe as far as its octets go. Raises OSError."""
    file = disk.create(name)
    try:
        file.append(pieces)
        file.sync()
    finally:
        file.close()


def _remove(disk: Disk, name: str) -> None:
    if name in disk.names():
        disk.remove(name)
