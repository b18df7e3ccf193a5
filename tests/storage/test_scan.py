"""A segment read from end to end: what is in it, what is torn, what is damaged."""

import pytest

from leveret.storage import record
from leveret.storage.scan import Damaged, scan, sound_batches, sound_records
from leveret.storage.segment import HEAD_OCTETS, MANY
from tests.storage import octets
from tests.storage.octets import SALT, batch, delivered, segment, settled, stored

FIRST = batch(stored(1), stored(2))
SECOND = batch(stored(3), settled(1, 1), number=2)
THIRD = batch(delivered(1, 2), number=3)


def scanned(data, *, is_tail=True):
    return scan(data, SALT, is_tail=is_tail)


def flipped(data, offset):
    return data[:offset] + bytes((data[offset] ^ 1,)) + data[offset + 1 :]


# Sound ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_tail", [True, False])
def test_everything_is_found(is_tail):
    data = segment(FIRST, SECOND, THIRD)
    found = scanned(data, is_tail=is_tail)
    assert (found.size, found.torn) == (len(data), 0)
    entries = found.entries
    assert list(entries.positions) == [1, 2, 3]
    assert [record.decode_message_head(data, each).position for each in entries.offsets] == [
        1, 2, 3,
    ]  # fmt: skip
    assert [record.decode_control(data, each).kind for each in entries.controls] == [
        record.SETTLED,
        record.DELIVERED,
    ]
    assert entries.wanted == b"\1\1\1"
    assert entries.routes == [(0, (1,))]
    assert not entries.priorities


def test_an_empty_segment_holds_nothing():
    found = scanned(segment())
    assert (found.size, found.torn) == (HEAD_OCTETS, 0)
    assert not found.entries.positions


def test_a_segment_that_was_rewritten_has_no_group_commits():
    data = segment(stored(1), stored(5), settled(1, 5))
    assert list(scanned(data, is_tail=False).entries.positions) == [1, 5]


def test_routes_and_priorities_are_found():
    many = tuple(range(1, MANY + 2))
    found = scanned(
        segment(batch(stored(1, queues=(1, 2)), stored(2, priority=4), stored(3, queues=many)))
    ).entries
    assert list(found.runs()) == [(0, 1, (1, 2)), (1, 2, (1,)), (2, 3, many)]
    assert found.priorities == {1: 4}
    assert found.wanted == bytes((2, 1, MANY))
    assert found.many == {2: len(many)}


# Torn ----------------------------------------------------------------------------------------


def test_a_write_that_was_cut_short_is_torn_wherever_that_was():
    whole = segment(FIRST)
    for size in range(len(whole), len(whole) + len(SECOND)):
        data = segment(FIRST, SECOND)[:size]
        found = scanned(data)
        assert found.size + found.torn == max(found.size, len(data.rstrip(b"\0")))
        assert found.size >= len(whole)
        assert list(found.entries.positions) in ([1, 2], [1, 2, 3])


@pytest.mark.parametrize("rest", [b"\xff" * 700, b"\x28\0\0\0" * 99, bytes(5000) + b"x"])
@pytest.mark.parametrize("room", [0, 1, 5000])
def test_anything_behind_the_last_sound_record_is_torn(rest, room):
    whole = segment(FIRST)
    found = scanned(whole + rest + bytes(room))
    assert (found.size, found.torn) == (len(whole), len(rest.rstrip(b"\0")))


@pytest.mark.parametrize("is_tail", [True, False])
def test_zeros_at_the_end_are_room_that_was_made_for_more(is_tail):
    whole = segment(FIRST)
    for room in (1, 5000):
        found = scanned(whole + bytes(room), is_tail=is_tail)
        assert (found.size, found.torn) == (len(whole), 0)


def test_a_hole_in_the_last_group_commit_is_torn():
    whole = segment(FIRST)
    found = scanned(flipped(segment(FIRST, SECOND), len(whole) + record.BATCH_OCTETS + 20))
    assert found.size == len(whole) + record.BATCH_OCTETS
    assert list(found.entries.positions) == [1, 2]


def test_the_first_group_commit_may_be_torn():
    found = scanned(segment(FIRST)[: HEAD_OCTETS + 9])
    assert (found.size, found.torn) == (HEAD_OCTETS, 9)


def test_nothing_is_torn_in_a_segment_that_was_sealed():
    whole = segment(FIRST)
    with pytest.raises(Damaged) as damage:
        scanned(whole + b"rest", is_tail=False)
    assert damage.value.offset == len(whole)


# Damaged -------------------------------------------------------------------------------------


def test_damage_before_a_later_group_commit_is_no_torn_tail():
    data = segment(FIRST, SECOND, THIRD)
    until = len(segment(FIRST, SECOND))
    for offset in range(HEAD_OCTETS, until):
        with pytest.raises(Damaged, match="the record there is damaged") as damage:
            scanned(flipped(data, offset))
        assert HEAD_OCTETS <= damage.value.offset <= offset


def test_a_missing_stretch_is_damage_too():
    data = segment(FIRST, SECOND, THIRD)
    hole = len(segment(FIRST)) - 30
    with pytest.raises(Damaged):
        scanned(data[:hole] + bytes(60) + data[hole + 60 :])
    with pytest.raises(Damaged):
        scanned(data[:hole] + data[hole + 7 :])


def test_a_message_that_looks_like_a_group_commit_does_not_hide_a_torn_tail():
    forged = batch(stored(9), salt=SALT + 1)
    torn = batch(stored(3, body=forged))[:-1]
    found = scanned(segment(FIRST) + torn)
    assert found.size == len(segment(FIRST)) + record.BATCH_OCTETS


def test_a_message_that_stands_behind_a_later_one_is_damage():
    with pytest.raises(Damaged, match="message 2 stands behind a later one") as damage:
        scanned(segment(batch(stored(1), stored(2)), batch(stored(2))))
    assert damage.value.offset == len(segment(FIRST)) + record.BATCH_OCTETS


def test_a_record_of_a_kind_that_nobody_knows_is_damage():
    later = record.encode_control(99, 1, [1])
    with pytest.raises(Damaged, match="unknown kind 99"):
        scanned(segment(batch(later)))


# Salvaging -----------------------------------------------------------------------------------


def positions_in(data):
    return [
        record.decode_message_head(data, each).position
        for each in sound_records(data, SALT)
        if record.kind_of(data, each) == record.MESSAGE
    ]


def test_group_commits_are_found_among_anything():
    noise = b"\x28\0\0\0noise" * 3
    data = noise + FIRST + noise + SECOND
    found = list(sound_batches(data, 0, SALT))
    assert found == [len(noise), len(data) - len(SECOND)]
    assert list(sound_batches(data, 1 + len(noise), SALT)) == found[1:]


def test_a_record_of_another_kind_and_the_same_length_is_no_group_commit():
    same = settled(1, 1, 2, 3)
    assert len(same) == record.BATCH_OCTETS
    assert list(sound_batches(same, 0, SALT)) == []


def test_all_records_of_a_sound_segment_are_sound():
    assert positions_in(segment(FIRST, SECOND, THIRD)) == [1, 2, 3]
    assert list(sound_records(segment(), SALT)) == []


def test_one_damaged_record_costs_only_itself():
    data = segment(FIRST, SECOND, THIRD)
    behind_lengths = HEAD_OCTETS + record.BATCH_OCTETS + 20
    assert positions_in(flipped(data, behind_lengths)) == [2, 3]


def test_a_wrong_length_costs_the_rest_of_the_group_commit():
    data = segment(FIRST, SECOND, THIRD)
    length_of_the_first = HEAD_OCTETS + record.BATCH_OCTETS
    for octet in range(4):
        assert positions_in(flipped(data, length_of_the_first + octet)) == [3]
    zero = data[:length_of_the_first] + bytes(4) + data[length_of_the_first + 4 :]
    assert positions_in(zero) == [3]


def test_what_is_behind_the_last_group_commit_may_be_lost():
    data = segment(FIRST, SECOND)
    assert positions_in(data[:-3]) == [1, 2, 3]
    assert positions_in(data[: len(segment(FIRST)) + 5]) == [1, 2]
    assert octets.segment() == data[:HEAD_OCTETS]
