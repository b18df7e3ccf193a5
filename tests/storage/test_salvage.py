"""A damaged log: what can be read is saved, what can't is told, and no file is lost."""

import random
import struct
from binascii import crc32
from bisect import bisect_right

import pytest

from leveret.errors import StartRefused
from leveret.storage import index, record, salvage
from leveret.storage.recovery import LogDamaged
from leveret.storage.salvage import Gap, examine, mend
from leveret.storage.segment import SegmentHead, decode_head, file_name
from tests.storage.damage import body, offsets_of, overwrite, published, recovered, segments_of
from tests.storage.faulty_disk import crashes

FIRST = file_name(1)


def repaired(world):
    """Examined and mended; after that the log is sound, and the start goes well."""
    done = mend(world.disk, examine(world.disk))
    assert all(each.is_sound for each in examine(world.disk))
    return done


def assert_waiting(world, positions):
    assert recovered(world) == (list(positions), [body(each) for each in positions])


def without_index(world):
    for name in world.disk.names():
        if name.endswith(index.SUFFIX):
            world.disk.remove(name)


def spoil(world, name, number, kind=record.MESSAGE, octet=20):
    """Damage one record; where it is."""
    offset = offsets_of(world.disk, name, kind)[number]
    world.disk.flip(name, (offset + octet) * 8)
    return offset


# Without damage ------------------------------------------------------------------------------


def test_a_sound_log_is_left_as_it_is():
    world = published([3, 3], segment_octets=100)
    before = world.disk.state
    examined = examine(world.disk)
    assert [(each.name, each.reason, each.torn) for each in examined] == [
        (FIRST, "", 0),
        (file_name(2), "", 0),
    ]
    assert mend(world.disk, examined) == []
    assert world.disk.state == before


def test_no_log_is_a_sound_log():
    assert examine(published([]).disk) == []


def test_a_torn_tail_is_no_damage():
    world = published([3, 3])
    spoil(world, FIRST, 5)
    (examined,) = examine(world.disk)
    assert examined.is_sound
    assert examined.torn > 0
    assert mend(world.disk, [examined]) == []


def test_a_segment_that_was_just_being_made_is_passed_over():
    world = published([3])
    world.disk.create(file_name(2)).append([b"LVRT"])
    assert [each.name for each in examine(world.disk)] == [FIRST]


# A damaged record ----------------------------------------------------------------------------


def test_a_damaged_message_is_lost_and_all_others_are_kept():
    world = published([3, 3])
    offset = spoil(world, FIRST, 1)
    damaged = world.disk.octets_of(FIRST)
    with pytest.raises(LogDamaged, match=f"{FIRST} at offset {offset}: "):
        world.open()
    (mended,) = repaired(world)
    (told,) = mended.damaged
    length = record.claimed_length(damaged, offset)
    assert told.reason == f"at offset {offset}: the record there is damaged"
    assert told.gaps == [Gap(offset, length)]
    assert (told.lost, told.is_lost_known, mended.records) == (1, True, 5)
    assert mended.kept_as == [FIRST + ".damaged"]
    assert world.disk.octets_of(FIRST + ".damaged") == damaged
    assert_waiting(world, [1, 3, 4, 5, 6])


def test_a_damaged_length_costs_no_more_than_its_record():
    world = published([3, 3])
    offset = spoil(world, FIRST, 1, octet=0)
    (told,) = repaired(world)[0].damaged
    assert (told.lost, told.is_lost_known) == (1, True)
    assert told.gaps[0].offset == offset
    assert_waiting(world, [1, 3, 4, 5, 6])


def test_an_index_leads_on_behind_a_damaged_length():
    world = published([6, 1], segment_octets=300)
    assert index.file_name(1) in world.disk.names()
    spoil(world, FIRST, 1, octet=0)
    (told,) = repaired(world)[0].damaged
    assert (told.lost, told.is_lost_known) == (1, True)
    assert_waiting(world, [1, 3, 4, 5, 6, 7])
    assert index.file_name(1) not in world.disk.names()


def test_a_damaged_batch_head_costs_no_message():
    world = published([3, 3])
    spoil(world, FIRST, 0, kind=record.BATCH)
    (told,) = repaired(world)[0].damaged
    assert (told.lost, told.is_lost_known) == (0, False)
    assert_waiting(world, range(1, 7))


def test_damage_over_several_group_commits_is_counted_as_far_as_known():
    world = published([3, 3, 3])
    without_index(world)
    start = offsets_of(world.disk, FIRST)[1]
    end = offsets_of(world.disk, FIRST)[4] + 10
    overwrite(world.disk, FIRST, start, bytes(end - start))
    (told,) = repaired(world)[0].damaged
    assert (told.lost, told.is_lost_known) == (2, False)
    assert_waiting(world, [1, 7, 8, 9])


def test_damage_in_a_sealed_segment_is_found_without_its_index():
    world = published([3, 3], segment_octets=100)
    without_index(world)
    spoil(world, FIRST, 2)
    (told,) = repaired(world)[0].damaged
    assert (told.name, told.lost, told.is_lost_known) == (FIRST, 1, True)
    assert_waiting(world, [1, 2, 4, 5, 6])


def test_the_end_of_a_sealed_log_is_no_torn_tail():
    world = published([3])
    world.open().tidy_up()
    world.pass_time(1)
    assert index.file_name(1) in world.disk.names()
    spoil(world, FIRST, 2)
    (told,) = repaired(world)[0].damaged
    assert (told.lost, told.torn) == (1, 0)
    spoil(world, FIRST, 1)
    (told,) = repaired(world)[0].damaged
    assert (told.lost, told.torn) == (1, 0)
    assert_waiting(world, [1])


def test_room_for_more_is_neither_torn_nor_lost():
    world = published([3, 3])
    world.disk.open(FIRST).append([bytes(5000)])
    (examined,) = examine(world.disk)
    assert (examined.reason, examined.torn) == ("", 0)
    spoil(world, FIRST, 1)
    (told,) = repaired(world)[0].damaged
    assert (told.lost, told.torn, len(told.gaps)) == (1, 0, 1)
    assert_waiting(world, [1, 3, 4, 5, 6])


@pytest.mark.parametrize("is_cut", [True, False])
def test_an_index_tells_what_is_missing_at_the_end(is_cut):
    world = published([6, 1], segment_octets=300)
    offset = offsets_of(world.disk, FIRST)[4]
    size = len(world.disk.octets_of(FIRST))
    if is_cut:
        world.disk.open(FIRST).truncate(offset)
    else:
        overwrite(world.disk, FIRST, offset, bytes(size - offset))
    (told,) = repaired(world)[0].damaged
    assert told.reason == f"it ends at offset {offset}, and at {size} by its index"
    assert (told.lost, told.is_lost_known) == (2, True)
    assert_waiting(world, [1, 2, 3, 4, 7])


def test_a_record_of_no_known_kind_counts_as_damaged():
    world = published([3, 3])
    offset = offsets_of(world.disk, FIRST)[1]
    length = record.claimed_length(world.disk.octets_of(FIRST), offset)
    strange = bytes([9]) + bytes(length - 9)
    overwrite(world.disk, FIRST, offset, struct.pack("<II", length, crc32(strange)) + strange)
    (told,) = repaired(world)[0].damaged
    assert told.gaps == [Gap(offset, length)]
    assert told.lost == 1


def test_a_torn_tail_behind_damage_is_no_loss():
    world = published([3, 3, 3])
    spoil(world, FIRST, 1)
    spoil(world, FIRST, 7)
    (told,) = repaired(world)[0].damaged
    assert (told.lost, len(told.gaps)) == (1, 1)
    assert told.torn > 0
    assert_waiting(world, [1, 3, 4, 5, 6, 7, 8])


def test_what_was_said_of_messages_is_kept():
    world = published([4, 1])
    messages = world.engine.storage.messages
    messages.settle(1, 1)
    messages.delivered(1, 2)
    world.pass_time(0.02)
    spoil(world, FIRST, 2)
    repaired(world)
    engine = world.open()
    found = engine.storage.messages.recovered(1)
    assert list(found.positions[0]) == [2, 4, 5]
    assert found.deliveries == {2: 1}


def test_a_mended_segment_has_places_to_go_on_at(monkeypatch):
    monkeypatch.setattr(salvage, "_RECORDS_IN_BATCH", 2)
    world = published([7, 1], segment_octets=300)
    without_index(world)
    spoil(world, FIRST, 0)
    repaired(world)
    # Now two by two; with both lengths of the first two, nothing but the next head leads on.
    for offset in offsets_of(world.disk, FIRST)[:2]:
        world.disk.flip(FIRST, offset * 8)
    (told,) = repaired(world)[0].damaged
    assert (told.lost, told.is_lost_known) == (2, True)
    assert_waiting(world, [4, 5, 6, 7, 8])


def test_a_second_damage_is_kept_beside_the_first():
    world = published([3, 3], segment_octets=100)
    without_index(world)
    spoil(world, FIRST, 1)
    repaired(world)
    spoil(world, FIRST, 1)
    (mended,) = repaired(world)
    assert mended.kept_as == [FIRST + ".damaged-2"]
    assert mended.damaged[0].lost == 1
    assert_waiting(world, [1, 4, 5, 6])


@pytest.mark.parametrize("has_index", [True, False])
def test_wherever_a_bit_flips_at_most_the_record_there_is_lost(has_index):
    world = published([3, 1, 1], segment_octets=250)
    assert index.file_name(1) in world.disk.names()
    if not has_index:
        without_index(world)
    sound = world.disk.after_crash()
    records = offsets_of(sound, FIRST)
    for octet in range(len(sound.octets_of(FIRST))):
        world.disk = sound.after_crash()
        world.disk.flip(FIRST, octet * 8 + octet % 8)
        repaired(world)
        hit = bisect_right(records, octet)
        assert set(recovered(world)[0]) >= {1, 2, 3, 4, 5} - {hit}


# A damaged head ------------------------------------------------------------------------------


@pytest.mark.parametrize("has_index", [True, False])
@pytest.mark.parametrize("octet", [0, 8, 20, 33])
def test_a_damaged_head_costs_nothing(octet, has_index):
    world = published([6, 1], segment_octets=300)
    if not has_index:
        without_index(world)
    spoil(world, FIRST, 1)
    world.disk.flip(FIRST, octet * 8)
    (told,) = repaired(world)[0].damaged
    assert told.reason in (
        "it does not begin as a segment does",
        "the checksum of its head is wrong",
        "its format is version 0; this Leveret reads 1",
    )
    assert told.lost == 1
    assert_waiting(world, [1, 3, 4, 5, 6, 7])


def test_a_lost_first_sector_costs_what_was_in_it():
    world = published([3] * 10)
    without_index(world)
    overwrite(world.disk, FIRST, 0, bytes(512))
    lost = sum(offset < 512 for offset in offsets_of(published([3] * 10).disk, FIRST))
    (told,) = repaired(world)[0].damaged
    assert told.gaps[0].offset == 64
    assert not told.is_lost_known
    positions, bodies = recovered(world)
    assert positions[-1] == 30
    # With the sector went the heads of commits that reach beyond it, too.
    assert len(positions) >= 30 - lost - 3
    assert bodies == [body(each) for each in positions]


def test_a_segment_of_which_nothing_is_left_is_kept_and_replaced_by_an_empty_one():
    world = published([3, 3], segment_octets=100)
    without_index(world)
    size = len(world.disk.octets_of(FIRST))
    overwrite(world.disk, FIRST, 0, bytes(size))
    (mended,) = repaired(world)
    assert mended.records == 0
    assert not mended.damaged[0].is_lost_known
    assert world.disk.octets_of(FIRST + ".damaged") == bytes(size)
    assert_waiting(world, [4, 5, 6])


def test_a_segment_that_lost_even_its_head_in_the_middle_of_the_log():
    world = published([3, 3], segment_octets=100)
    without_index(world)
    world.disk.open(FIRST).truncate(10)
    repaired(world)
    assert_waiting(world, [4, 5, 6])


def test_another_version_of_the_format_is_not_touched():
    world = published([3, 3])
    octets = struct.pack("<8sH6xQQII", b"LVRTLOG\0", 2, 1, 1, 0, 0).ljust(60, b"\0")
    overwrite(world.disk, FIRST, 0, octets + struct.pack("<I", crc32(octets)))
    before = world.disk.state
    with pytest.raises(StartRefused, match=f"{FIRST} was written by another version of Leveret"):
        examine(world.disk)
    assert world.disk.state == before


def test_a_stranger_among_the_segments_is_not_touched():
    world = published([3])
    world.disk.create("notes.segment").append([b"x" * 100])
    with pytest.raises(StartRefused, match=r"notes\.segment is no segment of ours"):
        examine(world.disk)


# Order ---------------------------------------------------------------------------------------


def test_messages_out_of_order_are_put_in_order():
    world = published([3, 3], segment_octets=100)
    without_index(world)
    names = segments_of(world.disk)
    octets = [world.disk.octets_of(name) for name in names]
    for name, other in zip(names, reversed(octets), strict=True):
        head = decode_head(world.disk.octets_of(name))
        changed = SegmentHead(head.id, head.last, 0, decode_head(other).salt).encode() + other[64:]
        world.disk.create(name).append([changed])
    with pytest.raises(LogDamaged, match="stands behind a later one"):
        world.open()
    (mended,) = repaired(world)
    assert mended.kept_as == [name + ".damaged" for name in names]
    assert [each.name for each in mended.damaged] == [names[1]]
    assert segments_of(world.disk) == [FIRST]
    assert_waiting(world, range(1, 7))


def test_a_segment_that_is_there_twice_counts_once():
    world = published([3, 3], segment_octets=100)
    without_index(world)
    first = world.disk.octets_of(FIRST)
    head = SegmentHead(7, 7, 0, decode_head(first).salt)
    world.disk.create(file_name(7)).append([head.encode(), first[64:]])
    repaired(world)
    assert_waiting(world, range(1, 7))


def test_a_segment_under_the_name_of_another_gets_a_head_of_its_own():
    world = published([3])
    without_index(world)
    world.disk.rename(FIRST, file_name(5))
    (mended,) = repaired(world)
    assert mended.damaged[0].reason == f"it is {FIRST}, by its head"
    assert mended.damaged[0].lost == 0
    assert segments_of(world.disk) == [file_name(5)]
    assert_waiting(world, [1, 2, 3])


def test_a_segment_that_was_joined_in_another_is_passed_over():
    world = published([3, 3], segment_octets=100)
    head = SegmentHead(1, 2, 1, decode_head(world.disk.octets_of(FIRST)).salt)
    overwrite(world.disk, FIRST, 0, head.encode())
    world.disk.flip(file_name(2), 90 * 8)
    assert [each.name for each in examine(world.disk)] == [FIRST]


# While it is at it ---------------------------------------------------------------------------


def test_a_crash_in_the_middle_of_mending_loses_nothing():
    world = published([3, 3], segment_octets=100)
    without_index(world)
    spoil(world, FIRST, 1)
    damaged = world.disk.octets_of(FIRST)
    world.disk.sync()
    start = world.disk.after_crash()
    world.disk = start.after_crash()
    repaired(world)
    crashed = list(crashes(world.disk.operations, random.Random(1), start=start, scatterings=1))
    assert len(crashed) > 10
    for each in crashed:
        world.disk = each.disk
        assert damaged in [world.disk.octets_of(name) for name in world.disk.names()]
        repaired(world)
        assert_waiting(world, [1, 3, 4, 5, 6])


def test_a_full_disk_leaves_the_log_as_it_was():
    world = published([3, 3])
    spoil(world, FIRST, 1)
    damaged = world.disk.octets_of(FIRST)
    world.disk.capacity = world.disk.octets
    with pytest.raises(OSError, match="No space left"):
        mend(world.disk, examine(world.disk))
    assert world.disk.octets_of(FIRST) == damaged
