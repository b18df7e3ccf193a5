"""One group commit on its way to the file: in which order, and what a failure leaves."""

import errno

import pytest

from leveret.storage import record
from leveret.storage.batch import Batch
from leveret.storage.segment import HEAD_OCTETS, Segment, SegmentHead, file_name
from leveret.storage.write import Write
from tests.storage.faulty_disk import FaultyDisk
from tests.storage.octets import SALT, stored

HEAD = SegmentHead(3, 3, salt=SALT)
NAME = file_name(3)


def batch(*positions):
    made = Batch(1)
    for position in positions:
        made.add(position, stored(position), (1,))
    return made


def first_write(disk, made, *, is_synced=True):
    """To a segment that isn't there yet."""
    return Write(disk, made, HEAD, None, is_synced=is_synced)


def next_write(disk, made, *, is_synced=True):
    """To one that is."""
    return Write(disk, made, HEAD, disk.open(NAME), is_synced=is_synced)


def kinds(disk):
    return [operation.kind for operation in disk.operations]


@pytest.fixture
def disk():
    return FaultyDisk()


@pytest.fixture
def begun(disk):
    """A disk with the segment begun."""
    first_write(disk, batch(1)).run()
    disk.operations.clear()
    return disk


def test_a_new_segment_is_safe_before_anything_is_in_it(disk):
    first_write(disk, batch(1)).run()
    assert kinds(disk) == ["create", "write", "sync", "names", "write", "sync"]
    assert disk.octets_of(NAME) == HEAD.encode() + b"".join(batch(1).pieces(SALT))


def test_a_group_commit_is_one_write_and_one_sync(begun):
    before = begun.octets_of(NAME)
    write = next_write(begun, batch(2, 3))
    write.run()
    assert kinds(begun) == ["write", "sync"]
    assert write.offset == len(before)
    assert not write.is_first
    assert begun.octets_of(NAME) == before + b"".join(batch(2, 3).pieces(SALT))


def test_nothing_is_synced_where_nothing_has_to_survive(disk):
    first_write(disk, batch(1), is_synced=False).run()
    next_write(disk, batch(2), is_synced=False).run()
    assert kinds(disk) == ["create", "write", "write", "write"]


def test_it_is_known_where_the_records_are_that_are_no_messages(disk):
    made = batch(1, 2)
    made.settle(1, 9)
    made.deliver(2, 9)
    write = first_write(disk, made)
    write.run()
    assert write.offset == HEAD_OCTETS
    octets = disk.octets_of(NAME)
    told = [record.decode_control(octets, each) for each in write.controls]
    assert [(each.kind, each.queue) for each in told] == [
        (record.SETTLED, 1),
        (record.DELIVERED, 2),
    ]


# Failures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        ("create", {}),
        ("write", {}),
        ("write", {"skip": 1, "written": 100}),
        ("sync", {}),
        ("sync", {"skip": 1}),
        ("sync_names", {}),
    ],
)
def test_a_new_segment_is_tried_again_from_the_beginning(disk, fault):
    kind, more = fault
    disk.fail(kind, errno.EIO, **more)
    failed = first_write(disk, batch(1, 2))
    with pytest.raises(OSError, match="Input/output error"):
        failed.run()
    assert failed.file is None
    first_write(disk, batch(1, 2)).run()
    assert disk.octets_of(NAME) == HEAD.encode() + b"".join(batch(1, 2).pieces(SALT))


def test_a_file_that_could_not_be_begun_is_let_go(disk):
    made = []
    create = disk.create
    disk.create = lambda name: made.append(create(name)) or made[-1]
    for skip in (0, 1):
        disk.fail("sync", skip=skip)
        with pytest.raises(OSError, match="Input/output error"):
            first_write(disk, batch(1)).run()
    for file in made:
        with pytest.raises(AssertionError):
            file.sync()


def test_a_segment_that_is_there_stays_open_when_a_write_fails(begun):
    write = next_write(begun, batch(2))
    begun.fail("write", written=10)
    with pytest.raises(OSError, match="Input/output error"):
        write.run()
    write.file.sync()


# The segment that a failure has spoiled ------------------------------------------------------


def spoiled(disk):
    """The segment with half a group commit behind its last good octet."""
    segment = Segment(HEAD, disk.open(NAME))
    segment.size = segment.file.size
    disk.fail("write", written=50)
    with pytest.raises(OSError, match="Input/output error"):
        Write(disk, batch(2), HEAD, segment.file, is_synced=True).run()
    disk.operations.clear()
    return segment


def replacement(disk, suspect):
    write = Write(disk, batch(2), SegmentHead(4, 4, salt=SALT), None, is_synced=True)
    write.suspect = suspect
    return write


def test_a_spoiled_segment_is_cut_before_the_next_is_begun(begun):
    suspect = spoiled(begun)
    replacement(begun, suspect).run()
    assert [(each.kind, each.name) for each in begun.operations][:3] == [
        ("truncate", NAME),
        ("sync", NAME),
        ("create", file_name(4)),
    ]
    assert len(begun.octets_of(NAME)) == suspect.size


@pytest.mark.parametrize("kind", ["truncate", "sync"])
def test_nothing_is_begun_before_the_spoiled_segment_is_cut(begun, kind):
    suspect = spoiled(begun)
    begun.fail(kind)
    with pytest.raises(OSError, match="Input/output error"):
        replacement(begun, suspect).run()
    assert begun.names() == [NAME]
    replacement(begun, suspect).run()
    assert len(begun.octets_of(NAME)) == suspect.size
