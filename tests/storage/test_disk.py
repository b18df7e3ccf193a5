"""The disk and the one that stands in for it in tests: both do the same, until something breaks."""

import errno
import random
import resource
import time
from contextlib import contextmanager

import pytest

from leveret.broker.disk_work import DiskWork
from leveret.storage import disk as storage_disk
from leveret.storage.counted import CountedDisk
from leveret.storage.disk import RealDisk
from tests.storage.faulty_disk import (
    SECTOR,
    FaultyDisk,
    Loss,
    LostData,
    LostNames,
    LostSectors,
    Scattered,
    crashes,
    replayed,
)


@pytest.fixture(params=["real", "counted", "faulty"])
def disk(request, tmp_path):
    if request.param == "faulty":
        return FaultyDisk()
    real = RealDisk(tmp_path / "there" / "or not")
    return real if request.param == "real" else CountedDisk(real, DiskWork(), time.monotonic)


def filled(disk, name, *pieces):
    file = disk.create(name)
    file.append(pieces)
    return file


def content(disk, name):
    file = disk.open(name)
    try:
        return file.read(0, file.size)
    finally:
        file.close()


# Both ----------------------------------------------------------------------------------------


def test_a_new_disk_is_empty(disk):
    assert disk.names() == []


def test_names_are_sorted(disk):
    for name in ("b", "c", "a"):
        disk.create(name).close()
    disk.sync()
    assert disk.names() == ["a", "b", "c"]


def test_pieces_are_appended_one_after_the_other(disk):
    file = filled(disk, "a", b"one", b"", b"two")
    assert file.size == 6
    file.append([])
    file.append([b"three"])
    file.sync()
    assert (file.size, file.read(0, 100)) == (11, b"onetwothree")
    file.close()


def test_more_pieces_than_the_system_takes_at_once(disk):
    pieces = [bytes((number % 256,)) for number in range(3000)]
    file = filled(disk, "a", *pieces)
    assert file.read(0, 4000) == b"".join(pieces)
    assert file.size == 3000
    file.close()


def test_a_closed_file_is_nobody_elses(disk):
    closed = filled(disk, "a", b"one")
    closed.close()
    other = filled(disk, "b", b"two")
    closed.close()
    with pytest.raises((OSError, AssertionError)):
        closed.read(0, 3)
    assert other.read(0, 3) == b"two"
    other.close()


def test_what_is_committed_is_appended(disk):
    file = filled(disk, "a", b"one")
    for pieces in ([b"two"], [], [b"three", b"four"], [b"x"] * 2000, [b"five"]):
        file.commit(pieces)
    whole = b"onetwothreefour" + b"x" * 2000 + b"five"
    assert file.size == len(whole)
    assert file.read(0, file.size) == whole
    file.truncate(file.size)
    file.close()
    assert content(disk, "a") == whole


def test_large_commits_and_small_ones_follow_each_other(disk):
    file = disk.create("a")
    whole = b""
    for number, octets in enumerate((10, 300_000, 20, 70_000, 5)):
        data = bytes((number + 1,)) * octets
        file.commit([data])
        whole += data
        assert file.size == len(whole)
    assert file.read(0, file.size) == whole
    file.append([b"more"])
    assert file.read(len(whole), 4) == b"more"
    file.close()


def test_reading_gives_less_only_at_the_end(disk):
    file = filled(disk, "a", b"0123456789")
    assert file.read(3, 4) == b"3456"
    assert file.read(8, 4) == b"89"
    assert file.read(10, 4) == b""
    assert file.read(20, 4) == b""
    file.close()


def test_an_opened_file_goes_on_where_it_ended(disk):
    filled(disk, "a", b"one").close()
    file = disk.open("a")
    assert file.size == 3
    file.append([b"two"])
    file.close()
    assert content(disk, "a") == b"onetwo"


def test_what_is_cut_off_is_gone(disk):
    file = filled(disk, "a", b"0123456789")
    file.truncate(4)
    assert file.size == 4
    file.append([b"x"])
    assert file.read(0, 100) == b"0123x"
    file.close()


def test_a_file_created_again_is_empty(disk):
    filled(disk, "a", b"old").close()
    disk.create("a").close()
    assert content(disk, "a") == b""


def test_a_renamed_file_takes_the_place_of_another(disk):
    filled(disk, "a", b"old").close()
    filled(disk, "b", b"new").close()
    disk.rename("b", "a")
    assert disk.names() == ["a"]
    assert content(disk, "a") == b"new"


def test_a_removed_file_is_gone_for_those_who_open_it(disk):
    file = filled(disk, "a", b"still")
    disk.remove("a")
    assert disk.names() == []
    assert file.read(0, 5) == b"still"
    file.close()


@pytest.mark.parametrize(
    "attempt",
    [
        lambda disk: disk.open("a"),
        lambda disk: disk.remove("a"),
        lambda disk: disk.rename("a", "b"),
    ],
)
def test_a_file_that_is_not_there(disk, attempt):
    with pytest.raises(FileNotFoundError):
        attempt(disk)


def test_two_who_have_opened_a_file_see_the_same(disk):
    file = filled(disk, "a", b"one")
    other = disk.open("a")
    file.append([b"two"])
    assert other.read(0, 100) == b"onetwo"
    file.close()
    other.close()


# The real one --------------------------------------------------------------------------------


def test_a_directory_that_is_there_is_taken_with_what_is_in_it(tmp_path):
    filled(RealDisk(tmp_path), "a", b"kept").close()
    assert content(RealDisk(tmp_path), "a") == b"kept"


def test_a_small_commit_makes_room_for_those_that_follow(tmp_path):
    path = tmp_path / "a"
    file = RealDisk(tmp_path).create("a")
    file.commit([b"one"])
    room = path.stat().st_size
    assert room > 200_000
    assert path.read_bytes() == b"one".ljust(room, b"\0")
    file.commit([b"two"])
    assert path.stat().st_size == room
    file.truncate(file.size)
    assert path.read_bytes() == b"onetwo"
    file.commit([b"three"])
    assert path.stat().st_size > 200_000
    file.close()


def test_where_a_write_can_not_sync_a_sync_follows(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(storage_disk, "_AND_SYNC", 0)
    monkeypatch.setattr(storage_disk.os, "fdatasync", synced.append)
    file = RealDisk(tmp_path).create("a")
    file.commit([b"one"])
    assert len(synced) == 1
    file.close()


def test_where_data_can_not_be_synced_alone_all_of_it_is(tmp_path, monkeypatch):
    synced = []
    monkeypatch.delattr(storage_disk.os, "fdatasync")
    monkeypatch.setattr(storage_disk.os, "fsync", synced.append)
    file = RealDisk(tmp_path).create("a")
    file.append([b"one"])
    file.sync()
    assert len(synced) == 1
    file.close()


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS])
def test_a_system_that_knows_no_such_write_is_asked_once(tmp_path, monkeypatch, number):
    asked, synced = [], []
    write = storage_disk.os.pwritev

    def refuse(descriptor, pieces, offset, flags):
        if flags:
            asked.append(flags)
            raise OSError(number, "no such flag")
        return write(descriptor, pieces, offset)

    monkeypatch.setattr(storage_disk.RealFile, "_knows_the_flag", True)
    monkeypatch.setattr(storage_disk, "_AND_SYNC", 2)
    monkeypatch.setattr(storage_disk.os, "pwritev", refuse)
    monkeypatch.setattr(storage_disk.os, "fdatasync", synced.append)
    file = RealDisk(tmp_path).create("a")
    file.commit([b"one"])
    file.commit([b"two"])
    assert (len(asked), len(synced)) == (1, 2)
    assert file.read(0, file.size) == b"onetwo"
    file.close()


def test_a_commit_for_which_there_is_room_but_not_for_more_is_written(tmp_path, monkeypatch):
    write = storage_disk.os.pwritev

    def fill(descriptor, pieces, offset, flags):
        octets = b"".join(pieces)[: max(0, 100 - offset)]
        if not octets:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, [octets], offset, flags)

    monkeypatch.setattr(storage_disk.os, "pwritev", fill)
    file = RealDisk(tmp_path).create("a")
    file.commit([b"x" * 60])
    file.commit([b"y" * 40])
    assert file.size == 100
    with pytest.raises(OSError, match="No space left"):
        file.commit([b"z"])
    assert file.read(0, 200) == b"x" * 60 + b"y" * 40
    file.close()


def test_other_errors_of_a_commit_are_raised(tmp_path, monkeypatch):
    def fail(*_asked):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(storage_disk.os, "pwritev", fail)
    file = RealDisk(tmp_path).create("a")
    with pytest.raises(OSError, match="Input/output error"):
        file.commit([b"one"])
    file.close()


@contextmanager
def files_of_ten_octets_at_most():
    """Over before the test is: what pytest says may go to a file as well."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_short_write_is_tried_again_and_then_an_error(tmp_path):
    file = filled(RealDisk(tmp_path), "a", b"012345")
    with (
        files_of_ten_octets_at_most(),
        pytest.raises(OSError, match="File too large") as refused,
    ):
        file.append([b"67", b"89ab"])
    assert refused.value.errno == errno.EFBIG
    assert (file.size, file.read(0, 100)) == (10, b"0123456789")
    file.close()


# What a crash leaves -------------------------------------------------------------------------


def crashed(disk, fate):
    left = disk.after_crash(fate)
    return {name: left.octets_of(name) for name in left.names()}


def test_what_was_synced_is_left():
    disk = FaultyDisk()
    filled(disk, "a", b"kept").sync()
    disk.sync()
    assert crashed(disk, Loss()) == {"a": b"kept"}


def test_what_was_not_synced_is_lost_when_it_is_bad():
    disk = FaultyDisk()
    file = filled(disk, "a", b"kept")
    file.sync()
    disk.sync()
    file.append([b" or not"])
    disk.create("b")
    assert crashed(disk, Loss()) == {"a": b"kept"}
    assert crashed(disk, LostData()) == {"a": b"kept" + bytes(7), "b": b""}
    assert crashed(disk, None) == {"a": b"kept or not", "b": b""}


def test_a_synced_file_whose_name_was_not_is_lost():
    disk = FaultyDisk()
    filled(disk, "a", b"in vain").sync()
    assert crashed(disk, LostNames()) == {}


def test_a_rename_is_there_whole_or_not_at_all():
    disk = FaultyDisk()
    filled(disk, "a", b"old").sync()
    filled(disk, "b", b"new").sync()
    disk.sync()
    disk.rename("b", "a")
    before, after = {"a": b"old", "b": b"new"}, {"a": b"new"}
    seen = [crashed(disk, Scattered(random.Random(seed))) for seed in range(20)]
    assert before in seen
    assert after in seen
    assert all(each in (before, after) for each in seen)


def test_names_are_lost_in_any_combination_but_each_in_order():
    disk = FaultyDisk()
    disk.create("a")
    disk.create("b")
    disk.rename("a", "c")
    seen = [set(crashed(disk, Scattered(random.Random(seed)))) for seed in range(50)]
    for names in (set(), {"a"}, {"b"}, {"c"}, {"a", "b"}, {"b", "c"}):
        assert names in seen
    assert {"a", "c"} not in seen


def test_what_a_dead_process_has_not_synced_is_seen_and_can_still_be_lost():
    disk = FaultyDisk()
    filled(disk, "a", b"kept").sync()
    disk.sync()
    disk.open("a").append([b" or not"])
    heir = disk.after_crash()
    assert content(heir, "a") == b"kept or not"
    assert crashed(heir, Loss()) == {"a": b"kept"}
    heir.open("a").sync()
    assert crashed(heir, Loss()) == {"a": b"kept or not"}


def test_a_truncated_file_may_be_long_again():
    disk = FaultyDisk()
    file = filled(disk, "a", b"0123456789")
    file.sync()
    disk.sync()
    file.truncate(3)
    assert crashed(disk, Loss()) == {"a": b"0123456789"}
    file.sync()
    assert crashed(disk, Loss()) == {"a": b"012"}


def test_each_sector_is_as_it_was_some_time_since_the_sync():
    disk = FaultyDisk()
    file = filled(disk, "a", b"1" * 100)
    file.sync()
    disk.sync()
    file.append([b"2" * 100])
    file.append([b"3" * SECTOR])
    seen = {crashed(disk, Scattered(random.Random(seed)))["a"] for seed in range(200)}
    sizes = {100, 200, 200 + SECTOR}
    assert {len(octets) for octets in seen} == sizes
    assert b"1" * 100 + b"2" * 100 + bytes(312 + 200) in seen
    assert b"1" * 100 + bytes(412) + b"3" * 200 in seen
    assert all(octets.startswith(b"1" * 100) for octets in seen)


def test_sectors_of_the_last_write_alone_are_lost():
    disk = FaultyDisk()
    file = filled(disk, "a", b"1" * SECTOR)
    file.append([b"2" * 2 * SECTOR])
    assert crashed(disk, LostSectors(1, 2)) == {"a": b"1" * SECTOR + bytes(SECTOR) + b"2" * SECTOR}


def test_a_sync_that_failed_forgets_what_it_was_to_write():
    disk = FaultyDisk()
    file = filled(disk, "a", b"kept")
    file.sync()
    disk.sync()
    file.append([b"forgotten"])
    disk.fail("sync")
    with pytest.raises(OSError, match="Input/output error"):
        file.sync()
    file.append([b"new"])
    file.sync()
    assert crashed(disk, None) == {"a": b"keptforgottennew"}
    assert crashed(disk, Loss()) == {"a": b"kept" + bytes(9) + b"new"}


def test_what_is_written_again_after_a_failed_sync_is_safe_with_the_next():
    disk = FaultyDisk()
    file = filled(disk, "a", b"kept")
    disk.fail("sync")
    with pytest.raises(OSError, match="Input/output error"):
        file.sync()
    file.truncate(0)
    file.append([b"kept"])
    file.sync()
    disk.sync()
    assert crashed(disk, Loss()) == {"a": b"kept"}


# Every crash ---------------------------------------------------------------------------------


def every_crash(disk, **more):
    return list(crashes(disk.operations, random.Random(1), **more))


def test_a_crash_may_come_before_anything_and_after_everything():
    disk = FaultyDisk()
    filled(disk, "a", b"x").sync()
    disk.sync()
    told = [(each.begun, each.done, each.disk.state) for each in every_crash(disk)]
    empty, made, whole = (0,), (("a", b""), 0), (("a", b"x"), 0)
    assert told[0] == (0, 0, empty)
    assert {state for begun, _, state in told if begun == 1} == {made, empty}
    assert {state for begun, _, state in told if begun == 2} == {
        made, empty, whole, (("a", b"\0"), 0)
    }  # fmt: skip
    assert {state for begun, _, state in told if begun == 3} == {empty, whole}
    assert {state for begun, _, state in told if begun == 4} == {whole}


def test_the_last_write_is_torn_at_each_sector():
    disk = FaultyDisk()
    file = filled(disk, "a", b"0" * 100)
    file.sync()
    disk.sync()
    file.append([b"1" * 3 * SECTOR])
    torn = [each for each in every_crash(disk, scatterings=0) if each.done < each.begun]
    assert [len(each.disk.octets_of("a")) for each in torn] == [SECTOR, 2 * SECTOR, 3 * SECTOR]
    assert {each.done for each in torn} == {4}
    assert "torn after 412 octets" in torn[0].what


def test_crashes_begin_where_the_disk_began():
    first = FaultyDisk()
    for name in ("b", "a"):
        filled(first, name, name.encode()).sync()
    start = first.after_crash()
    second = start.after_crash()
    second.open("b").append([b"more"])
    told = list(crashes(second.operations, random.Random(1), start=start))
    assert told[0].disk.state == start.state
    assert told[1].disk.octets_of("b") == b"bmore"
    assert replayed(second.operations, start).state == second.state


def test_what_is_noted_elsewhere_is_part_of_what_is_left():
    disk = FaultyDisk()
    disk.note("a row in a table")
    filled(disk, "a", b"x")
    disk.note("another")
    notes = [each.disk.notes for each in every_crash(disk)]
    assert notes[0] == []
    assert notes[1] == ["a row in a table"]
    assert notes[-1] == ["a row in a table", "another"]


# Faults --------------------------------------------------------------------------------------


def test_a_full_disk_takes_what_fits():
    disk = FaultyDisk()
    disk.capacity = 6
    file = filled(disk, "a", b"1234")
    with pytest.raises(OSError, match="No space left on device") as full:
        file.append([b"5678"])
    assert full.value.errno == errno.ENOSPC
    assert content(disk, "a") == b"123456"
    assert file.size == 6
    file.truncate(2)
    file.append([b"abcd"])
    disk.heal()
    file.append([b"efgh"])
    assert content(disk, "a") == b"12abcdefgh"


def test_removing_a_file_makes_room():
    disk = FaultyDisk()
    disk.capacity = 4
    filled(disk, "a", b"1234")
    disk.remove("a")
    filled(disk, "b", b"1234")
    assert disk.octets == 4


def test_a_write_may_be_short():
    disk = FaultyDisk()
    disk.fail("write", errno.EIO, written=3)
    file = disk.create("a")
    with pytest.raises(OSError, match="Input/output error"):
        file.append([b"12", b"34"])
    assert (file.size, content(disk, "a")) == (3, b"123")


def test_faults_come_when_and_where_and_as_often_as_they_were_ordered():
    disk = FaultyDisk()
    disk.fail("read", name=".index", skip=1, times=2)
    filled(disk, "a.segment", b"x")
    filled(disk, "a.index", b"y")
    assert content(disk, "a.segment") == b"x"
    assert content(disk, "a.index") == b"y"
    for _ in range(2):
        with pytest.raises(OSError, match="Input/output error"):
            content(disk, "a.index")
    assert content(disk, "a.index") == b"y"


@pytest.mark.parametrize(
    ("kind", "attempt"),
    [
        ("names", lambda disk, _: disk.names()),
        ("create", lambda disk, _: disk.create("b")),
        ("open", lambda disk, _: disk.open("a")),
        ("rename", lambda disk, _: disk.rename("a", "b")),
        ("remove", lambda disk, _: disk.remove("a")),
        ("sync_names", lambda disk, _: disk.sync()),
        ("note", lambda disk, _: disk.note("x")),
        ("write", lambda _, file: file.append([b"x"])),
        ("sync", lambda _, file: file.sync()),
        ("read", lambda _, file: file.read(0, 1)),
        ("truncate", lambda _, file: file.truncate(0)),
    ],
)
def test_everything_can_fail_and_then_nothing_was_done(kind, attempt):
    disk = FaultyDisk()
    file = filled(disk, "a", b"kept")
    file.sync()
    disk.sync()
    disk.fail(kind)
    with pytest.raises(OSError, match="Input/output error"):
        attempt(disk, file)
    disk.heal()
    assert disk.names() == ["a"]
    assert content(disk, "a") == b"kept"
    attempt(disk, file)


def test_whoever_watches_sees_every_operation_before_it_is_done():
    disk = FaultyDisk()
    seen = []
    disk.watch = lambda kind, name: seen.append((kind, name))
    filled(disk, "a", b"x").sync()
    disk.sync()
    assert seen == [("create", "a"), ("write", "a"), ("sync", "a"), ("sync_names", "")]


def test_a_flipped_bit_is_flipped_on_the_medium_as_well():
    disk = FaultyDisk()
    filled(disk, "a", b"\0\0").sync()
    disk.sync()
    disk.flip("a", 9)
    assert content(disk, "a") == b"\0\2"
    assert crashed(disk, Loss()) == {"a": b"\0\2"}
