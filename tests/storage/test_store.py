"""The engine's messages: kept before, while and after they are written, and read back."""

import errno

import pytest

from leveret.broker.ports import Recovered
from leveret.storage import store as stores
from leveret.storage.journal import LAZY_S
from leveret.storage.store import RETRY_S
from tests.storage.hand import World, message

JOBS, LOGS = 1, 2


class Desk(World):
    """A world with an engine in it, and messages of one word."""

    def __init__(self, **options):
        super().__init__(**options)
        self.open()
        self.declare(JOBS, LOGS)
        self.pass_time(1)

    @property
    def store(self):
        return self.engine.storage.messages

    def append(self, *positions, queues=(JOBS,), **about):
        for position in positions:
            self.store.append(message(position, b"m%d" % position, **about), queues)

    def ask(self, *positions):
        """A list that has the messages once they were read."""
        got = []
        self.store.read(positions, got.append)
        return got

    def positions(self, queue=JOBS):
        """What waits after a start, less what has no priority."""
        self.open()
        return list(self.store.recovered(queue).positions.get(0, []))

    def spoil(self, position):
        """The message's body goes wrong on the disk."""
        for name in self.disk.names():
            place = self.disk.octets_of(name).find(b"m%d\xce" % position)
            if place >= 0:
                self.disk.flip(name, place * 8)


@pytest.fixture
def desk():
    return Desk()


# Reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["gathering", "being written", "written"])
def test_a_message_is_read_wherever_it_is(desk, when):
    desk.append(1, expiration="60000", priority=4)
    if when == "being written":
        desk.pass_time(LAZY_S / 2)
        flush = desk.timers.next()
        desk.timers.now = flush
        while not desk.workers[0].jobs:
            desk.timers.step()
    if when == "written":
        desk.pass_time(1)
    got = desk.ask(1)
    assert got == []
    desk.run()
    ((found,),) = got
    asked = message(1, b"m1", expiration="60000", priority=4)
    assert (found.body, found.traits, found.address) == (b"m1", asked.traits, asked.address)
    assert found.is_stored


def test_messages_come_in_the_order_asked_wherever_they_are(desk):
    desk.append(1, 2)
    desk.pass_time(1)
    desk.append(3)
    assert desk.read(3, 1, 2) == [b"m3", b"m1", b"m2"]


def test_nothing_is_read_as_well(desk):
    got = desk.ask()
    desk.run()
    assert got == [[]]


def test_when_it_was_published_is_known_by_the_brokers_clock(desk):
    desk.append(1)
    published_at = desk.timers.now
    desk.pass_time(100)
    got = desk.ask(1)
    desk.run()
    assert got[0][0].published_at == pytest.approx(published_at, abs=0.01)


def test_a_reading_under_way_has_what_is_settled_meanwhile(desk):
    desk.append(1, 2)
    desk.pass_time(1)
    got = desk.ask(1, 2)
    desk.store.settle_all(JOBS, [1, 2])
    desk.run()
    assert [each.body for each in got[0]] == [b"m1", b"m2"]
    desk.pass_time(1)
    assert desk.read(1, 2) == []


def test_a_reading_that_fails_is_tried_again_every_second(desk, caplog):
    desk.append(1)
    desk.pass_time(1)
    desk.disk.fail("read", errno.EIO, times=3)
    got = desk.ask(1)
    desk.pass_time(2 * RETRY_S)
    assert got == []
    desk.pass_time(RETRY_S)
    assert [each.body for each in got[0]] == [b"m1"]
    assert caplog.text.count("cannot read messages from the disk") == 3


def test_a_reading_that_fails_finds_messages_where_they_have_gone_meanwhile():
    desk = Desk(segment_octets=2000)
    for first in range(1, 161, 40):
        desk.append(*range(first, first + 40))
        desk.pass_time(1)
    desk.disk.fail("read", name=".segment")
    got = desk.ask(7)
    desk.store.settle_all(JOBS, [each for each in range(1, 121) if each % 40 != 7])
    desk.pass_time(0.9)
    rewritten = desk.engine._messages.log.find(7)
    assert rewritten.head.generation == 1
    desk.pass_time(RETRY_S)
    assert [each.body for each in got[0]] == [b"m7"]


# Damage --------------------------------------------------------------------------------------


def test_a_damaged_message_is_missing_said_and_wanted_no_more(desk, caplog):
    desk.append(1, 2, 3)
    desk.pass_time(1)
    desk.spoil(2)
    assert desk.read(1, 2, 3) == [b"m1", b"m3"]
    assert "message 2 in segment 0000000000000001 at offset" in caplog.text
    caplog.clear()
    assert desk.read(1, 2, 3) == [b"m1", b"m3"]
    assert caplog.text == ""


def test_a_damaged_message_keeps_no_segment():
    desk = Desk(segment_octets=200)
    for position in range(1, 5):
        desk.append(position)
        desk.pass_time(1)
    first = desk.disk.names()[1]
    log = desk.engine._messages.log
    alone = log.find(1)
    desk.store.settle_all(JOBS, [each for each in alone.entries.positions if each != 1])
    desk.pass_time(1)
    desk.spoil(1)
    assert first in desk.disk.names()
    assert desk.read(1) == []
    desk.append(5)
    desk.pass_time(1)
    assert first not in desk.disk.names()


# Settling ------------------------------------------------------------------------------------


def test_what_is_settled_is_gone_after_a_start(desk):
    desk.append(*range(1, 9))
    desk.pass_time(1)
    desk.store.settle(JOBS, 3)
    desk.store.settle_all(JOBS, [7, 6])
    desk.pass_time(1)
    assert desk.positions() == [1, 2, 4, 5, 8]


def test_what_is_forgotten_is_gone_with_its_queue(desk):
    desk.append(1, 2, queues=(JOBS, LOGS))
    desk.append(3)
    desk.pass_time(1)
    desk.store.forget(JOBS, [1, 2, 3])
    desk.pass_time(1)
    assert desk.read(1, 2, 3) == [b"m1", b"m2"]


def test_saying_something_of_nothing_is_saying_nothing(desk):
    desk.store.settle_all(JOBS, [])
    desk.store.forget(JOBS, [])
    assert desk.engine.storage.durability.batch == 2
    desk.pass_time(1)
    assert desk.engine.storage.durability.batch == 2


def test_deliveries_are_known_after_a_start(desk):
    desk.append(1, 2)
    desk.store.delivered(JOBS, 2)
    desk.pass_time(1)
    desk.store.delivered(JOBS, 2)
    desk.pass_time(1)
    desk.open()
    assert desk.store.recovered(JOBS).deliveries == {2: 2}


def test_what_waited_is_told_once(desk):
    desk.append(1)
    desk.pass_time(1)
    assert desk.positions() == [1]
    assert desk.store.recovered(JOBS) == Recovered()


# Ways ----------------------------------------------------------------------------------------


def test_any_number_of_ways_are_remembered(desk, monkeypatch):
    monkeypatch.setattr(stores, "ROUTES_MAX", 3)
    ways = [(JOBS,), (JOBS, LOGS), (LOGS,), (LOGS, JOBS), (JOBS, 3), (JOBS,)]
    for position, queues in enumerate(ways, 1):
        desk.append(position, queues=queues)
    desk.pass_time(1)
    assert desk.positions(JOBS) == [1, 2, 4, 5, 6]
    desk.open()
    assert list(desk.store.recovered(LOGS).positions[0]) == [2, 3, 4]


def test_a_message_without_traits_can_be_kept(desk):
    made = message(1, b"m1")
    made.traits = None
    desk.store.append(made, (JOBS,))
    desk.pass_time(1)
    assert desk.read(1) == [b"m1"]
    assert desk.positions() == [1]
