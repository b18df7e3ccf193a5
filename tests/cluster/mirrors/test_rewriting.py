"""When old messages are written anew."""

from random import Random

import pytest

from leveret.cluster.mirrors import mirror, rewriting
from leveret.cluster.mirrors.records import MESSAGE, MOVED, pack_moved
from leveret.cluster.mirrors.rewriting import NOTED_EACH, Extent, is_worthwhile
from tests.cluster.mirrors.leading import NODES, Leading
from tests.cluster.mirrors.test_promises import Life
from tests.storage.hand import message

JOBS = 1


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """A pass begins after a few messages."""
    monkeypatch.setattr(rewriting, "SPARED", 30)
    monkeypatch.setattr(mirror, "PURGED_MIN", 5)
    monkeypatch.setattr(mirror, "SLICE", 3)
    monkeypatch.setattr(rewriting, "NOTED_EACH", 4)


@pytest.fixture
def node():
    node = Leading()
    node.declare(JOBS)
    yield node
    node.close()


def pass_by(node, first, count):
    """Messages that come and go."""
    for position in range(first, first + count):
        node.storage.messages.append(message(position, b"x"), (JOBS,))
    node.run()
    for position in range(first, first + count):
        node.storage.messages.settle(JOBS, position)
        node.run()


def kinds(node):
    return [each.kind for each in node.engine.logs["q1"].records]


def recovered(node):
    found = node.restarted().storage.messages.recovered(JOBS)
    return list(found.positions.get(0, [])), found.deliveries


def test_the_log_of_a_message_that_nobody_settles_stays_short(node):
    for position in range(1, 11):
        node.storage.messages.append(message(position, b"old %d" % position), (JOBS,))
    node.storage.messages.delivered(JOBS, 2)
    node.storage.messages.delivered(JOBS, 2)
    for first in range(100, 1000, 50):
        pass_by(node, first, 50)
    assert kinds(node).count(MESSAGE) < 150
    assert MOVED in kinds(node)
    got = []
    node.storage.messages.read([1, 2, 10], got.extend, JOBS)
    node.run()
    assert [each.body for each in got] == [b"old 1", b"old 2", b"old 10"]
    node.storage.messages.settle(JOBS, 5)
    assert recovered(node) == ([1, 2, 3, 4, 6, 7, 8, 9, 10], {2: 2})


def test_what_is_left_waits_before_what_came_later(node):
    node.storage.messages.append(message(1, b"old"), (JOBS,))
    node.storage.messages.append(message(2, b"young"), (JOBS,))
    pass_by(node, 100, 100)
    node.storage.messages.append(message(500, b"younger"), (JOBS,))
    assert MOVED in kinds(node)
    assert recovered(node) == ([1, 2, 500], {})


def test_a_queue_that_is_consumed_in_order_is_never_written_anew(node):
    pass_by(node, 1, 300)
    assert MOVED not in kinds(node)


def test_what_was_written_anew_and_not_said_to_be_waits_once_where_it_was(node):
    node.storage.messages.append(message(1, b"old"), (JOBS,))
    node.storage.messages.delivered(JOBS, 1)
    node.run()
    log = node.mirrors[JOBS].log
    (record,) = [each for each in node.engine.logs["q1"].records if each.kind == MESSAGE]
    node.loop.run_until_complete(_append(log, record.octets))
    later = node.restarted()
    found = later.storage.messages.recovered(JOBS)
    assert (found.positions, found.deliveries) == ({0: [1]}, {1: 1})
    later.storage.messages.settle(JOBS, 1)
    assert recovered(later) == ([], {})


async def _append(log, octets):
    log.append(MESSAGE, octets)


def test_without_a_majority_nothing_is_written_anew(node):
    node.storage.messages.append(message(1, b"old"), (JOBS,))
    for position in range(100, 200):
        node.storage.messages.append(message(position, b"x"), (JOBS,))
    node.run()
    node.faults.split((NODES[0],))
    node.storage.messages.settle_all(JOBS, range(100, 200))
    for _ in range(5):
        node.run()
    node.faults.heal()
    node.run()
    assert recovered(node) == ([1], {})


class Unsettled(Life):
    """Some of the oldest are seldom settled."""

    def choose(self):
        low = min(5, len(self.here) - 1) if self.chance.random() < 0.98 else 0
        return self.chance.randrange(low, len(self.here))


@pytest.mark.parametrize("seed", range(40))
def test_leaders_that_die_meanwhile_lose_nothing(seed, monkeypatch):
    monkeypatch.setattr(rewriting, "SPARED", 3)
    moved = []
    monkeypatch.setattr(mirror, "pack_moved", lambda each: moved.append(each) or pack_moved(each))
    life = Unsettled(seed)
    chance = Random(seed)
    steps = [life.publish, life.settle, life.pass_time]
    for _ in range(8):
        for _ in range(chance.randrange(50, 300)):
            chance.choices(steps, (5, 5, 2))[0]()
        life.die()
    life.node.close()
    assert life.confirmed
    assert moved


def test_the_extent_is_that_of_what_is_left():
    extent = Extent()
    for sequence in range(0, 10 * rewriting.NOTED_EACH * 4, 10):
        extent.add(sequence)
    count = rewriting.NOTED_EACH * 4
    assert extent.since(0) == count
    assert 0 < count - 5 - extent.since(60) + rewriting.NOTED_EACH <= 2 * rewriting.NOTED_EACH
    extent.forget_before(60)
    assert extent.since(60) <= count - 6 + rewriting.NOTED_EACH
    assert extent.since(10 * count) <= rewriting.NOTED_EACH


def test_a_pass_writes_less_than_was_settled():
    assert not is_worthwhile(30, 0)
    assert is_worthwhile(31, 0)
    assert not is_worthwhile(230, 100)
    assert is_worthwhile(231, 100)
    assert NOTED_EACH < 20_000
