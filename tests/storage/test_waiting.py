"""What waits after a start: every message, less what was settled and less what nobody knows."""

from array import array

import pytest

from leveret.broker.ports import Recovered
from leveret.storage.log import Log
from leveret.storage.recovery import LogDamaged, open_segments
from leveret.storage.segment import MANY, decode_head, file_name
from leveret.storage.waiting import Waiting, controls_of
from tests.storage.faulty_disk import FaultyDisk
from tests.storage.octets import SALT, batch, delivered, segment, settled, stored

JOBS, LOGS, GONE = 1, 2, 99


class Start:
    """A start on these segments, numbered from 1 on; every queue is known but GONE."""

    def __init__(self, *segments, known=None):
        self.disk = FaultyDisk()
        for number, batches in enumerate(segments, 1):
            file = self.disk.create(file_name(number))
            file.append([segment(*batches, segment_id=number)])
        self.log = Log(self.disk, lambda: SALT, open_segments(self.disk).segments)
        self.waiting = Waiting(self.log, known or (lambda queue: queue != GONE))

    def found(self, queue=JOBS):
        """Positions by priority, and deliveries."""
        recovered = self.waiting.find().get(queue, Recovered())
        positions = {line: list(each) for line, each in recovered.positions.items() if each}
        return positions, recovered.deliveries

    def positions(self, queue=JOBS):
        return self.found(queue)[0].get(0, [])

    @property
    def kept(self):
        """Segments that stay, and how many of their messages are wanted."""
        return {each.head.id: each.live for each in self.log.segments}


def messages(first, end, **about):
    """A group commit of messages."""
    return batch(*(stored(position, **about) for position in range(first, end)))


# Settled -------------------------------------------------------------------------------------


def test_everything_waits_of_which_nothing_is_said():
    start = Start([messages(1, 3)], [messages(3, 5)])
    assert start.found() == ({0: [1, 2, 3, 4]}, {})


def test_nothing_waits_in_an_empty_log():
    assert Start().waiting.find() == {}


def test_what_was_settled_does_not_wait():
    start = Start([messages(1, 4)], [messages(4, 7), batch(settled(JOBS, 2, 4, 6))])
    assert start.positions() == [1, 3, 5]


def test_what_was_settled_in_a_segment_without_messages_does_not_wait():
    start = Start([messages(1, 4)], [batch(settled(JOBS, 1, 2))], [batch(settled(JOBS, 3))])
    assert start.found() == ({}, {})


def test_what_nobody_has_is_passed_over():
    start = Start([messages(5, 7)], [batch(settled(JOBS, 1, 2, 6, 9), delivered(JOBS, 3, 9))])
    assert start.found() == ({0: [5]}, {})


def test_several_starts_find_the_same():
    start = Start([messages(1, 4)], [batch(settled(JOBS, 1), delivered(JOBS, 2))])
    assert start.found() == ({0: [2, 3]}, {2: 1})
    again = Log(start.disk, lambda: SALT, open_segments(start.disk).segments)
    found = Waiting(again, lambda _queue: True).find()[JOBS]
    assert (list(found.positions[0]), found.deliveries) == ([2, 3], {2: 1})


# Several queues ------------------------------------------------------------------------------


def test_a_message_waits_for_those_that_have_not_settled_it():
    both = messages(1, 5, queues=(JOBS, LOGS))
    told = batch(settled(JOBS, 1, 2), settled(LOGS, 2, 3))
    assert Start([both, told]).positions(JOBS) == [3, 4]
    assert Start([both, told]).positions(LOGS) == [1, 4]


def test_queues_with_messages_of_their_own_and_shared_ones():
    mixed = batch(stored(1), stored(2, queues=(JOBS, LOGS)), stored(3, queues=(LOGS,)))
    start = Start([mixed], [batch(settled(LOGS, 3), settled(JOBS, 1))])
    assert start.positions(JOBS) == [2]
    assert Start([mixed], [batch(settled(LOGS, 2))]).positions(LOGS) == [3]


def test_a_queue_that_settles_a_message_twice_settles_it_for_nobody_else():
    both = messages(1, 3, queues=(JOBS, LOGS))
    start = Start([both, batch(settled(JOBS, 1))], [batch(settled(JOBS, 1))])
    assert start.positions(LOGS) == [1, 2]
    assert start.kept == {1: 2, 2: 0}


def test_a_message_of_very_many_queues():
    queues = tuple(range(1, MANY + 11))
    last = queues[-1]
    told = batch(*(settled(queue, 1) for queue in queues[:-1]))
    start = Start([messages(1, 3, queues=queues), told])
    assert start.positions(last) == [1, 2]
    assert start.log.segments[0].entries.wanted == bytes((1, MANY))
    told_all = batch(*(settled(queue, 1) for queue in queues))
    start = Start([messages(1, 3, queues=queues), told_all])
    assert start.positions(last) == [2]
    assert start.kept == {1: 1}


# Queues that are gone ------------------------------------------------------------------------


def test_nobody_waits_for_what_a_deleted_queue_had():
    start = Start([messages(1, 3, queues=(GONE,))], [messages(3, 5)])
    assert start.found(GONE) == ({}, {})
    assert start.kept == {2: 2}


def test_what_a_deleted_queue_had_with_others_waits_for_the_others():
    start = Start([messages(1, 4, queues=(GONE, JOBS))], [batch(settled(JOBS, 2))])
    assert start.positions() == [1, 3]
    assert start.kept[1] == 2


def test_what_a_deleted_queue_had_settled_is_not_settled_again():
    start = Start(
        [messages(1, 3, queues=(GONE, JOBS)), batch(settled(GONE, 1), delivered(GONE, 2))]
    )
    assert start.found() == ({0: [1, 2]}, {})


@pytest.mark.parametrize("known", [(JOBS,), (), range(2, 200), range(2, MANY + 10)])
def test_a_message_of_very_many_queues_of_which_some_are_gone(known):
    queues = tuple(range(1, MANY + 50))
    start = Start(
        [messages(1, 3, queues=queues), batch(settled(2, 1))], known=set(known).__contains__
    )
    waiting = start.waiting.find()
    assert set(waiting) == {queue for queue in known if queue in queues}
    entries = start.log.segments[0].entries if known else None
    left = len(set(known)) - (2 in known)
    assert not known or entries.wanted[0] == min(left, MANY)
    assert not known or entries.many == {
        place: count for place, count in ((0, left), (1, len(known))) if count >= MANY
    }


# Priorities ----------------------------------------------------------------------------------


def test_what_waits_is_told_by_priority():
    mixed = batch(stored(1), stored(2, priority=5), stored(3), stored(4, priority=5))
    start = Start([mixed], [messages(5, 6, priority=9), batch(settled(JOBS, 4))])
    assert start.found() == ({0: [1, 3], 5: [2], 9: [5]}, {})


# Deliveries ----------------------------------------------------------------------------------


def test_deliveries_are_counted():
    start = Start(
        [messages(1, 5), batch(delivered(JOBS, 1, 2, 2))],
        [batch(delivered(JOBS, 2, 3)), batch(settled(JOBS, 3))],
    )
    assert start.found() == ({0: [1, 2, 4]}, {1: 1, 2: 3})


def test_deliveries_are_those_of_one_queue():
    both = messages(1, 4, queues=(JOBS, LOGS))
    told = batch(delivered(JOBS, 1, 2), delivered(LOGS, 2, 3), settled(LOGS, 2))
    assert Start([both, told]).found(JOBS) == ({0: [1, 2, 3]}, {1: 1, 2: 1})
    assert Start([both, told]).found(LOGS) == ({0: [1, 3]}, {3: 1})


# Segments ------------------------------------------------------------------------------------


def test_segments_in_which_nothing_matters_are_finished():
    start = Start(
        [messages(1, 3)],
        [messages(3, 5), batch(settled(JOBS, 1, 2))],
        [batch(settled(JOBS, 3))],
        [messages(5, 7), batch(settled(JOBS, 5, 6))],
    )
    assert start.positions() == [4]
    assert [each.head.id for each in start.log.finished] == [1, 4]
    assert start.kept == {2: 1, 3: 0}
    assert [each.concerns for each in start.log.segments] == [{1: 2}, {2: 1}]


def test_what_was_delivered_is_worth_knowing_as_long_as_what_was_settled():
    start = Start([messages(1, 3)], [batch(delivered(JOBS, 1))])
    start.waiting.find()
    assert start.kept == {1: 2, 2: 0}
    assert start.log.segments[1].concerns == {1: 1}


def test_the_last_position_is_the_greatest_of_which_anything_is_said():
    start = Start([messages(1, 3)], [batch(settled(JOBS, 1, 70), delivered(GONE, 8, 90))])
    start.waiting.find()
    assert start.waiting.last_position == 90
    quiet = Start([messages(1, 3)])
    quiet.waiting.find()
    assert quiet.waiting.last_position == 0


def test_something_said_of_nothing_is_something_as_well():
    start = Start([messages(1, 3), batch(settled(JOBS))])
    assert start.positions() == [1, 2]


# What is said, one by one or all at once -----------------------------------------------------


@pytest.mark.parametrize("count", [3, 300])
def test_what_a_segment_says_is_read(count):
    start = Start(
        [messages(1, 3), *(batch(settled(JOBS, each, each + 7)) for each in range(count))]
    )
    told = list(controls_of(start.log.segments[0]))
    assert [each.positions for each in told] == [array("Q", [n, n + 7]) for n in range(count)]


@pytest.mark.parametrize("count", [3, 300])
@pytest.mark.parametrize("octet", [0, 3, 6, 9, 20])
def test_a_damaged_record_is_refused_and_not_passed_over(count, octet):
    start = Start([messages(1, 3), *(batch(settled(JOBS, 1)) for _ in range(count))])
    sealed = start.log.segments[0]
    offset = sealed.entries.controls[1]
    start.disk.flip(file_name(1), (offset + octet) * 8)
    with pytest.raises(LogDamaged, match=f"{file_name(1)} at offset {offset}: the record there"):
        start.waiting.find()


@pytest.mark.parametrize("left", [4, 15, 20])
def test_a_record_that_is_missing_is_damaged(left):
    start = Start([messages(1, 3), batch(settled(JOBS, 1))])
    sealed = start.log.segments[0]
    sealed.file.truncate(sealed.entries.controls[0] + left)
    with pytest.raises(LogDamaged):
        start.waiting.find()
    assert decode_head(start.disk.octets_of(file_name(1))).id == 1
