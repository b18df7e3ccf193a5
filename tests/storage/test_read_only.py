"""A disk to look at: it reads like the real one, and nothing done to it is done."""

import errno
from contextlib import closing

import pytest

from leveret.storage.disk import RealDisk
from leveret.storage.read_only import ReadOnlyDisk


@pytest.fixture
def disk(tmp_path):
    """One file, seen through glass."""
    file = RealDisk(tmp_path).create("a")
    file.append([b"0123456789"])
    file.close()
    with closing(ReadOnlyDisk(tmp_path)) as disk:
        yield disk


def test_names_are_sorted_and_a_directory_that_is_not_there_is_empty(disk, tmp_path):
    (tmp_path / "0").touch()
    assert disk.names() == ["0", "a"]
    assert ReadOnlyDisk(tmp_path / "nowhere").names() == []
    assert not (tmp_path / "nowhere").exists()


def test_reading_gives_less_only_at_the_end(disk):
    file = disk.open("a")
    assert file.size == 10
    assert file.read(3, 4) == b"3456"
    assert file.read(8, 4) == b"89"
    assert file.read(20, 4) == b""
    file.sync()
    file.close()


def test_cutting_off_and_removing_are_pretended(disk, tmp_path):
    file = disk.open("a")
    file.truncate(4)
    assert (file.size, file.read(0, 10)) == (4, b"0123")
    file.close()
    disk.remove("a")
    disk.sync()
    assert disk.names() == []
    assert (tmp_path / "a").read_bytes() == b"0123456789"


def test_what_is_appended_meanwhile_is_not_seen(disk, tmp_path):
    file = disk.open("a")
    with (tmp_path / "a").open("ab") as other:
        other.write(b"more")
    assert file.read(0, 100) == b"0123456789"
    file.close()


@pytest.mark.parametrize(
    "attempt",
    [
        lambda disk: disk.create("b"),
        lambda disk: disk.rename("a", "b"),
        lambda disk: disk.open("a").append([b"x"]),
        lambda disk: disk.open("a").commit([b"x"]),
    ],
)
def test_what_cannot_be_pretended_is_refused(disk, tmp_path, attempt):
    with pytest.raises(OSError, match="Read-only file system") as refused:
        attempt(disk)
    assert refused.value.errno == errno.EROFS
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_a_file_that_is_not_there(disk):
    with pytest.raises(FileNotFoundError):
        disk.open("b")


def test_whatever_is_still_open_is_closed_with_the_disk(disk):
    file = disk.open("a")
    disk.open("a").close()
    disk.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        file.read(0, 1)
