"""What is known of a segment: its head, and who wants which of its messages."""

from array import array

import pytest

from leveret.storage import segment as segments
from leveret.storage.segment import (
    HEAD_OCTETS,
    MANY,
    Entries,
    OtherVersion,
    Segment,
    SegmentHead,
    UnreadableHead,
    decode_head,
    file_name,
)
from tests.storage.faulty_disk import FaultyDisk

HEAD = SegmentHead(id=2**64 - 1, last=2**63, generation=2**32 - 1, salt=7)


def segment(*positions, wanted=1):
    """With messages at these positions, each wanted by so many queues."""
    made = Segment(SegmentHead(1, 1), FaultyDisk().create(file_name(1)))
    entries = made.entries
    entries.positions.extend(positions)
    entries.offsets.extend(range(64, 64 + 100 * len(positions), 100))
    entries.wanted += bytes(len(positions))
    for index in range(len(positions)):
        entries.want(index, wanted)
    made.live = len(positions)
    made.size = 64 + 100 * len(positions)
    return made


def settled(made, *positions):
    made.settle(array("Q", positions))
    return [each for each in made.entries.positions if made.index_of(each) is not None]


# The head ------------------------------------------------------------------------------------


def test_a_head_comes_back_as_it_was():
    octets = HEAD.encode()
    assert len(octets) == HEAD_OCTETS
    assert decode_head(octets) == HEAD
    assert decode_head(octets + b"records") == HEAD


def test_a_new_segment_is_its_own_last_one():
    assert decode_head(SegmentHead(3, 3).encode()) == SegmentHead(3, 3, 0, 0)


def test_each_wrong_bit_of_a_head_is_noticed():
    octets = bytearray(HEAD.encode())
    for bit in range(8 * HEAD_OCTETS):
        octets[bit // 8] ^= 1 << bit % 8
        with pytest.raises(UnreadableHead):
            decode_head(bytes(octets))
        octets[bit // 8] ^= 1 << bit % 8


def test_a_head_of_another_version_is_told_from_damage(monkeypatch):
    monkeypatch.setattr(segments, "VERSION", 2)
    octets = HEAD.encode()
    monkeypatch.undo()
    with pytest.raises(OtherVersion, match="version 2; this Leveret reads 1"):
        decode_head(octets)
    with pytest.raises(UnreadableHead, match="checksum"):
        decode_head(HEAD.encode()[:8] + octets[8:10] + HEAD.encode()[10:])


@pytest.mark.parametrize("octets", [b"", HEAD.encode()[:-1], b"SQLite format 3\0" * 10])
def test_what_is_no_segment_is_refused(octets):
    with pytest.raises(UnreadableHead, match="does not begin as a segment does"):
        decode_head(octets)


def test_a_damaged_head_is_refused():
    octets = HEAD.encode()
    with pytest.raises(UnreadableHead, match="checksum of its head"):
        decode_head(octets[:-1] + bytes((octets[-1] ^ 1,)))


def test_file_names_are_in_the_order_of_ids():
    ids = [1, 9, 10, 255, 4096, 2**64 - 1]
    assert sorted(map(file_name, reversed(ids))) == list(map(file_name, ids))


# Finding -------------------------------------------------------------------------------------


def test_a_message_is_found_where_it_is():
    made = segment(3, 5, 900)
    assert [made.index_of(each) for each in (3, 5, 900)] == [0, 1, 2]
    assert [made.index_of(each) for each in (1, 4, 901)] == [None, None, None]
    assert (made.first_position, made.last_position) == (3, 900)


def test_routes_are_kept_in_runs():
    entries = segment(1, 2, 3, 4, 5).entries
    for index, queues in enumerate([(1,), (1,), (1, 2), (1,), (1,)]):
        entries.add_route(index, queues)
    assert list(entries.runs()) == [(0, 2, (1,)), (2, 3, (1, 2)), (3, 5, (1,))]


def test_a_segment_without_messages_has_no_runs():
    assert list(Entries().runs()) == []


def test_what_waits_between_two_places():
    made = segment(1, 2, 3, 4, 5)
    settled(made, 2, 5)
    assert list(made.entries.waiting(0, 5)) == [1, 3, 4]
    assert list(made.entries.waiting(1, 3)) == [3]


# Settling ------------------------------------------------------------------------------------


def test_a_row_of_messages_is_settled():
    made = segment(1, 2, 3, 4, 5)
    assert settled(made, 2, 3, 4) == [1, 5]
    assert made.live == 2


def test_messages_here_and_there_are_settled():
    made = segment(1, 2, 3, 4, 5)
    assert settled(made, 1, 3, 5) == [2, 4]
    assert made.live == 2


def test_what_is_not_here_is_passed_over():
    made = segment(3, 4, 5)
    assert settled(made, 1, 4, 9) == [3, 5]
    assert settled(made, 8, 9) == [3, 5]
    assert made.live == 2


def test_nobody_settles_twice():
    made = segment(1, 2)
    assert settled(made, 1) == settled(made, 1) == [2]
    assert settled(made, 1, 2) == []
    assert made.live == 0


@pytest.mark.parametrize("count", [2, MANY - 1, MANY, MANY + 1, 1000])
def test_a_message_is_wanted_until_the_last_queue_has_settled_it(count):
    made = segment(1, 2, wanted=count)
    for left in range(count - 1, 0, -1):
        assert settled(made, 1) == [1, 2], left
    assert settled(made, 1) == [2]
    assert made.live == 1
    assert settled(made, 1) == [2]


def test_a_row_that_several_queues_want_is_settled_one_by_one():
    made = segment(1, 2, 3, wanted=2)
    assert settled(made, 1, 2, 3) == [1, 2, 3]
    assert settled(made, 1, 2, 3) == []
    assert made.live == 0


def test_positions_may_come_in_any_order_one_by_one():
    made = segment(1, 2, 3)
    made.settle_each([3, 7, 1])
    assert settled(made, 9) == [2]


@pytest.mark.parametrize("count", [1, 2, MANY + 5])
def test_a_message_nobody_can_have_is_wanted_by_nobody(count):
    made = segment(1, 2, wanted=count)
    made.drop(0)
    made.drop(0)
    assert settled(made, 1) == [2]
    assert made.live == 1
    assert 0 not in made.entries.many


def test_fewer_queues_may_want_a_message_than_did():
    entries = segment(1, wanted=1000).entries
    entries.want(0, 300)
    assert entries.many == {0: 300}
    entries.want(0, 2)
    assert entries.many == {}
    assert not entries.settle_one(0)
    assert entries.settle_one(0)


def test_about_how_many_octets_somebody_wants():
    made = segment(1, 2, 3, 4)
    assert made.live_octets == made.size
    settled(made, 1, 3)
    assert made.live_octets == made.size // 2
    settled(made, 2, 4)
    assert made.live_octets == 0
    assert segment().live_octets == 0
