"""The segments in order: what is entered in them, who wants what, and when one has ended."""

from array import array

import pytest

from leveret.storage import record
from leveret.storage.batch import Batch
from leveret.storage.log import Log
from leveret.storage.segment import MANY, Segment, SegmentHead, file_name
from tests.storage.faulty_disk import FaultyDisk
from tests.storage.hand_log import JOBS, LOGS, HandLog
from tests.storage.octets import stored


@pytest.fixture
def hand():
    return HandLog()


@pytest.fixture
def small():
    """Every second message begins a new segment: [1, 2], [3, 4], ..."""
    made = HandLog(segment_octets=2 * len(stored(1)) + 2 * record.BATCH_OCTETS + 64)
    for position in range(1, 7):
        made.say(position)
    assert made.alive == {1: [1, 2], 2: [3, 4], 3: [5, 6]}
    return made


# Entering ------------------------------------------------------------------------------------


def test_a_new_log_has_no_segments_until_something_is_written(hand):
    assert (hand.log.segments, hand.log.octets, hand.disk.names()) == ([], 0, [])
    assert hand.log.find(1) is None
    hand.say(1)
    assert hand.disk.names() == [file_name(1)]
    assert hand.log.octets == len(hand.disk.octets_of(file_name(1)))


def test_messages_are_entered_where_they_are(hand):
    hand.say(1, 2, settled=[9])
    hand.say(5, queues=(JOBS, LOGS))
    segment = hand.log.find(5)
    octets = hand.disk.octets_of(file_name(1))
    entries = segment.entries
    found = [record.decode_message_head(octets, offset) for offset in entries.offsets]
    assert [each.position for each in found] == list(entries.positions) == [1, 2, 5]
    assert list(entries.runs()) == [(0, 2, (JOBS,)), (2, 3, (JOBS, LOGS))]
    assert [record.kind_of(octets, offset) for offset in entries.controls] == [record.SETTLED]
    assert entries.wanted == b"\1\1\2"


def test_priorities_are_entered(hand):
    batch = Batch(1)
    for position in (1, 2, 3):
        batch.add(position, stored(position), (JOBS,))
    batch.priorities = {2: 7}
    hand.write(batch)
    assert hand.log.segments[0].entries.priorities == {1: 7}


def test_messages_of_one_write_may_go_different_ways(hand):
    many = tuple(range(1, MANY + 3))
    batch = Batch(1)
    for position, queues in [(1, (JOBS,)), (2, (JOBS, LOGS)), (3, many), (4, (JOBS,))]:
        batch.add(position, stored(position, queues=queues), queues)
    hand.write(batch)
    entries = hand.log.segments[0].entries
    assert entries.wanted == bytes((1, 2, MANY, 1))
    assert [queues for _first, _end, queues in entries.runs()] == [
        (JOBS,), (JOBS, LOGS), many, (JOBS,),
    ]  # fmt: skip


def test_a_message_must_come_behind_those_that_are_there(hand):
    hand.say(5)
    with pytest.raises(AssertionError):
        hand.say(4)


# Segments ------------------------------------------------------------------------------------


def test_a_full_segment_is_sealed_and_another_begun(small):
    assert [segment.head.id for segment in small.log.sealed] == [1, 2]
    assert [segment.head.salt for segment in small.log.segments] == [100, 101, 102]


def test_messages_are_found_by_their_positions(small):
    assert [small.log.find(each).head.id for each in range(1, 8)] == [1, 1, 2, 2, 3, 3, 3]
    assert small.log.find(0) is None


def test_places_stay_as_they_were(small):
    places = small.log.places()
    small.say(7)
    assert small.log.find(7).head.id == 4
    assert places.find(7).head.id == 3
    assert places.find(0) is None


def test_what_is_larger_than_a_segment_has_one_of_its_own(small):
    small.say(*range(10, 20))
    small.say(20)
    assert small.alive == {
        1: [1, 2], 2: [3, 4], 3: [5, 6], 4: list(range(10, 20)), 5: [20],
    }  # fmt: skip


def test_a_log_goes_on_behind_what_was_there():
    disk = FaultyDisk()
    there = Segment(SegmentHead(3, 7), disk.create(file_name(3)))
    log = Log(disk, lambda: 1, [there])
    assert log.sealed == [there]
    assert log.prepare(Batch(1)).head.id == 8


# Settling ------------------------------------------------------------------------------------


def test_what_is_settled_is_wanted_no_more(small):
    small.say(settled=[6, 2, 3])
    assert small.alive == {1: [1], 2: [4], 3: [5]}


def test_positions_are_split_by_segments(small):
    def split(*positions):
        return [
            (segment.head.id, list(part))
            for segment, part in small.log.split(array("Q", positions))
        ]

    assert split(1, 2, 3, 5, 5, 9) == [(1, [1, 2]), (2, [3]), (3, [5, 5])]
    assert split(7, 8) == []
    assert split(0, 4) == [(2, [4])]
    assert split(0) == []
    assert split() == []


def test_a_segment_in_which_nothing_is_wanted_is_finished(small):
    small.say(settled=[4, 3])
    assert [segment.head.id for segment in small.log.finished] == [2]
    assert small.alive == {1: [1, 2], 3: [5, 6]}
    assert small.log.find(3).head.id == 1


def test_the_segment_that_is_written_to_is_never_finished(hand):
    hand.say(1)
    hand.say(settled=[1])
    assert hand.alive == {1: []}
    hand.log.seal()
    assert hand.log.segments == []
    hand.log.seal()


def test_what_a_deleted_queue_had_is_settled_without_a_record(small):
    small.log.settle(array("Q", [3, 4]))
    assert small.alive == {1: [1, 2], 3: [5, 6]}
    assert all(not segment.concerns for segment in small.log.segments)


# What must stay because it says what was settled ---------------------------------------------


def test_a_segment_stays_while_it_says_something_of_messages_that_are_still_there(small):
    small.say(7, settled=[1, 5, 6], delivered=[2, 7])
    assert small.concerns(4) == {1: 2, 3: 2}
    small.log.seal()
    small.say(8, settled=[7])
    # 3 is finished, but its file is not gone yet.
    (third,) = small.log.finished
    assert small.alive == {1: [2], 2: [3, 4], 4: [], 5: [8]}
    small.log.removed(third)
    assert small.concerns(4) == {1: 2}
    small.say(settled=[2])
    first = small.log.finished[1]
    small.log.removed(first)
    assert [segment.head.id for segment in small.log.finished] == [3, 1, 4]
    assert small.alive == {2: [3, 4], 5: [8]}


def test_a_segment_goes_with_what_it_says_of_itself(small):
    small.say(7, settled=[])
    small.say(settled=[7])
    assert small.concerns(4) == {}


def test_a_segment_that_is_being_rewritten_does_not_go(small):
    small.log.busy = [small.log.segments[0]]
    small.say(settled=[1, 2, 3, 4])
    assert small.alive == {1: [], 3: [5, 6]}
    small.log.busy = []
    small.log.look_at(small.log.segments[0])
    assert small.alive == {3: [5, 6]}


def test_a_segment_is_finished_once(small):
    segment = small.log.segments[0]
    small.say(settled=[1, 2])
    small.log.look_at(segment)
    assert small.log.finished == [segment]


# Rewritten -----------------------------------------------------------------------------------


def test_neighbours_are_replaced_by_one(small):
    small.say(7, settled=[1, 3, 4, 5], delivered=[6])
    assert small.concerns(4) == {1: 1, 2: 2, 3: 2}
    first, third = small.log.segments[:2]
    joined = Segment(SegmentHead(1, 3, generation=1), small.disk.create("joined"))
    joined.entries.positions.extend([2, 6])
    joined.entries.wanted += b"\1\1"
    joined.live = 2
    small.log.replace([first, third], joined)
    assert small.alive == {1: [2, 6], 4: [7]}
    assert small.log.find(6) is joined
    # Half of the messages are left, so about half of what was said is about them.
    assert small.concerns(4) == {1: 1, 2: 2}
    # The old ones' names may go, and nothing is forgotten with them.
    small.log.removed(third)
    assert small.concerns(4) == {1: 1, 2: 2}


def test_what_is_said_of_a_segment_is_needed_however_little_is_left_of_that(small):
    small.say(7, settled=[1])
    (first, *_others) = small.log.segments
    rewritten = Segment(SegmentHead(1, 1, generation=1), small.disk.create("rewritten"))
    small.log.replace([first], rewritten)
    assert small.concerns(4) == {1: 1}


@pytest.mark.parametrize("fails", [False, True])
def test_letting_go_cuts_the_room_that_was_made_for_more(fails):
    hand = HandLog(segment_octets=1)
    hand.disk.room_octets = 1000
    for position in (1, 2, 3):
        hand.say(position)
    hand.log.finished.append(hand.log.segments.pop(0))
    tail = hand.log.segments[-1]
    assert len(hand.disk.octets_of(file_name(3))) == tail.size + 1000
    files = [each.file for each in (*hand.log.segments, *hand.log.finished)]
    if fails:
        hand.disk.fail("truncate")
    hand.log.close()
    assert len(hand.disk.octets_of(file_name(3))) == tail.size + (1000 if fails else 0)
    for file in files:
        with pytest.raises(AssertionError):
            file.sync()
    HandLog().log.close()


def test_a_log_goes_on_behind_the_last_one_that_was_joined():
    disk = FaultyDisk()
    log = Log(disk, lambda: 1, [Segment(SegmentHead(1, 9), disk.create(file_name(1)))])
    assert log.prepare(Batch(1)).head.id == 10


# Failures ------------------------------------------------------------------------------------


def test_writing_goes_on_in_a_new_segment_when_it_has_failed(hand):
    hand.say(1)
    good = hand.log.octets
    batch = hand.fail_to_write(2, written=30)
    assert hand.alive == {1: [1]}
    hand.write(batch)
    assert hand.alive == {1: [1], 2: [2]}
    assert len(hand.disk.octets_of(file_name(1))) == good
    hand.say(3)
    assert hand.alive == {1: [1], 2: [2, 3]}


def test_a_failed_write_enters_nothing(hand):
    hand.fail_to_write(1, kind="sync")
    assert hand.log.segments == []
    batch = hand.fail_to_write(1, kind="create")
    hand.write(batch)
    assert hand.alive == {1: [1]}


def test_a_spoiled_segment_is_cut_at_each_try_until_one_succeeds(hand):
    hand.say(1)
    good = hand.log.octets
    hand.fail_to_write(2, written=30)
    hand.fail_to_write(2, kind="truncate")
    batch = hand.fail_to_write(2, kind="create")
    assert len(hand.disk.octets_of(file_name(1))) == good
    hand.write(batch)
    assert hand.alive == {1: [1], 2: [2]}
    assert hand.log.prepare(Batch(2)).suspect is None


def test_a_spoiled_segment_is_left_alone_until_it_is_cut(hand):
    hand.say(1)
    batch = hand.fail_to_write(2, written=30)
    assert hand.log.sealed == []
    # It was settled by a queue that was deleted meanwhile.
    hand.log.settle(array("Q", [1]))
    assert hand.log.finished == []
    hand.write(batch)
    assert [segment.head.id for segment in hand.log.finished] == [1]
    assert hand.alive == {2: [2]}


def test_a_sealed_segment_is_not_suspected(small):
    sealed = small.log.segments[1]
    small.log.seal()
    batch = small.fail_to_write(7, kind="create")
    assert small.log.prepare(batch).suspect is None
    assert sealed in small.log.sealed
