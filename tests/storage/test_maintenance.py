"""What happens to a log behind everybody's back: segments go, get indexes, are rewritten."""

import pytest

from leveret.storage import index
from leveret.storage.maintenance import LOOK_S, RETRY_S, SMALL_ONES_MAX, worth_rewriting
from leveret.storage.recovery import DRAFT
from leveret.storage.segment import MANY, SUFFIX, decode_head, file_name
from tests.storage.faulty_disk import Loss
from tests.storage.hand import World, message
from tests.storage.hand_log import HandLog

JOBS = 1
KEEPER = 2
# A segment with ten messages is four fifths of this.
SEGMENT = 2000


class House(World):
    """An engine whose segments have ten messages each, in one queue."""

    def __init__(self):
        super().__init__(segment_octets=SEGMENT)
        self.next = 1
        self.open()
        self.declare(*range(1, MANY + 20))
        self.pass_time(1)

    @property
    def store(self):
        return self.engine.storage.messages

    @property
    def log(self):
        return self.engine._messages.log

    @property
    def keeper(self):
        return self.workers[KEEPER]

    def fill(self, count, queues=(JOBS,)):
        """So many segments more."""
        first = self.next
        self.next += 10 * count
        for start in range(first, first + 10 * count, 10):
            for position in range(start, start + 10):
                self.store.append(message(position, b"x" * 60, expiration="9999"), queues)
            self.pass_time(1)

    def settle(self, *positions, queue=JOBS):
        self.store.settle_all(queue, positions)

    def segments(self):
        return [name for name in self.disk.names() if name.endswith(SUFFIX)]

    def until_the_keeper_has_work(self):
        while not self.keeper.jobs:
            assert self._step(self.timers.now + 1)

    def waiting(self, queue=JOBS):
        """What a start finds, after the end of the machine."""
        self.disk = self.disk.after_crash(Loss())
        self.open()
        return [each for line in self.store.recovered(queue).positions.values() for each in line]


@pytest.fixture
def house():
    made = House()
    made.fill(3)
    assert made.segments() == [file_name(each) for each in (1, 2, 3)]
    return made


# Removing ------------------------------------------------------------------------------------


def test_a_segment_in_which_nothing_is_wanted_goes_with_its_index(house):
    house.fill(1)
    house.settle(*range(11, 21))
    house.pass_time(1)
    assert file_name(2) not in house.disk.names()
    assert index.file_name(2) not in house.disk.names()
    assert house.waiting() == [*range(1, 11), *range(21, 41)]


def test_a_segment_goes_a_little_after_its_last_message(house):
    house.settle(*range(1, 11))
    house.store.settle(JOBS, 11)
    house.pass_time(LOOK_S / 2)
    assert file_name(1) in house.disk.names()
    house.pass_time(LOOK_S)
    assert file_name(1) not in house.disk.names()


def test_what_says_what_was_settled_goes_after_what_it_says_it_of(house):
    house.settle(*range(1, 10), *range(11, 31))
    house.pass_time(1)
    house.fill(1)
    # Nothing in 3 is wanted, but it says what was settled in 1.
    assert house.segments() == [file_name(each) for each in (1, 3, 4)]
    house.disk.operations.clear()
    house.settle(10)
    house.pass_time(1)
    assert house.segments() == [file_name(4)]
    gone = [(each.kind, each.name) for each in house.disk.operations if each.kind != "write"]
    first, then = gone.index(("remove", file_name(1))), gone.index(("remove", file_name(3)))
    assert ("names", "") in gone[first:then]
    assert house.waiting() == list(range(31, 41))


def test_nothing_is_left_when_nothing_is_wanted(house):
    house.settle(*range(1, 31))
    house.pass_time(1)
    assert len(house.segments()) <= 1
    assert house.waiting() == []
    house.engine.tidy_up()
    house.pass_time(1)
    assert house.disk.names() == []


@pytest.mark.parametrize("kind", ["remove", "sync_names"])
def test_removing_is_tried_again_until_it_succeeds(house, kind, caplog):
    house.disk.fail(kind, times=3)
    house.settle(*range(1, 21))
    # There is always something new in the log, and no reason to try more often for that.
    for _ in range(6):
        house.store.delivered(JOBS, 25)
        house.pass_time(RETRY_S / 4)
    assert caplog.text.count("cannot remove segments that are needed no more") == 2
    house.pass_time(2 * RETRY_S)
    assert file_name(1) not in house.disk.names()
    assert file_name(2) not in house.disk.names()
    assert house.log.finished == []


def test_a_reading_under_way_holds_the_file_open(house):
    got = []
    house.store.read([1, 5], got.extend)
    job, done = house.workers[1].jobs.popleft()
    house.settle(*range(1, 11))
    # The file's name is gone; the thread has yet to read from it.
    house.workers[1].jobs.append((job, done))
    house.pass_time(1)
    assert [each.position for each in got] == [1, 5]


# Indexing ------------------------------------------------------------------------------------


def test_a_sealed_segment_gets_an_index(house):
    assert index.file_name(1) in house.disk.names()
    assert index.file_name(3) not in house.disk.names()
    head = decode_head(house.disk.octets_of(file_name(1)))
    entries, size = index.decode(house.disk.octets_of(index.file_name(1)), head)
    assert list(entries.positions) == list(range(1, 11))
    assert size == len(house.disk.octets_of(file_name(1)))


def test_indexes_are_not_written_again_after_a_start(house):
    house.open()
    house.disk.operations.clear()
    house.engine.tidy_up()
    house.pass_time(1)
    assert [str(each) for each in house.disk.operations if each.kind == "create"] == [
        f"create {index.file_name(3)}{DRAFT}"
    ]


@pytest.mark.parametrize("kind", ["create", "write", "rename"])
def test_a_start_does_without_an_index_that_could_not_be_written(house, kind, caplog):
    house.disk.fail(kind, name=".index.new")
    house.fill(1)
    assert index.file_name(3) not in house.disk.names()
    assert f"cannot write the index of {file_name(3)}" in caplog.text
    assert house.waiting() == list(range(1, 41))


def test_an_index_is_of_a_segment_without_room_for_more(house):
    house.disk.room_octets = 3000
    house.fill(2)
    sealed = [each for each in house.log.sealed if each.has_index]
    assert {len(house.disk.octets_of(file_name(each.head.id))) - each.size for each in sealed} == {
        0
    }
    assert house.waiting() == list(range(1, 51))


def test_the_spill_has_no_indexes(house):
    spill = house.engine._spill
    assert spill.log.disk.names() == []
    for position in range(1, 60):
        house.engine.storage.spill.append(message(position, b"x" * 60), (1,))
        spill.log.segment_octets = 100
        house.pass_time(0.1)
    house.pass_time(1)
    assert len(spill.log.disk.names()) > 5
    assert not any(name.endswith(index.SUFFIX) for name in spill.log.disk.names())


# Rewriting -----------------------------------------------------------------------------------


@pytest.fixture
def worn():
    """Six segments of which one message each is left, and a last one."""
    made = House()
    made.fill(7)
    made.left = [5, 15, 25, 35, 45, 55]
    made.settle(*(each for each in range(1, 61) if each not in made.left))
    return made


def test_what_is_left_of_worn_segments_is_joined(worn):
    worn.pass_time(5)
    (first, *_others) = worn.log.segments
    assert list(first.entries.positions) == worn.left
    assert first.head.last == 6
    assert worn.segments()[:1] == [file_name(1)]
    assert len(worn.segments()) <= 3
    assert worn.read(*worn.left) == [b"x" * 60] * 6
    assert worn.waiting() == [*worn.left, *range(61, 71)]


def test_what_says_much_of_messages_of_which_few_are_left_goes_as_well():
    house = House()
    house.fill(80)
    left = list(range(5, 800, 40))
    # These records alone fill several segments.
    for first in range(1, 801, 100):
        house.settle(*(each for each in range(first, first + 100) if each not in left))
        house.pass_time(0.02)
    house.pass_time(30)
    assert house.log.octets < 3 * SEGMENT
    assert house.waiting() == left


def test_what_is_said_of_messages_that_were_never_written_keeps_nothing():
    """They came, were delivered and settled before their batch was: only the mark is written."""
    house = House()
    house.fill(1)
    house.settle(*range(2, 11))
    for first in range(100, 5100, 100):
        for position in range(first, first + 100):
            house.store.append(message(position), (JOBS,))
            house.store.delivered(JOBS, position)
            house.store.settle(JOBS, position)
        house.pass_time(0.02)
    house.pass_time(30)
    assert house.log.octets < 3 * SEGMENT
    assert house.waiting() == [1]


def test_what_is_settled_while_it_is_rewritten_stays_settled(worn):
    worn.until_the_keeper_has_work()
    job, done = worn.keeper.jobs.popleft()
    worn.settle(5, 45)
    worn.pass_time(0.05)
    job()
    worn.settle(25)
    worn.pass_time(0.05)
    done()
    worn.pass_time(5)
    (first, *_others) = worn.log.segments
    assert first.head.generation == 1
    assert list(first.entries.waiting(0, 9)) == [15, 35, 55]
    assert first.live == 3
    assert worn.read(5, 15, 25) == [b"x" * 60]
    assert worn.waiting() == [15, 35, 55, *range(61, 71)]


def test_all_of_it_may_be_settled_while_it_is_rewritten(worn):
    worn.until_the_keeper_has_work()
    job, done = worn.keeper.jobs.popleft()
    worn.settle(*worn.left)
    worn.pass_time(0.05)
    job()
    done()
    worn.pass_time(5)
    assert file_name(1) not in worn.disk.names()
    assert worn.waiting() == list(range(61, 71))


def test_what_very_many_queues_want_is_wanted_by_as_many_afterwards():
    house = House()
    queues = tuple(range(1, MANY + 11))
    house.fill(1)
    house.store.append(message(10_000, b"x" * 60), queues)
    house.next = 10_001
    house.fill(6)
    house.settle(*range(1, 11), *(each for each in range(10_001, 10_051) if each % 10 != 5))
    house.settle(10_000)
    house.pass_time(10)
    (first, *_others) = house.log.segments
    assert first.head.generation >= 1
    for queue in queues[1:-1]:
        house.settle(10_000, queue=queue)
    house.pass_time(1)
    assert house.read(10_000) == [b"x" * 60]
    assert house.waiting(queues[-1]) == [10_000]


def test_a_reading_goes_on_in_the_old_file(worn):
    got = []
    worn.until_the_keeper_has_work()
    job, done = worn.keeper.jobs.popleft()
    job()
    worn.store.read(worn.left, got.extend)
    done()
    worn.pass_time(1)
    assert [each.position for each in got] == worn.left


def test_rewriting_that_fails_is_tried_again_later(worn, caplog):
    worn.disk.fail("write", name=file_name(1) + DRAFT, times=2)
    worn.pass_time(RETRY_S + 5)
    assert caplog.text.count("cannot rewrite") == 2
    worn.settle(5)
    worn.pass_time(RETRY_S)
    assert list(worn.log.segments[0].entries.positions)[-1] == 55
    assert worn.log.segments[0].head.generation == 1
    assert worn.waiting() == [*worn.left[1:], *range(61, 71)]


def test_what_was_settled_while_rewriting_failed_goes(worn):
    worn.until_the_keeper_has_work()
    worn.disk.fail("rename", name=DRAFT)
    worn.settle(*worn.left)
    job, done = worn.keeper.jobs.popleft()
    worn.pass_time(0.05)
    job()
    # All settled, and still there.
    assert [each.head.id for each in worn.log.segments][:6] == [1, 2, 3, 4, 5, 6]
    done()
    assert [each.head.id for each in worn.log.segments][:1] == [7]
    worn.pass_time(2 * RETRY_S)
    assert file_name(1) not in worn.disk.names()
    assert worn.waiting() == list(range(61, 71))


def test_a_segment_with_damage_is_left_alone_and_the_others_are_not(worn, caplog):
    house = worn
    damaged = house.log.find(35)
    offset = damaged.entries.offsets[damaged.entries.positions.index(35)]
    house.disk.flip(file_name(damaged.head.id), (offset + 50) * 8)
    house.pass_time(5 * RETRY_S)
    assert caplog.text.count("cannot rewrite") == 1
    house.fill(1)
    house.settle(*(each for each in range(41, 81) if each not in house.left and each != 80))
    house.pass_time(5 * RETRY_S)
    assert caplog.text.count("cannot rewrite") == 1
    assert damaged in house.log.segments


# What is worth it ----------------------------------------------------------------------------


def worn_log(segments, wanted, *, segment_octets=SEGMENT):
    """A log with so many messages wanted in each of so many segments of twenty."""
    hand = HandLog(segment_octets=1)
    for number in range(segments):
        hand.say(*range(20 * number + 1, 20 * number + 21))
    hand.log.seal()
    for number, segment in enumerate(hand.log.segments):
        hand.log.settle(segment.entries.positions[wanted:])
        assert segment.live == wanted, number
    hand.log.segment_octets = segment_octets
    return hand.log


def ids(run):
    return [each.head.id for each in run]


def test_nothing_is_worth_rewriting_in_an_empty_log():
    assert worth_rewriting(HandLog().log) == []


def test_a_log_in_which_most_is_wanted_is_left_alone():
    assert worth_rewriting(worn_log(8, 18)) == []


def test_a_little_that_is_dead_is_left_alone():
    assert worth_rewriting(worn_log(2, 1)) == []


def test_neighbours_are_joined_until_half_a_segment_is_full():
    assert ids(worth_rewriting(worn_log(4, 2))) == [1, 2, 3, 4]
    assert ids(worth_rewriting(worn_log(8, 4))) == [1, 2, 3]


def test_very_small_ones_are_joined_when_there_are_many():
    assert worth_rewriting(worn_log(SMALL_ONES_MAX, 20, segment_octets=1 << 20)) == []
    many = SMALL_ONES_MAX + 1
    assert len(worth_rewriting(worn_log(many, 20, segment_octets=1 << 20))) == many


def test_what_says_much_of_others_is_not_mostly_dead():
    log = worn_log(4, 2)
    for segment in log.segments:
        segment.concerns[99] = 1000
    assert worth_rewriting(log) == []


def test_a_segment_with_damage_parts_its_neighbours():
    log = worn_log(9, 1)
    log.segments[2].is_damaged = True
    assert ids(worth_rewriting(log)) == [4, 5, 6, 7, 8, 9]
