"""Opening a log: segments by index or by reading, torn tails cut, damage refused."""

import pytest

from leveret.errors import StartRefused
from leveret.storage import index, recovery
from leveret.storage import segment as segments
from leveret.storage.recovery import LogDamaged, open_segments
from leveret.storage.scan import scan
from leveret.storage.segment import HEAD_OCTETS, Segment, SegmentHead, decode_head, file_name
from tests.storage.faulty_disk import FaultyDisk, Loss, LostNames
from tests.storage.octets import SALT, batch, segment, settled, stored


def disk_with(*files):
    """Segments by the ids in their heads, or whatever by the name given with it."""
    disk = FaultyDisk()
    for file in files:
        put(disk, *(file if isinstance(file, tuple) else (name_of(file), file)))
    disk.sync()
    disk.operations.clear()
    return disk


def put(disk, name, octets):
    file = disk.create(name)
    file.append([octets])
    file.sync()
    file.close()


def name_of(octets):
    return file_name(decode_head(octets).id)


def index_of(octets):
    """The index that a segment with these octets gets."""
    head = decode_head(octets)
    made = Segment(head, FaultyDisk().create("a"))
    found = scan(octets, head.salt, is_tail=False)
    made.entries, made.size = found.entries, found.size
    return index.file_name(head.id), index.encode(made)


def flipped(octets, offset):
    return octets[:offset] + bytes((octets[offset] ^ 1,)) + octets[offset + 1 :]


def opened(disk):
    return {each.head.id: list(each.entries.positions) for each in open_segments(disk).segments}


FIRST = segment(batch(stored(1), stored(2)), batch(settled(1, 1)), segment_id=1)
SECOND = segment(batch(stored(3, queues=(1, 9))), batch(stored(4)), segment_id=2)
THIRD = segment(batch(stored(7)), batch(stored(8)), segment_id=3)


# What is there -------------------------------------------------------------------------------


def test_nothing_is_a_log_as_well():
    found = open_segments(FaultyDisk())
    assert (found.segments, found.torn, found.last_position, found.last_queue) == ([], 0, 0, 0)


def test_segments_are_opened_with_everything_wanted():
    found = open_segments(disk_with(FIRST, SECOND))
    first, second = found.segments
    assert list(first.entries.positions) == [1, 2]
    assert len(first.entries.controls) == 1
    assert (first.live, second.live) == (2, 2)
    assert (first.size, first.head.salt) == (len(FIRST), SALT)
    assert second.entries.wanted == b"\2\1"
    assert (found.torn, found.last_position, found.last_queue) == (0, 4, 9)


def test_a_segment_without_messages_is_one_as_well():
    found = open_segments(disk_with(FIRST, segment(batch(settled(1, 2)), segment_id=2)))
    assert [each.live for each in found.segments] == [2, 0]
    assert found.last_position == 2


def test_files_that_are_not_the_logs_are_left_alone():
    disk = disk_with(FIRST, ("README", b"mine"), ("copy.segment.bak", SECOND))
    assert opened(disk) == {1: [1, 2]}
    assert {"README", "copy.segment.bak"} <= set(disk.names())


# By index ------------------------------------------------------------------------------------


def reads(disk):
    """The names of the files that were read from end to end."""
    told = []
    sizes = {name: len(disk.octets_of(name)) for name in disk.names()}
    read = disk.open

    def watched(name):
        file = read(name)
        whole = file.read
        file.read = lambda offset, size: (
            (size == sizes[name] and told.append(name)) or whole(offset, size)
        )
        return file

    disk.open = watched
    return told


def test_a_segment_with_an_index_is_not_read():
    disk = disk_with(FIRST, index_of(FIRST), SECOND, index_of(SECOND))
    told = reads(disk)
    found = open_segments(disk)
    assert told == [index.file_name(1), index.file_name(2)]
    assert [list(each.entries.positions) for each in found.segments] == [[1, 2], [3, 4]]
    assert [each.has_index for each in found.segments] == [True, True]
    assert (found.last_position, found.last_queue) == (4, 9)


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        index_of(FIRST)[1][:-1],
        flipped(index_of(FIRST)[1], 70),
        index_of(SECOND)[1],
        index_of(segment(batch(stored(1)), segment_id=1))[1],
    ],
    ids=["empty", "short", "damaged", "of another segment", "of other octets"],
)
def test_a_segment_is_read_when_its_index_is_of_no_use(wrong):
    disk = disk_with(FIRST, (index.file_name(1), wrong), SECOND)
    found = open_segments(disk)
    assert [list(each.entries.positions) for each in found.segments] == [[1, 2], [3, 4]]
    assert not found.segments[0].has_index


def test_indexes_without_segments_are_removed():
    disk = disk_with(FIRST, index_of(FIRST), index_of(SECOND))
    assert opened(disk) == {1: [1, 2]}
    assert disk.names() == [index.file_name(1), file_name(1)]


# What a crash has left -----------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 10, HEAD_OCTETS])
def test_a_segment_that_was_just_being_made_is_removed(size):
    disk = disk_with(FIRST, (file_name(2), SECOND[:size]))
    assert opened(disk) == {1: [1, 2]}
    assert disk.names() == [file_name(1)]


def test_a_torn_tail_is_cut():
    disk = disk_with(FIRST, SECOND[:-5])
    found = open_segments(disk)
    left = len(segment(batch(stored(3, queues=(1, 9))))) + 40
    assert found.segments[-1].size == len(disk.octets_of(file_name(2))) == left
    assert found.torn == len(SECOND) - 5 - left
    assert found.last_position == 3
    assert open_segments(disk.after_crash(Loss())).torn == 0


def test_what_is_being_written_under_another_name_is_removed():
    disk = disk_with(FIRST, (file_name(1) + recovery.DRAFT, SECOND), ("x.index.new", b""))
    assert opened(disk) == {1: [1, 2]}
    assert disk.names() == [file_name(1)]


def test_segments_that_were_joined_in_another_are_removed():
    joined = segment(stored(2), stored(4), segment_id=1, last=3, generation=1)
    disk = disk_with(joined, SECOND, index_of(SECOND), THIRD)
    assert opened(disk) == {1: [2, 4]}
    assert disk.names() == [file_name(1)]


def test_joined_ones_are_removed_even_if_one_was_joined_in_the_other_before():
    first = segment(stored(2), segment_id=1, last=3, generation=2)
    second = segment(stored(3), segment_id=2, last=3, generation=1)
    assert opened(disk_with(first, second, THIRD)) == {1: [2]}


def test_what_is_found_is_safe_from_the_start_on():
    disk = FaultyDisk()
    file = disk.create(file_name(1))
    file.append([FIRST])
    after_the_kill = disk.after_crash()
    assert opened(after_the_kill) == {1: [1, 2]}
    assert opened(after_the_kill.after_crash(Loss())) == {1: [1, 2]}


def test_a_rewritten_segment_has_its_name_before_the_joined_ones_go():
    disk = disk_with(FIRST, SECOND)
    put(disk, "draft.new", segment(stored(2), stored(3), segment_id=1, last=2, generation=1))
    disk.sync()
    disk.rename("draft.new", file_name(1))
    after_the_kill = disk.after_crash()
    assert opened(after_the_kill) == {1: [2, 3]}
    assert opened(after_the_kill.after_crash(LostNames())) == {1: [2, 3]}


# Damage --------------------------------------------------------------------------------------


def refusal(disk):
    before = {name: disk.octets_of(name) for name in disk.names()}
    with pytest.raises(StartRefused) as refused:
        open_segments(disk)
    assert {name: disk.octets_of(name) for name in disk.names()} == before
    return str(refused.value)


def test_damage_in_the_middle_is_refused_with_the_place_and_what_to_do():
    offset = HEAD_OCTETS + 60
    said = refusal(disk_with(flipped(FIRST, offset), SECOND))
    assert said == (
        f"the message log is damaged: {file_name(1)} at offset {HEAD_OCTETS + 40}: the record "
        "there is damaged; `leveret repair --data-dir DIR` keeps the file and saves what can be "
        "read"
    )


def test_only_the_last_segment_may_end_in_a_torn_write():
    assert file_name(1) in refusal(disk_with(FIRST[:-1], SECOND))
    assert file_name(1) in refusal(disk_with((file_name(1), FIRST[: HEAD_OCTETS - 1]), SECOND))


def test_damage_before_a_later_group_commit_of_the_last_segment_is_refused():
    assert file_name(2) in refusal(disk_with(FIRST, flipped(SECOND, HEAD_OCTETS + 50)))


def test_a_rewritten_segment_is_never_torn():
    joined = segment(stored(2), stored(4), segment_id=1, last=3, generation=1)
    assert "damaged" in refusal(disk_with((file_name(1), joined[:-1])))
    assert "damaged" in refusal(disk_with((file_name(1), flipped(joined, len(joined) - 10))))


def test_damage_in_a_message_of_a_segment_with_an_index_is_left_to_who_reads_it():
    spoiled = flipped(FIRST, HEAD_OCTETS + 60)
    assert opened(disk_with(spoiled, index_of(FIRST), SECOND)) == {1: [1, 2], 2: [3, 4]}


@pytest.mark.parametrize("offset", [0, 9, 20, 63])
def test_a_damaged_head_is_refused(offset):
    said = refusal(disk_with(FIRST, (file_name(2), flipped(SECOND, offset)), THIRD))
    assert f"{file_name(2)} at offset 0" in said
    assert "leveret repair" in said


def test_another_version_is_no_damage(monkeypatch):
    monkeypatch.setattr(segments, "VERSION", 2)
    later = SegmentHead(2, 2).encode() + SECOND[HEAD_OCTETS:]
    monkeypatch.undo()
    said = refusal(disk_with(FIRST, (file_name(2), later)))
    assert f"{file_name(2)}: its format is version 2; this Leveret reads 1" in said
    assert "damage" not in said
    assert "repair" not in said


def test_a_segment_under_the_name_of_another_is_refused():
    said = refusal(disk_with(FIRST, (file_name(7), SECOND)))
    assert f"{file_name(7)} at offset 0: it is {file_name(2)}, by its head" in said


def test_segments_in_which_messages_go_back_are_refused():
    back = segment(batch(stored(2)), segment_id=2)
    assert "message 2 stands behind a later one" in refusal(disk_with(FIRST, back))


def test_what_goes_wrong_with_the_disk_is_not_taken_for_damage():
    for kind in ("read", "open", "sync_names"):
        disk = disk_with(FIRST)
        disk.fail(kind)
        with pytest.raises(OSError, match="Input/output error"):
            open_segments(disk)


def test_damage_is_a_refusal_to_start():
    assert issubclass(LogDamaged, StartRefused)
