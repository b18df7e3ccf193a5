"""Group commit: what is said gathers, is written together, and is answered when it is safe."""

import errno
from array import array

import pytest

from leveret.storage import journal as journals
from leveret.storage.journal import LAZY_S, RETRY_S, Journal
from leveret.storage.log import Log
from leveret.storage.segment import file_name
from tests.storage.faulty_disk import FaultyDisk, Loss
from tests.storage.hand import Catalogue, HandTimers, HandWorker
from tests.storage.octets import SALT, stored

JOBS = 1
A_TURN = 0


class Desk:
    """A journal whose thread and clock are moved by hand."""

    def __init__(self):
        self.disk = FaultyDisk()
        self.catalogue = Catalogue()
        self.timers = HandTimers()
        self.worker = HandWorker()
        self.log = Log(self.disk, lambda: SALT)
        self.journal = Journal(
            self.log, self.catalogue, self.worker, self.timers, lambda: int(self.timers.now * 1000)
        )
        self.done = []
        self.trouble = []
        self.journal.troubled = self.trouble.append

    def append(self, *positions, queues=(JOBS,)):
        batch = self.journal.open()
        for position in positions:
            batch.add(position, stored(position, queues=queues), queues)

    def settle(self, *positions):
        for position in positions:
            self.journal.open().settle(JOBS, position)

    def wait(self, name):
        """Have the name noted in `done` when everything is durable."""
        self.journal.when_durable(lambda: self.done.append(name))

    def pass_time(self, seconds=A_TURN, *, work=True):
        """Time goes on; without `work` the thread does not get to anything."""
        end = self.timers.now + seconds
        while True:
            if work and self.worker.jobs:
                self.worker.step()
            elif (due := self.timers.next()) is not None and due <= end:
                self.timers.now = max(due, self.timers.now)
                self.timers.step()
            else:
                break
        self.timers.now = end

    @property
    def safe(self):
        """Messages that would survive the end of the machine."""
        octets = b"".join(
            left.octets_of(name)
            for left in [self.disk.after_crash(Loss())]
            for name in left.names()
        )
        return [position for position in range(1, 50) if stored(position) in octets]

    @property
    def writes(self):
        """Group commits that were written."""
        return sum(each.kind == "write" for each in self.disk.operations) - len(self.disk.names())


@pytest.fixture
def desk():
    return Desk()


# When it is durable --------------------------------------------------------------------------


def test_nothing_is_durable_at_once(desk):
    desk.wait("nothing")
    assert desk.done == ["nothing"]
    assert desk.journal.is_idle


def test_an_action_runs_when_everything_before_it_is_safe(desk):
    desk.append(1)
    desk.wait("one")
    desk.pass_time(work=False)
    assert (desk.done, desk.safe) == ([], [])
    desk.pass_time()
    assert (desk.done, desk.safe) == (["one"], [1])
    assert desk.journal.is_idle


def test_what_is_said_in_one_turn_is_written_together(desk):
    for position in range(1, 10):
        desk.append(position)
        desk.wait(position)
    desk.pass_time()
    assert desk.done == list(range(1, 10))
    assert desk.writes == 1


def test_what_nobody_waits_for_is_written_a_little_later(desk):
    desk.append(1)
    desk.pass_time(LAZY_S / 2)
    assert desk.safe == []
    desk.append(2)
    desk.pass_time(LAZY_S / 2)
    assert desk.safe == [1, 2]
    assert desk.writes == 1


def test_what_has_been_written_already_is_not_written_when_its_time_has_come(desk):
    desk.append(1)
    desk.wait("one")
    desk.pass_time()
    desk.append(2)
    desk.pass_time(LAZY_S / 2)
    assert desk.safe == [1]
    desk.pass_time(LAZY_S)
    assert desk.safe == [1, 2]
    assert desk.writes == 2


def test_what_was_settled_at_once_is_not_written(desk):
    desk.append(1)
    desk.wait("one")
    desk.settle(1)
    desk.wait("settled")
    desk.pass_time()
    assert desk.done == ["one", "settled"]
    assert desk.disk.operations == []
    assert desk.journal.is_idle


def test_what_waits_first_is_told_first_even_if_nothing_is_left_to_write(desk):
    desk.append(1)
    desk.wait("one")
    desk.settle(1)
    desk.wait("two")
    assert desk.done == []
    desk.pass_time()
    assert desk.done == ["one", "two"]


# While the disk is busy ----------------------------------------------------------------------


def test_the_next_batch_gathers_while_one_is_written(desk):
    desk.append(1)
    desk.wait("one")
    desk.pass_time(work=False)
    desk.append(2)
    desk.wait("two")
    desk.pass_time(LAZY_S, work=False)
    desk.append(3)
    desk.wait("three")
    desk.worker.step()
    assert (desk.done, desk.safe) == (["one"], [1])
    desk.pass_time()
    assert (desk.done, desk.safe) == (["one", "two", "three"], [1, 2, 3])
    assert desk.writes == 2


def test_who_waits_longer_is_told_first_also_if_the_next_have_nothing_to_wait_for(desk):
    desk.append(1)
    desk.wait("one")
    desk.pass_time(work=False)
    desk.append(2)
    desk.wait("two")
    desk.settle(2)
    desk.worker.step()
    desk.pass_time()
    assert desk.done == ["one", "two"]


def test_the_disk_goes_on_while_everybody_is_told(desk):
    desk.append(1)
    desk.journal.when_durable(lambda: desk.done.append(len(desk.worker.jobs)))
    desk.pass_time(work=False)
    desk.append(2)
    desk.wait("two")
    desk.worker.step()
    assert desk.done == [1]
    desk.pass_time()
    assert desk.done == [1, "two"]


def test_whoever_says_nothing_waits_for_what_is_on_its_way(desk):
    desk.append(1)
    desk.wait("one")
    desk.pass_time(work=False)
    desk.wait("nothing")
    assert desk.done == []
    desk.worker.step()
    assert desk.done == ["one", "nothing"]


def test_what_gathered_unasked_still_goes_by_itself(desk):
    desk.append(1)
    desk.wait("one")
    desk.pass_time(work=False)
    desk.append(2)
    desk.worker.step()
    assert desk.safe == [1]
    desk.pass_time(LAZY_S)
    assert desk.safe == [1, 2]


def test_what_has_waited_long_enough_meanwhile_goes_next(desk):
    desk.append(1)
    desk.pass_time(LAZY_S, work=False)
    desk.append(2)
    desk.pass_time(LAZY_S, work=False)
    assert desk.writes == 0
    desk.pass_time()
    assert desk.safe == [1, 2]


def test_what_is_settled_on_its_way_is_settled_in_the_next_batch(desk):
    desk.append(1, 2)
    desk.pass_time(LAZY_S, work=False)
    desk.settle(1)
    desk.wait("settled")
    desk.pass_time(LAZY_S)
    assert desk.done == ["settled"]
    (segment,) = desk.log.segments
    assert [segment.index_of(each) for each in (1, 2)] == [None, 1]


def test_a_record_can_be_had_before_it_is_written(desk):
    desk.append(1)
    assert desk.journal.record_of(1) == stored(1)
    assert desk.journal.record_of(2) is None
    desk.pass_time(LAZY_S, work=False)
    desk.append(2)
    assert [desk.journal.record_of(each) for each in (1, 2, 3)] == [stored(1), stored(2), None]
    desk.pass_time(LAZY_S)
    assert desk.journal.record_of(1) is None


def test_an_action_may_say_more(desk):
    def more():
        desk.append(2)
        desk.wait("two")

    desk.append(1)
    desk.journal.when_durable(more)
    desk.wait("one")
    desk.pass_time()
    assert desk.done == ["one", "two"]
    assert desk.safe == [1, 2]


def test_an_action_may_ask_again(desk):
    desk.append(1)
    desk.journal.when_durable(lambda: desk.wait("inner"))
    desk.pass_time()
    assert desk.done == ["inner"]


def test_an_action_that_fails_keeps_nobody_waiting(desk):
    def fail():
        raise ValueError("a bug")

    desk.append(1)
    desk.wait("before")
    desk.journal.when_durable(fail)
    desk.wait("after")
    with pytest.raises(ValueError, match="a bug"):
        desk.pass_time()
    desk.pass_time()
    assert desk.done == ["before", "after"]
    desk.append(2)
    desk.wait("next")
    desk.pass_time()
    assert desk.safe == [1, 2]


def test_whoever_watches_the_log_is_told_when_it_has_changed(desk):
    told = []
    desk.journal.entered = lambda: told.append(desk.log.octets)
    desk.append(1)
    desk.pass_time(LAZY_S)
    assert told == [desk.log.octets]


# The port's numbers --------------------------------------------------------------------------


def test_the_watermark_rises_with_each_write(desk):
    first = desk.journal.batch
    desk.append(1)
    assert desk.journal.batch == first
    desk.pass_time(LAZY_S)
    assert desk.journal.batch == first + 1
    desk.pass_time(1)
    assert desk.journal.batch == first + 1


def test_a_demand_counts_while_something_is_not_durable(desk):
    desk.journal.demand()
    assert desk.journal.demands == 0
    desk.append(1)
    desk.journal.demand()
    assert desk.journal.demands == 1
    desk.pass_time(LAZY_S, work=False)
    desk.journal.demand()
    assert desk.journal.demands == 2
    desk.pass_time()
    desk.journal.demand()
    assert desk.journal.demands == 2


def test_a_change_is_a_demand_and_goes_to_the_catalogue(desk):
    desk.journal.commit("change")
    assert desk.journal.demands == 1
    desk.wait("changed")
    desk.pass_time()
    assert desk.catalogue.changes == ["change"]
    assert desk.done == ["changed"]
    assert desk.disk.operations == []


def test_too_much_that_waits_for_the_disk_is_told(desk, monkeypatch):
    monkeypatch.setattr(journals, "BEHIND_OCTETS", len(stored(1)))
    desk.append(1)
    assert not desk.journal.is_behind
    desk.append(2)
    assert desk.journal.is_behind
    desk.settle(2)
    assert not desk.journal.is_behind
    desk.append(3)
    desk.pass_time(LAZY_S, work=False)
    assert not desk.journal.is_behind


def test_a_batch_has_the_time_at_which_it_was_opened(desk):
    desk.pass_time(5)
    opened_at = int(desk.timers.now * 1000)
    desk.append(1)
    desk.pass_time(LAZY_S / 2)
    assert desk.journal.open().wall_ms == opened_at


def test_what_a_deleted_queue_had_is_gone_when_it_is_certain(desk):
    desk.append(1, 2)
    desk.pass_time(LAZY_S)
    (segment,) = desk.log.segments
    desk.journal.open().forget([1])
    desk.journal.commit("queue deleted")
    desk.wait("deleted")
    desk.pass_time(work=False)
    assert segment.live == 2
    desk.pass_time()
    assert segment.live == 1
    assert segment.entries.controls == array("I")


# Trouble -------------------------------------------------------------------------------------

FAULTS = [
    ("write", {}),
    ("write", {"written": 60}),
    ("write", {"number": errno.ENOSPC, "written": 1}),
    ("sync", {}),
    ("note", {}),
]
NEW_SEGMENT_FAULTS = [
    ("create", {}),
    ("sync_names", {}),
    ("write", {"skip": 1}),
    ("sync", {"skip": 1}),
]


def break_disk(desk, kind, more):
    if kind == "note":
        desk.catalogue.error = OSError(errno.EIO, "Input/output error")
    else:
        desk.disk.fail(kind, **{"times": 1000, **more})


def heal(desk):
    desk.disk.heal()
    desk.catalogue.error = None


@pytest.mark.parametrize(("kind", "more"), FAULTS + NEW_SEGMENT_FAULTS)
@pytest.mark.parametrize("is_first", [True, False])
def test_what_cannot_be_written_is_answered_when_it_can(desk, kind, more, is_first, caplog):
    if not is_first:
        if (kind, more) in NEW_SEGMENT_FAULTS:
            desk.log.segment_octets = 1
        desk.append(1)
        desk.pass_time(LAZY_S)
    break_disk(desk, kind, more)
    desk.append(2)
    desk.journal.commit("change")
    desk.wait("told")
    desk.pass_time()
    assert desk.done == []
    assert len(desk.trouble) == 1
    assert isinstance(desk.trouble[0], OSError)
    assert "publishers are blocked" in caplog.text
    # Meanwhile more is said, and it is tried again in vain.
    desk.append(3)
    desk.wait("later")
    desk.pass_time(10 * RETRY_S)
    assert desk.done == []
    assert len(desk.trouble) == 1
    assert desk.journal.record_of(2) == stored(2)
    heal(desk)
    desk.pass_time(RETRY_S)
    assert desk.done == ["told", "later"]
    assert desk.trouble[1:] == [None]
    assert "works again" in caplog.text
    assert desk.safe == ([2, 3] if is_first else [1, 2, 3])
    assert desk.catalogue.changes == ["change"]
    alive = [each for segment in desk.log.segments for each in segment.entries.positions]
    assert alive == desk.safe


def test_it_is_tried_again_every_second(desk):
    times = []
    desk.disk.watch = lambda kind, _name: kind == "create" and times.append(desk.timers.now)
    desk.disk.fail("create", times=3)
    start = desk.timers.now
    desk.append(1)
    desk.wait("one")
    desk.pass_time(10)
    assert [round(each - start, 3) for each in times] == [0, 1, 2, 3]
    assert desk.done == ["one"]


def test_a_message_is_written_once_when_only_the_catalogue_fails(desk):
    desk.catalogue.error = OSError(errno.ENOSPC, "full")
    desk.append(1)
    desk.journal.commit("change")
    desk.pass_time(5)
    assert desk.safe == [1]
    assert desk.log.segments == []
    desk.catalogue.error = None
    desk.pass_time(RETRY_S)
    assert desk.writes == 1
    assert [segment.live for segment in desk.log.segments] == [1]


def test_what_is_settled_in_time_of_trouble_is_settled(desk):
    desk.append(1, 2)
    desk.pass_time(LAZY_S)
    desk.disk.fail("sync", times=2)
    desk.append(3)
    desk.wait("three")
    desk.pass_time()
    desk.settle(1, 3)
    desk.wait("settled")
    desk.pass_time(5)
    assert desk.done == ["three", "settled"]
    alive = [each for segment in desk.log.segments for each in segment.entries.waiting(0, 9)]
    assert alive == [2]
    assert len(desk.disk.octets_of(file_name(1))) == desk.log.segments[0].size


# Closing -------------------------------------------------------------------------------------


def test_closing_writes_what_is_left(desk):
    desk.append(1)
    desk.wait("one")
    desk.journal.commit("change")
    desk.journal.close()
    assert desk.worker.is_closed
    assert (desk.done, desk.safe, desk.catalogue.changes) == (["one"], [1], ["change"])
    assert desk.journal.is_idle


def test_closing_with_nothing_left_writes_nothing(desk):
    desk.journal.close()
    assert desk.disk.operations == []


@pytest.mark.parametrize("is_written", [True, False])
def test_closing_finishes_what_is_on_its_way_first(desk, is_written):
    desk.append(1)
    desk.wait("one")
    desk.pass_time(work=False)
    desk.append(2)
    desk.wait("two")
    if is_written:
        # The thread has done it, and nobody has been told.
        job, _done = desk.worker.jobs.popleft()
        job()
    desk.journal.close()
    assert desk.done == ["one", "two"]
    assert desk.safe == [1, 2]
    assert desk.writes == 2
    desk.pass_time(10)


def test_closing_in_trouble_tries_once_more(desk):
    desk.disk.fail("sync", times=2)
    desk.append(1)
    desk.wait("one")
    desk.pass_time()
    desk.append(2)
    desk.wait("two")
    desk.disk.heal()
    desk.journal.close()
    assert (desk.done, desk.safe) == (["one", "two"], [1, 2])
    # What was to be tried again needs no trying any more.
    desk.pass_time(10)
    assert desk.writes == 3


def test_closing_says_that_it_cannot_write(desk):
    desk.disk.fail("sync", times=1000)
    desk.append(1)
    desk.wait("one")
    desk.pass_time()
    with pytest.raises(OSError, match="Input/output error"):
        desk.journal.close()
    assert desk.done == []
    desk.pass_time(10)
    assert desk.done == []


def test_a_journal_on_its_own_bothers_nobody():
    desk = Desk()
    journal = Journal(desk.log, None, desk.worker, desk.timers, lambda: 0)
    desk.journal = journal
    desk.disk.fail("create")
    desk.append(1)
    desk.wait("one")
    desk.pass_time(5)
    assert desk.done == ["one"]
