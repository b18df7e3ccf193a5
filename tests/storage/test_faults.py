"""A disk that fails under an engine: nothing is called durable that is not; all heals later.

What a crash leaves in the middle of such trouble is the simulation's (tests/simulation/storage).
"""

import asyncio
import errno
import logging
import threading
import time

import pytest

from leveret.broker.changes import QueueDeclared
from leveret.broker.queues.queue import QueueOptions
from leveret.storage.engine import Engine, Files, Surroundings
from leveret.storage.opening import LoopTimers
from leveret.storage.recovery import LogDamaged
from leveret.storage.worker import Thread
from tests.simulation.storage.engine import Simulated
from tests.simulation.storage.life import make_message
from tests.simulation.storage.machine import Catalogue
from tests.storage.faulty_disk import FaultyDisk, Loss

QUEUE = 1


class Store:
    """An engine with one queue, on a disk that does as it is told.

    trouble: what the engine has said of its disk. durable: the probes that have been answered.
    """

    def __init__(self, disk=None):
        self.disk = disk or FaultyDisk()
        self.engine = Simulated(self.disk)
        self.trouble = []
        self.durable = []
        self.engine.engine.on_trouble(lambda _log, error: self.trouble.append(error))
        if disk is None:
            self.engine.storage.catalogue.commit(
                QueueDeclared(QUEUE, "/", "jobs", QueueOptions(durable=True))
            )
            self.engine.settle_down()

    def append(self, *positions, octets=100):
        for position in positions:
            message = make_message(position, octets)
            self.engine.storage.messages.append(message, (QUEUE,))

    def probe(self, name):
        self.engine.storage.durability.when_durable(lambda: self.durable.append(name))

    def pass_time(self, seconds):
        """All that happens in that time."""
        for _ in range(round(seconds * 100)):
            self.engine.timers.now += 0.01
            for _ in range(4):
                self.engine.timers.turn()
                self.engine.work(0.0)

    def found_after(self, fate=None):
        """What a start finds if the machine (or, without a fate, the process) ends now."""
        found = Simulated(self.disk.after_crash(fate)).found()
        return [position for line in found.positions[QUEUE].values() for position in line]


@pytest.fixture
def store(caplog):
    caplog.set_level(logging.CRITICAL)
    return Store()


# Writing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize("kind", ["write", "sync", "create", "sync_names"])
def test_nothing_is_durable_while_writing_fails_and_everything_afterwards(store, kind, number):
    store.disk.fail(kind, number, times=1000)
    if kind in ("create", "sync_names"):
        # A full segment, so that a new one is needed.
        store.disk.heal()
        store.append(1, octets=2000)
        store.probe("full")
        store.pass_time(0.5)
        store.disk.fail(kind, number, times=1000)
    store.append(11, 12)
    store.probe("first")
    store.pass_time(5.0)
    assert "first" not in store.durable
    assert [error.errno for error in store.trouble] == [number]
    store.append(13)
    store.probe("second")
    store.pass_time(1.0)
    store.disk.heal()
    store.pass_time(1.5)
    assert store.durable[-2:] == ["first", "second"]
    assert store.trouble[1:] == [None]
    assert store.found_after(Loss())[-3:] == [11, 12, 13]


def test_it_is_tried_again_every_second(store):
    store.append(1)
    store.probe("all")
    tries = []
    store.disk.watch = lambda kind, _: (
        tries.append(store.engine.timers.now) if kind == "write" else 0
    )
    store.disk.fail("write", errno.ENOSPC, times=1000)
    store.pass_time(4.5)
    assert 4 <= len(tries) <= 6


@pytest.mark.parametrize("written", [1, 63, 64, 100, 512, 700])
def test_what_a_short_write_has_left_does_no_harm(store, written):
    store.append(1)
    store.probe("one")
    store.pass_time(0.1)
    store.disk.fail("write", errno.ENOSPC, times=3, written=written)
    store.append(2, 3, octets=600)
    store.probe("two and three")
    store.pass_time(0.1)
    assert store.durable == ["one"]
    assert store.found_after() == store.found_after(Loss()) == [1]
    store.pass_time(5.0)
    store.append(4)
    store.probe("four")
    store.pass_time(0.1)
    assert store.durable == ["one", "two and three", "four"]
    assert store.found_after(Loss()) == [1, 2, 3, 4]


def test_a_failed_sync_is_not_trusted_when_the_next_one_succeeds(store):
    """The system forgets what it could not write, and says nothing the second time."""
    store.append(1)
    store.disk.fail("sync")
    store.probe("one")
    store.pass_time(3.0)
    assert store.durable == ["one"]
    assert store.found_after(Loss()) == [1]


def test_the_catalogue_is_tried_again_and_the_log_not_written_twice(store):
    store.engine.storage.catalogue.commit(QueueDeclared(2, "/", "more", QueueOptions(durable=True)))
    store.append(1)
    store.probe("both")
    store.disk.fail("note", errno.ENOSPC, times=2)
    store.pass_time(0.5)
    assert store.durable == []
    assert len(store.trouble) == 1
    octets = store.disk.octets
    store.pass_time(3.0)
    assert store.durable == ["both"]
    assert store.disk.octets == octets
    assert store.found_after(Loss()) == [1]


def test_a_full_disk_is_emptied_by_those_who_consume(store):
    """Settling needs a little room, and makes much: disk_free_limit leaves it."""
    for position in range(1, 40):
        store.append(position, octets=300)
    store.probe("all")
    store.pass_time(1.0)
    store.disk.capacity = store.disk.octets + 4000
    for position in range(1, 40):
        store.engine.storage.messages.settle(QUEUE, position)
        store.pass_time(0.05)
    store.pass_time(30.0)
    store.append(50)
    store.probe("again")
    store.pass_time(30.0)
    assert store.durable == ["all", "again"]
    assert store.found_after(Loss()) == [50]


def test_a_disk_that_was_full_for_a_publisher_takes_again_what_fits(store):
    store.disk.capacity = store.disk.octets + 700
    store.append(1, 2, octets=600)
    store.probe("too much")
    store.pass_time(3.0)
    assert store.durable == []
    assert [error.errno for error in store.trouble] == [errno.ENOSPC]
    store.disk.heal()
    store.pass_time(2.0)
    assert store.durable == ["too much"]
    assert store.found_after(Loss()) == [1, 2]


# Removing and rewriting ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["remove", "rename", "create", "sync_names", "write", "read"])
def test_trouble_behind_everybodys_back_is_got_over(store, kind):
    """Segments that could not be removed or rewritten are, later; what waits is safe."""
    for position in range(1, 40):
        store.append(position, octets=300)
        store.pass_time(0.05)
    store.pass_time(0.5)
    store.disk.fail(kind, errno.EIO, times=3)
    for position in range(1, 40):
        if position % 7:
            store.engine.storage.messages.settle(QUEUE, position)
    store.pass_time(60.0)
    assert store.found_after(Loss()) == [7, 14, 21, 28, 35]
    for position in (7, 14, 21, 28, 35):
        store.engine.storage.messages.settle(QUEUE, position)
    store.pass_time(60.0)
    assert len([name for name in store.disk.names() if name.endswith(".segment")]) <= 2
    assert store.found_after(Loss()) == []


# Reading -------------------------------------------------------------------------------------


def test_a_reading_that_fails_is_tried_again(store):
    store.append(1, 2)
    store.probe("both")
    store.pass_time(0.1)
    got = []
    store.disk.fail("read", times=2)
    store.engine.storage.messages.read([1, 2], got.append)
    store.pass_time(0.5)
    assert got == []
    store.pass_time(3.0)
    assert [[message.position for message in each] for each in got] == [[1, 2]]


# Bit flips -----------------------------------------------------------------------------------


def outcomes_of_flips(store, name, bits):
    """What a start and a reading of everything give, bit by bit: what is delivered, or refused."""
    for bit in bits:
        disk = store.disk.after_crash(Loss())
        disk.flip(name, bit)
        try:
            found = Simulated(disk).found()
        except LogDamaged:
            yield bit, None
        else:
            yield bit, found


def assert_true(found):
    """Everything that would be delivered is exactly what was published."""
    for position, (address, content, _priority) in found.contents.items():
        message = make_message(position, 60)
        assert (address, content) == (message.address, message.content)


def test_a_flipped_bit_in_the_last_segment_is_never_delivered(store):
    for position in range(1, 5):
        store.append(position, octets=60)
        store.probe(position)
        store.pass_time(0.1)
    (name,) = [name for name in store.disk.names() if name.endswith(".segment")]
    size = len(store.disk.octets_of(name))
    refused = 0
    for bit, found in outcomes_of_flips(store, name, range(0, size * 8, 3)):
        if found is None:
            refused += 1
            continue
        assert_true(found)
        there = sorted(found.contents)
        # Only what stands behind the last group commit can be taken for a torn write.
        assert there[:3] == [1, 2, 3], bit
    assert refused


def test_a_flipped_bit_in_a_sealed_segment_is_never_delivered(store):
    for position in range(1, 30):
        store.append(position, octets=60)
        store.probe(position)
        store.pass_time(0.15)
    first = next(name for name in store.disk.names() if name.endswith(".segment"))
    assert first.replace(".segment", ".index") in store.disk.names()
    size = len(store.disk.octets_of(first))
    lost = set()
    for bit in range(0, size * 8, 5):
        # Indexes are not synced: with the machine, they are mostly gone.
        disk = store.disk.after_crash()
        disk.flip(first, bit)
        try:
            engine = Simulated(disk)
        except LogDamaged:
            continue
        got = []
        engine.storage.messages.read(range(1, 30), got.append)
        engine.settle_down()
        for message in got[0]:
            twin = make_message(message.position, 60)
            assert (message.address, message.content) == (twin.address, twin.content), bit
        missing = set(range(1, 30)) - {message.position for message in got[0]}
        assert len(missing) <= 1, bit
        lost |= missing
    assert lost


# Slow ----------------------------------------------------------------------------------------


def test_a_sync_of_a_second_holds_up_neither_the_loop_nor_those_who_read(caplog):
    caplog.set_level(logging.CRITICAL)
    asyncio.run(slow_sync())


async def slow_sync():
    loop = asyncio.get_running_loop()
    disk = FaultyDisk()
    engine = engine_on(disk, loop)
    messages, durability = engine.storage.messages, engine.storage.durability

    async def wait_durable():
        durable = asyncio.Event()
        durability.when_durable(durable.set)
        await durable.wait()

    messages.append(make_message(1, 100), (QUEUE,))
    await wait_durable()
    syncing, go_on = threading.Event(), threading.Event()

    def slow(kind, _name):
        if kind == "sync":
            syncing.set()
            go_on.wait(10)

    disk.watch = slow
    messages.append(make_message(2, 100), (QUEUE,))
    second = asyncio.create_task(wait_durable())
    await asyncio.to_thread(syncing.wait, 10)
    # The disk is at it: messages are taken, and read, also those that are on their way.
    messages.append(make_message(3, 100), (QUEUE,))
    third = asyncio.create_task(wait_durable())
    read = loop.create_future()
    messages.read([1, 2, 3], read.set_result)
    assert [message.position for message in await asyncio.wait_for(read, 5)] == [1, 2, 3]
    assert not second.done()
    assert not third.done()
    go_on.set()
    await asyncio.wait_for(asyncio.gather(second, third), 5)
    engine.close()


def engine_on(disk, loop):
    """One with real threads, in a running loop."""
    around = Surroundings(
        timers=LoopTimers(loop),
        clock=time.monotonic,
        wall_ms=lambda: time.time_ns() // 1_000_000,
        new_salt=lambda: 1,
        new_worker=lambda name: Thread(loop, name),
    )
    catalogue = Catalogue(FaultyDisk())
    catalogue.write([QueueDeclared(QUEUE, "/", "jobs", QueueOptions(durable=True))])
    return Engine(Files(disk, FaultyDisk(), catalogue), around)
