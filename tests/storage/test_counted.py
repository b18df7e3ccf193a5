"""A disk that counts; that it is a disk like the others is held to it in test_disk.py."""

from itertools import count

import pytest

from leveret.broker.disk_work import DiskWork
from leveret.storage.counted import CountedDisk
from tests.storage.faulty_disk import FaultyDisk


@pytest.fixture
def work():
    return DiskWork()


@pytest.fixture
def inner():
    return FaultyDisk()


@pytest.fixture
def disk(inner, work):
    """Its clock goes on by a second with each look."""
    return CountedDisk(inner, work, count().__next__)


def test_nothing_was_asked_of_a_new_disk(disk, work):
    assert disk.names() == []
    assert work == DiskWork()


def test_writing_syncing_and_reading(disk, work):
    file = disk.create("a")
    file.append([b"12", b"345"])
    assert work == DiskWork(writes=1, written_octets=5, write_s=1)
    file.sync()
    assert (work.syncs, work.sync_s) == (1, 1)
    assert file.read(1, 100) == b"2345"
    assert (work.reads, work.read_octets, work.read_s) == (1, 4, 1)
    assert file.size == 5


def test_a_commit_is_a_write_and_a_sync(disk, work):
    disk.create("a").commit([b"123"])
    assert work == DiskWork(writes=1, written_octets=3, syncs=1, sync_s=1)


def test_names_are_synced_as_well(disk, work):
    disk.create("a")
    disk.sync()
    assert work == DiskWork(syncs=1, sync_s=1)


def test_files_of_one_disk_count_together(disk, work):
    for name in ("a", "b"):
        disk.create(name).append([b"1"])
    disk.open("a").append([b"2"])
    assert (work.writes, work.written_octets) == (3, 3)


def test_what_fails_is_not_counted(disk, inner, work):
    file = disk.create("a")
    inner.fail("write")
    with pytest.raises(OSError, match="error"):
        file.append([b"1"])
    assert work == DiskWork()
