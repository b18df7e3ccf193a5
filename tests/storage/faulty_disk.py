"""A disk in memory that remembers everything done to it, and what a crash could leave of that.

It promises what README.md in storage says is assumed of a file system, and nothing more:
what was synced stays; of what was not, each sector of 512 octets is there in any state it has
been in since, a size is any it has had since, and a name may still stand for what it stood for.
A sync that fails forgets what it was to write: a later one that succeeds does not bring it back.

`disk.operations` is what happened, in order. `crashes(operations)` gives every state that a crash
may leave: after each operation, in the middle of it, with more or less of what was not synced.
`disk.fail(...)` and the attributes beside it make it behave badly. test_disk.py holds it to the
same tests as the real one.
"""

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Operation:
    """What was done to the disk and may leave something behind.

    kind: write, truncate, sync (of the file `name`); create, rename, remove (of the name); names
    (they are synced); note (something that is safe at once on another medium: its `data`).
    file: which file it was, whatever its name is or was.
    """

    kind: str
    name: str = ""
    file: int = 0
    offset: int = 0
    data: Any = b""
    new_name: str = ""

    @property
    def brief(self) -> tuple[str, str]:
        """What is done, and to what kind of file."""
        return self.kind, Path(self.new_name or self.name).suffix

    def __str__(self) -> str:
        if self.kind == "write":
            return f"write {self.name} {self.offset}+{len(self.data)}"
        return " ".join(filter(None, (self.kind, self.name, self.new_name)))


@dataclass(slots=True)
class Fault:
    """The next `times` operations of this kind (read and open are kinds as well) go wrong.

    skip: so many go well first. name: only on files whose name ends so.
    written: octets of a write that are written nevertheless.
    """

    kind: str
    number: int = errno.EIO
    times: int = 1
    skip: int = 0
    name: str = ""
    written: int = 0

    def hits(self, kind: str, name: str) -> bool:
        if kind != self.kind or not self.times or not name.endswith(self.name):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True

    def error(self) -> OSError:
        return OSError(self.number, os.strerror(self.number))


# What survives ------------------------------------------------------------------------------


class Fate:
    """What the end of a machine leaves of what was not synced. This one: all of it.

    When only the process ends there is no fate (None): what it wrote is there.
    """

    def touches(self, _sector: int, count: int) -> int:
        """How many of the writes that touched the sector since the sync are in it."""
        return count

    def size(self, count: int) -> int:
        """Which of the sizes the file has had since, 0 being the synced one."""
        return count

    def keeps_name(self) -> bool:
        """Whether what was done to a name is there."""
        return True


class Loss(Fate):
    """Nothing that was not synced is left."""

    def touches(self, _sector: int, _count: int) -> int:
        return 0

    def size(self, _count: int) -> int:
        return 0

    def keeps_name(self) -> bool:
        return False


class LostData(Loss):
    """Sizes and names are there, but none of the data: holes."""

    def size(self, count: int) -> int:
        return count

    def keeps_name(self) -> bool:
        return True


class LostNames(Fate):
    """The data are there, but none of the names."""

    def keeps_name(self) -> bool:
        return False


class Scattered(Fate):
    """This and that is left."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def touches(self, _sector: int, count: int) -> int:
        return self._chance.randint(0, count)

    def size(self, count: int) -> int:
        return self._chance.randint(0, count)

    def keeps_name(self) -> bool:
        return self._chance.random() < 0.5


@dataclass(frozen=True)
class LostSectors(Fate):
    """All is left, except that the youngest write never reached these sectors."""

    first: int
    end: int

    def touches(self, sector: int, count: int) -> int:
        return count - (self.first <= sector < self.end)


# The files ----------------------------------------------------------------------------------


@dataclass(slots=True)
class Content:
    """One file, whatever its names: as the process sees it, and what is on the medium.

    unsynced: writes since, as offset and octets; a size alone as offset and None.
    forgotten: where a sync has failed, begin and end.
    """

    number: int
    seen: bytearray = field(default_factory=bytearray)
    synced: bytearray = field(default_factory=bytearray)
    unsynced: list[tuple[int, bytes | None]] = field(default_factory=list)
    forgotten: list[tuple[int, int]] = field(default_factory=list)

    def write(self, offset: int, data: bytes) -> None:
        self.seen.extend(bytes(max(0, offset - len(self.seen))))
        self.seen[offset : offset + len(data)] = data
        self.unsynced.append((offset, data))

    def truncate(self, size: int) -> None:
        _resize(self.seen, size)
        self.unsynced.append((size, None))

    def sync(self) -> None:
        for (offset, data), size in zip(self.unsynced, self._sizes(), strict=True):
            _resize(self.synced, size)
            self.synced[offset : offset + len(data or b"")] = data or b""
        self.unsynced.clear()

    def forget_unsynced(self) -> None:
        """A sync has failed: the system holds the data for written, and shows them still."""
        self.forgotten += [(at, at + len(data)) for at, data in self.unsynced if data is not None]
        self.unsynced = [(size, None) for size in self._sizes()]

    def _sizes(self) -> list[int]:
        """The size after each write since the sync."""
        sizes = []
        size = len(self.synced)
        for offset, data in self.unsynced:
            size = offset if data is None else max(size, offset + len(data))
            sizes.append(size)
        return sizes

    def copy(self) -> "Content":
        """As the next process has it. What was forgotten can be synced again: a failed sync, the
        end of the process before it tried again, and the end of the machine are not all expected.
        """
        again = [
            (at, bytes(self.seen[at:end])) for at, end in self.forgotten if at < len(self.seen)
        ]
        return Content(self.number, self.seen[:], self.synced[:], self.unsynced + again)

    def after_crash(self, fate: Fate) -> bytes:
        left = bytearray(self.synced)
        touched: dict[int, list[tuple[int, bytes]]] = {}
        for offset, data in self.unsynced:
            for sector, at, piece in _by_sector(offset, data or b""):
                touched.setdefault(sector, []).append((at, piece))
        sizes = self._sizes()
        _resize(left, max([len(left), *sizes]))
        for sector, pieces in touched.items():
            for at, piece in pieces[: fate.touches(sector, len(pieces))]:
                left[at : at + len(piece)] = piece
        chosen = fate.size(len(sizes))
        _resize(left, sizes[chosen - 1] if chosen else len(self.synced))
        return bytes(left)


def _resize(octets: bytearray, size: int) -> None:
    del octets[size:]
    octets.extend(bytes(size - len(octets)))


def _by_sector(offset: int, data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Each sector that a write touches: which, where in the file it begins to, with what."""
    at = offset
    while at < offset + len(data):
        end = min((at // SECTOR + 1) * SECTOR, offset + len(data))
        yield at // SECTOR, at, data[at - offset : end - offset]
        at = end


class FaultyFile:
    """One open file."""

    def __init__(self, disk: "FaultyDisk", name: str, content: Content) -> None:
        self._disk = disk
        self._name = name
        self._content = content
        self._is_open = True
        self.size = len(content.seen)

    def append(self, pieces: Sequence[bytes]) -> None:
        assert self._is_open
        data = b"".join(pieces)
        fault = self._disk.fault("write", self._name)
        room = self._disk.room(self.size + len(data) - len(self._content.seen), len(data))
        written = min(room, fault.written) if fault else room
        if written:
            self._disk.do(
                Operation("write", self._name, self._content.number, self.size, data[:written])
            )
            self.size += written
        if fault:
            raise fault.error()
        if written < len(data):
            raise Fault("write", errno.ENOSPC).error()

    def commit(self, pieces: Sequence[bytes]) -> None:
        start, end = self.size, self.size + sum(map(len, pieces))
        room = self._disk.room_octets if end > len(self._content.seen) else 0
        try:
            self.append([*pieces, bytes(room)])
        except OSError as error:
            if not room or error.errno != errno.ENOSPC:
                raise
            self.size = start
            self.append(pieces)
        self.sync()
        self.size = end

    def sync(self) -> None:
        assert self._is_open
        fault = self._disk.fault("sync", self._name)
        if fault:
            self._disk.do(Operation("unsynced", self._name, self._content.number))
            raise fault.error()
        self._disk.do(Operation("sync", self._name, self._content.number))

    def read(self, offset: int, size: int) -> bytes:
        assert self._is_open
        self._disk.check("read", self._name)
        return bytes(self._content.seen[offset : offset + size])

    def truncate(self, size: int) -> None:
        assert self._is_open
        self._disk.check("truncate", self._name)
        self._disk.do(Operation("truncate", self._name, self._content.number, size))
        self.size = size

    def close(self) -> None:
        self._is_open = False


class FaultyDisk:
    """One directory.

    capacity: octets that fit, when limited. watch: called before every operation with its kind
    and name; it may wait (a slow disk) or raise. room_octets: zeros that a commit leaves behind
    itself when its file has to grow.
    """

    room_octets = 0

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.capacity: int | None = None
        self.watch: Callable[[str, str], None] | None = None
        self._faults: list[Fault] = []
        self._contents: dict[int, Content] = {}
        self._files: dict[str, int] = {}
        # Names as they are on the medium, and what was done to them since: the names that an
        # operation concerns, with the file each of them stands for afterwards.
        self._synced_files: dict[str, int] = {}
        self._unsynced_names: list[dict[str, int | None]] = []
        self.notes: list[Any] = []

    # A disk ------------------------------------------------------------------------------------

    def names(self) -> list[str]:
        self.check("names", "")
        return sorted(self._files)

    def create(self, name: str) -> FaultyFile:
        self.check("create", name)
        number = self._files.get(name, len(self._contents) + 1)
        self.do(Operation("create", name, number))
        return FaultyFile(self, name, self._contents[number])

    def open(self, name: str) -> FaultyFile:
        self.check("open", name)
        return FaultyFile(self, name, self._content(name))

    def rename(self, name: str, new_name: str) -> None:
        self.check("rename", name)
        self._content(name)
        self.do(Operation("rename", name, self._files[name], new_name=new_name))

    def remove(self, name: str) -> None:
        self.check("remove", name)
        self._content(name)
        self.do(Operation("remove", name, self._files[name]))

    def sync(self) -> None:
        self.check("sync_names", "")
        self.do(Operation("names"))

    def _content(self, name: str) -> Content:
        if name not in self._files:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        return self._contents[self._files[name]]

    # Faults ------------------------------------------------------------------------------------

    def fail(self, kind: str, number: int = errno.EIO, **more: Any) -> Fault:
        """The next operation of this kind fails; the fields of Fault say more."""
        fault = Fault(kind, number, **more)
        self._faults.append(fault)
        return fault

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self._faults.clear()
        self.capacity = None
        self.watch = None

    def fault(self, kind: str, name: str) -> Fault | None:
        if self.watch is not None:
            self.watch(kind, name)
        return next((fault for fault in self._faults if fault.hits(kind, name)), None)

    def check(self, kind: str, name: str) -> None:
        fault = self.fault(kind, name)
        if fault:
            raise fault.error()

    def room(self, growth: int, octets: int) -> int:
        """How many octets of a write fit that makes its file longer by `growth`."""
        if self.capacity is None:
            return octets
        return max(0, min(octets, octets - growth + self.capacity - self.octets))

    @property
    def octets(self) -> int:
        """What all files take."""
        return sum(len(self._contents[number].seen) for number in self._files.values())

    def flip(self, name: str, bit: int) -> None:
        """A bit goes wrong where it lies, unnoticed."""
        content = self._content(name)
        for octets in (content.seen, content.synced):
            if bit // 8 < len(octets):
                octets[bit // 8] ^= 1 << bit % 8

    def octets_of(self, name: str) -> bytes:
        return bytes(self._content(name).seen)

    # What is done ------------------------------------------------------------------------------

    def note(self, data: Any) -> None:
        """Something else has become safe, elsewhere; prefixes of the operations contain it."""
        self.check("note", "")
        self.do(Operation("note", data=data))

    def do(self, operation: Operation) -> None:
        """Do it and remember it."""
        self.operations.append(operation)
        getattr(self, f"_do_{operation.kind}")(operation)

    def _do_write(self, operation: Operation) -> None:
        self._contents[operation.file].write(operation.offset, operation.data)

    def _do_truncate(self, operation: Operation) -> None:
        self._contents[operation.file].truncate(operation.offset)

    def _do_sync(self, operation: Operation) -> None:
        self._contents[operation.file].sync()

    def _do_unsynced(self, operation: Operation) -> None:
        self._contents[operation.file].forget_unsynced()

    def _do_create(self, operation: Operation) -> None:
        if operation.name in self._files:
            self._contents[operation.file].truncate(0)
        else:
            self._contents[operation.file] = Content(operation.file)
            self._name({operation.name: operation.file})

    def _do_rename(self, operation: Operation) -> None:
        self._name({operation.name: None, operation.new_name: operation.file})

    def _do_remove(self, operation: Operation) -> None:
        self._name({operation.name: None})

    def _do_names(self, _operation: Operation) -> None:
        self._synced_files = dict(self._files)
        self._unsynced_names.clear()

    def _do_note(self, operation: Operation) -> None:
        self.notes.append(operation.data)

    def _name(self, entries: dict[str, int | None]) -> None:
        self._unsynced_names.append(entries)
        _apply(self._files, entries)

    # Crashes -----------------------------------------------------------------------------------

    def after_crash(self, fate: Fate | None = None) -> "FaultyDisk":
        """The disk as the next process finds it, if all ends now.

        Without a fate only the process ends: what it has not synced can be lost later.
        """
        if fate is None:
            return self._copy()
        left = FaultyDisk()
        left.room_octets = self.room_octets
        for name, number in sorted(self._names_after_crash(fate).items()):
            data = self._contents[number].after_crash(fate)
            content = left._contents[len(left._contents) + 1] = Content(len(left._contents) + 1)
            content.seen[:] = content.synced[:] = data
            left._files[name] = left._synced_files[name] = content.number
        left.notes = list(self.notes)
        return left

    def _copy(self) -> "FaultyDisk":
        copy = FaultyDisk()
        copy.room_octets = self.room_octets
        copy._contents = {number: each.copy() for number, each in self._contents.items()}
        copy._files = dict(self._files)
        copy._synced_files = dict(self._synced_files)
        copy._unsynced_names = list(self._unsynced_names)
        copy.notes = list(self.notes)
        return copy

    def _names_after_crash(self, fate: Fate) -> dict[str, int]:
        files = dict(self._synced_files)
        lost: set[str] = set()
        for entries in self._unsynced_names:
            # What is done to one name happens in order; others' order is not promised.
            if lost & entries.keys() or not fate.keeps_name():
                lost |= entries.keys()
            else:
                _apply(files, entries)
        return files

    @property
    def state(self) -> tuple[Any, ...]:
        """Equal for disks with the same files on them and the same noted elsewhere."""
        files = ((name, bytes(self._contents[n].seen)) for name, n in sorted(self._files.items()))
        return (*files, len(self.notes))


def _apply(files: dict[str, int], entries: dict[str, int | None]) -> None:
    for name, number in entries.items():
        if number is None:
            files.pop(name, None)
        else:
            files[name] = number


@dataclass(frozen=True, slots=True)
class Crash:
    """begun, done: so many operations were. what: in words, the last and what is left of it."""

    begun: int
    done: int
    what: str
    disk: FaultyDisk


def crashes(
    operations: Sequence[Operation],
    chance: Random,
    scatterings: int = 2,
    start: FaultyDisk | None = None,
) -> Iterator[Crash]:
    """Every state in which a crash may leave the disk; of equal ones after one operation, one.

    start: what was on the disk before; the operations must have begun there.
    """
    disk = start.after_crash() if start else FaultyDisk()
    yield Crash(0, 0, "at the start", disk.after_crash())
    for done, operation in enumerate(operations):
        seen: set[tuple[Any, ...]] = set()
        for size in _tears(operation):
            torn = _torn(disk, operation, size)
            seen.add(torn.state)
            yield Crash(done + 1, done, f"{operation}: torn after {size} octets", torn)
        disk.do(operation)
        for what, fate in _fates(operation, chance, scatterings):
            left = disk.after_crash(fate)
            if left.state not in seen:
                seen.add(left.state)
                yield Crash(done + 1, done + 1, f"{operation}: {what}", left)


def _tears(operation: Operation) -> range:
    """The sizes after which a write may be cut off."""
    if operation.kind != "write":
        return range(0)
    return range(SECTOR - operation.offset % SECTOR, len(operation.data), SECTOR)


def _torn(disk: FaultyDisk, operation: Operation, size: int) -> FaultyDisk:
    """What is left when only the beginning of a write was written before all ended."""
    left = disk.after_crash()
    left.do(replace(operation, data=operation.data[:size]))
    left.operations.clear()
    return left


def _fates(
    operation: Operation, chance: Random, scatterings: int
) -> Iterator[tuple[str, Fate | None]]:
    yield "the process ends", None
    yield "all is left", Fate()
    yield "nothing unsynced is left", Loss()
    yield "holes are left", LostData()
    yield "no unsynced name is left", LostNames()
    for size in _tears(operation):
        first = operation.offset // SECTOR
        middle = (operation.offset + size) // SECTOR
        end = (operation.offset + len(operation.data) - 1) // SECTOR + 1
        yield f"a hole from sector {middle} on", LostSectors(middle, end)
        yield f"a hole up to sector {middle}", LostSectors(first, middle)
    for number in range(scatterings):
        yield f"scattered {number}", Scattered(chance)


def replayed(operations: Iterable[Operation], start: FaultyDisk | None = None) -> FaultyDisk:
    """The disk after these."""
    disk = start.after_crash() if start else FaultyDisk()
    for operation in operations:
        disk.do(operation)
    return disk
