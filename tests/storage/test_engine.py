"""The engine put together: what it keeps over starts and crashes, in trouble, and at its end."""

import errno
import os

import pytest

from leveret.broker.changes import QueueDeclared, QueueDeleted
from leveret.storage import index
from leveret.storage.disk import RealDisk
from leveret.storage.engine import Committed
from leveret.storage.recovery import LogDamaged
from leveret.storage.segment import SUFFIX, file_name
from tests.storage.faulty_disk import Loss
from tests.storage.hand import DURABLE, Catalogue, World, message

JOBS, LOGS = 1, 2
SMALL = 400


class House(World):
    """An engine with two queues."""

    def __init__(self, **options):
        super().__init__(**options)
        self.open()
        self.declare(JOBS, LOGS)
        self.pass_time(1)

    @property
    def storage(self):
        return self.engine.storage

    def publish(self, *positions, queues=(JOBS,)):
        for position in positions:
            self.storage.messages.append(message(position, b"m%d" % position), queues)

    def settle(self, *positions, queue=JOBS):
        for position in positions:
            self.storage.messages.settle(queue, position)

    def delete(self, queue, *positions):
        self.storage.catalogue.commit(QueueDeleted(queue, "/", f"q{queue}"))
        self.storage.messages.forget(queue, positions)

    def crash(self):
        """The machine ends, and all that was not synced with it."""
        self.disk = self.disk.after_crash(Loss())
        self.catalogue._disk = self.disk
        self.open()

    def kill(self):
        """The process ends."""
        self.disk = self.disk.after_crash()
        self.catalogue._disk = self.disk
        self.open()

    def waiting(self, queue=JOBS):
        recovered = self.storage.messages.recovered(queue)
        return [each for line in recovered.positions.values() for each in line]

    def segments(self):
        return [name for name in self.disk.names() if name.endswith(SUFFIX)]


@pytest.fixture
def house():
    return House()


# From start to start -------------------------------------------------------------------------


def test_what_is_durable_is_there_after_the_end_of_the_machine(house):
    house.publish(1, 2)
    told = []
    house.storage.durability.when_durable(lambda: told.append("durable"))
    house.run()
    assert told == ["durable"]
    house.publish(3)
    house.crash()
    assert house.waiting() == [1, 2]
    assert house.read(1, 2) == [b"m1", b"m2"]


def test_what_is_written_survives_the_process_and_then_the_machine(house):
    house.publish(1)
    house.storage.durability.when_durable(lambda: None)
    house.disk.fail("sync", name=file_name(1), skip=1, times=1000)
    house.run()
    house.kill()
    assert house.waiting() == [1]
    house.crash()
    assert house.waiting() == [1]


def test_each_start_writes_a_new_segment_and_joins_the_old_ones_some_day(house):
    for position in range(1, 40):
        house.publish(position)
        house.pass_time(1)
        house.crash()
        house.engine.tidy_up()
        house.pass_time(1)
    assert len(house.segments()) < 12
    house.crash()
    assert house.waiting() == list(range(1, 40))
    assert house.read(1, 20, 39) == [b"m1", b"m20", b"m39"]


def test_positions_are_never_used_again(house):
    assert house.storage.first_position == 1
    house.publish(7, 9)
    house.pass_time(1)
    house.crash()
    assert house.storage.first_position == 10


def test_positions_are_never_used_again_when_their_messages_are_gone():
    house = House(segment_octets=SMALL)
    house.publish(1, queues=(LOGS,))
    house.publish(*range(2, 7))
    house.pass_time(1)
    house.publish(*range(7, 12))
    house.pass_time(1)
    house.publish(12)
    house.pass_time(1)
    house.settle(*range(2, 12))
    house.pass_time(1)
    house.settle(12)
    house.pass_time(1)
    house.crash()
    house.engine.tidy_up()
    house.pass_time(1)
    # What says that 2 to 12 were settled is still there, since 1 is.
    first = house.storage.first_position
    assert first == 13
    house.publish(first)
    house.pass_time(1)
    house.crash()
    assert house.waiting() == [first]
    assert house.waiting(LOGS) == [1]


def test_numbers_of_queues_are_never_used_again(house):
    assert house.storage.first_queue_number == 1
    house.crash()
    assert house.storage.first_queue_number == 3
    house.delete(LOGS)
    house.pass_time(1)
    house.crash()
    assert house.storage.first_queue_number == 3


def test_the_number_of_a_queue_that_never_came_to_be_is_not_used_either(house):
    house.declare(7)
    house.publish(1, queues=(JOBS, 7))
    house.catalogue.error = OSError(errno.EIO, "Input/output error")
    house.pass_time(1)
    house.catalogue.error = None
    house.crash()
    assert house.storage.first_queue_number == 8
    assert house.waiting(7) == []
    assert house.waiting() == [1]


def test_what_a_deleted_queue_had_is_gone_for_good(house):
    house.publish(1, 2, queues=(JOBS, LOGS))
    house.publish(3)
    house.pass_time(1)
    house.delete(JOBS, 1, 2, 3)
    house.pass_time(1)
    house.crash()
    assert house.waiting(LOGS) == [1, 2]
    assert house.waiting() == []
    house.settle(1, 2, queue=LOGS)
    house.pass_time(1)
    house.crash()
    house.engine.tidy_up()
    house.pass_time(1)
    assert house.segments() == []


def test_a_queue_is_not_gone_before_its_deletion_is_durable(house):
    house.publish(1)
    house.pass_time(1)
    house.delete(JOBS, 1)
    house.crash()
    assert house.waiting() == [1]


def test_settled_in_any_order_and_over_segments_stays_settled():
    house = House(segment_octets=SMALL)
    for position in range(1, 31):
        house.publish(position, queues=(JOBS, LOGS) if position % 3 == 0 else (JOBS,))
        house.pass_time(0.05)
    house.settle(29, 2, 17, 3, 30, 9, 1)
    house.settle(9, 30, queue=LOGS)
    house.pass_time(1)
    gone = {29, 2, 17, 3, 30, 9, 1}
    for _ in range(3):
        house.crash()
        house.engine.tidy_up()
        house.pass_time(1)
        assert house.waiting() == [each for each in range(1, 31) if each not in gone]
        assert house.waiting(LOGS) == [3, 6, 12, 15, 18, 21, 24, 27]


def test_a_torn_write_is_cut_and_told(house, caplog):
    house.publish(1)
    house.pass_time(1)
    house.disk.fail("write", written=70)
    house.publish(2)
    house.pass_time(0.5)
    house.kill()
    # The head of the group commit was whole.
    assert house.engine.torn == 30
    assert "30 octets cut off, confirmed to nobody" in caplog.text
    assert house.waiting() == [1]
    house.crash()
    assert house.engine.torn == 0


def test_damage_refuses_the_start(house):
    house.publish(1)
    house.pass_time(1)
    house.publish(2)
    house.pass_time(1)
    house.disk.flip(file_name(1), 8 * 130)
    with pytest.raises(LogDamaged):
        house.kill()


def test_a_start_by_index_finds_what_a_start_by_reading_finds(house):
    house.publish(1, 2, queues=(JOBS, LOGS))
    house.settle(1)
    house.pass_time(1)
    house.crash()
    house.engine.tidy_up()
    house.pass_time(1)
    assert index.file_name(1) in house.disk.names()
    house.crash()
    assert (house.waiting(), house.waiting(LOGS)) == ([2], [1, 2])


# The catalogue -------------------------------------------------------------------------------


def test_the_catalogue_is_read_once_for_engine_and_broker():
    class Counting(Catalogue):
        def __init__(self):
            super().__init__()
            self.times = 0

        def load(self):
            self.times += 1
            return super().load()

    house = House(catalogue=Counting())
    house.open()
    assert [each.number for each in house.storage.catalogue.load()] == [JOBS, LOGS]
    assert house.catalogue.times == 2
    assert [each.number for each in house.storage.catalogue.load()] == [JOBS, LOGS]
    assert house.catalogue.times == 3


def test_a_change_is_kept_when_it_is_durable(house):
    committed = house.storage.catalogue
    assert isinstance(committed, Committed)
    committed.commit(QueueDeclared(3, "/", "q3", DURABLE))
    house.crash()
    assert house.storage.first_queue_number == 3
    house.storage.catalogue.commit(QueueDeclared(3, "/", "q3", DURABLE))
    house.pass_time(1)
    house.crash()
    assert house.storage.first_queue_number == 4


# Trouble -------------------------------------------------------------------------------------


def test_trouble_is_told_when_it_begins_and_ends(house):
    told = []
    house.engine.on_trouble(lambda log, error: told.append((log, error)))
    house.disk.fail("write", errno.ENOSPC, times=3)
    house.publish(1)
    house.pass_time(1)
    assert [(log, type(error)) for log, error in told] == [("messages", OSError)]
    house.pass_time(3)
    assert told[1:] == [("messages", None)]
    house.crash()
    assert house.waiting() == [1]


def test_the_spill_has_troubles_of_its_own(house):
    told = []
    house.engine.on_trouble(lambda log, error: told.append((log, type(error))))
    house.spill.fail("create", errno.ENOSPC)
    house.storage.spill.append(message(1, b"a", delivery_mode=1), (1,))
    house.pass_time(3)
    assert told == [("spill", OSError), ("spill", type(None))]


def test_a_full_disk_is_left_by_removing_what_is_settled():
    house = House(segment_octets=SMALL)
    house.publish(*range(1, 20))
    house.pass_time(1)
    house.publish(*range(20, 39))
    house.pass_time(1)
    house.disk.capacity = house.disk.octets + 300
    told = []
    house.engine.on_trouble(lambda _log, error: told.append(error))
    house.settle(*range(1, 20))
    house.pass_time(0.02)
    house.publish(*range(40, 45))
    house.storage.durability.when_durable(lambda: told.append("durable"))
    house.pass_time(3)
    assert [type(each) for each in told] == [OSError, type(None), str]
    house.crash()
    assert house.waiting() == [*range(20, 39), *range(40, 45)]


def busy_day(house):
    """A little of everything; what was answered, and what is left for JOBS."""
    told = []
    left = set()
    for position in range(1, 37):
        queues = (JOBS, LOGS) if position % 5 == 0 else (JOBS,)
        house.publish(position, queues=queues)
        left.add(position)
        if position % 4 == 0:
            house.storage.durability.when_durable(lambda each=position: told.append(each))
            house.pass_time(0.03)
        if position % 9 == 0:
            gone = [each for each in sorted(left) if each % 12]
            house.settle(*reversed(gone))
            left.difference_update(gone)
            house.pass_time(0.3)
    house.delete(LOGS, *range(5, 37, 5))
    house.storage.durability.when_durable(lambda: told.append("deleted"))
    house.pass_time(60)
    return told, left


@pytest.mark.parametrize("kind", ["write", "sync", "create", "rename", "remove", "sync_names"])
@pytest.mark.parametrize("times", [1, 3])
def test_a_failure_at_any_time_is_got_over(kind, times):
    for skip in range(100):
        house = House(segment_octets=SMALL)
        house.disk.room_octets = 100
        fault = house.disk.fail(kind, skip=skip, times=times)
        told, left = busy_day(house)
        assert told == [*range(4, 37, 4), "deleted"]
        house.crash()
        assert house.waiting() == sorted(left)
        if fault.times == times:
            assert skip > 0
            return
    raise AssertionError("it never came to an end")


# What need not survive -----------------------------------------------------------------------


def test_the_spill_is_a_log_of_its_own_that_is_never_synced(house):
    spill = house.storage.spill
    spill.append(message(1, b"a", delivery_mode=1), (1,))
    house.pass_time(1)
    got = []
    spill.read([1], got.extend)
    house.run()
    assert [each.body for each in got] == [b"a"]
    assert "sync" not in {each.kind for each in house.spill.operations}


def test_the_spill_is_emptied_at_the_start(house):
    house.storage.spill.append(message(1), (1,))
    house.pass_time(1)
    assert house.spill.names() == [file_name(1)]
    house.kill()
    assert house.spill.names() == []


# The end -------------------------------------------------------------------------------------


def test_closing_writes_what_is_left(house):
    told = []
    house.publish(1)
    house.storage.durability.when_durable(lambda: told.append("durable"))
    house.engine.close()
    assert told == ["durable"]
    house.pass_time(100)
    house.crash()
    assert house.waiting() == [1]


@pytest.mark.parametrize("steps", range(12))
def test_closing_with_anything_under_way_loses_nothing(steps):
    house = House(segment_octets=SMALL)
    house.publish(*range(1, 40))
    house.pass_time(1)
    house.settle(*range(1, 30))
    house.publish(*range(40, 60))
    got = []
    house.storage.messages.read([35, 36], got.extend)
    for _ in range(steps):
        house._step(house.timers.now + 1)
    house.settle(40)
    house.engine.close()
    house.pass_time(100)
    house.kill()
    assert house.waiting() == [*range(30, 40), *range(41, 60)]


def test_closing_in_trouble_says_so_and_lets_go_nevertheless(house):
    house.disk.fail("write", errno.ENOSPC, times=1000)
    house.publish(1)
    house.pass_time(5)
    files = [segment.file for segment in house.engine._messages.log.segments]
    with pytest.raises(OSError, match="No space left"):
        house.engine.close()
    assert all(worker.is_closed for worker in house.workers)
    for file in files:
        with pytest.raises(AssertionError):
            file.sync()


def test_closing_does_not_fail_for_what_need_not_survive(house):
    house.spill.fail("create", errno.ENOSPC, times=1000)
    house.storage.spill.append(message(1), (1,))
    house.publish(1)
    house.engine.close()
    house.crash()
    assert house.waiting() == [1]


def test_no_file_stays_open(tmp_path):
    def descriptors():
        return len(os.listdir("/proc/self/fd"))

    before = descriptors()
    house = House(disk=RealDisk(tmp_path), catalogue=Catalogue(), segment_octets=SMALL)
    for first in range(1, 400, 20):
        house.publish(*range(first, first + 20))
        house.settle(*range(max(1, first - 20), first - 1))
        house.pass_time(0.5)
    house.pass_time(5)
    assert any(segment.head.generation for segment in house.engine._messages.log.segments)
    # One segment has ended, and its removal has only begun.
    house.settle(*range(380, 400))
    house._step(house.timers.now + 1)
    house.engine.close()
    assert descriptors() == before
