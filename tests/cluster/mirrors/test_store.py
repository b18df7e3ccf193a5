"""One store of several places; that it is a message store is shown in tests/ports."""

import pytest

from leveret.cluster.mirrors.records import SETTLED
from tests.cluster.mirrors.leading import NODES, Leading
from tests.storage.hand import message

JOBS, MAILS, OWN = 1, 2, 9


@pytest.fixture
def node():
    node = Leading()
    node.declare(JOBS, MAILS)
    yield node
    node.close()


@pytest.fixture
def store(node):
    return node.storage.messages


def settled(node, queue):
    """What the log of the queue says is settled: how many records do."""
    return sum(each.kind == SETTLED for each in node.engine.logs[f"q{queue}"].records)


def read(node, *asked, **said):
    got = []
    node.storage.messages.read(*asked, got.extend, **said)
    node.run()
    return [each.body for each in got]


def test_a_message_is_read_wherever_it_is(node, store):
    store.append(message(1, b"a"), (JOBS,))
    store.append(message(2, b"b"), (OWN,))
    store.append(message(3, b"c"), (MAILS, OWN, JOBS))
    node.run()
    assert read(node, [3, 2, 1]) == [b"c", b"b", b"a"]


@pytest.mark.parametrize("queue", [JOBS, MAILS, OWN])
def test_whoever_says_who_asks_reads_what_is_his(node, store, queue):
    store.append(message(1, b"a"), (JOBS, MAILS, OWN))
    node.run()
    assert read(node, [1], queue=queue) == [b"a"]
    node.own.messages.damaged.add(1)
    assert read(node, [1], queue=queue) == ([] if queue == OWN else [b"a"])


def test_a_message_that_one_queue_has_settled_is_read_for_the_other(node, store):
    store.append(message(1, b"a"), (JOBS, MAILS))
    node.run()
    store.settle(JOBS, 1)
    assert read(node, [1], queue=MAILS) == [b"a"]
    assert read(node, [1], queue=JOBS) == []


def test_a_queue_that_was_given_up_says_nothing_more(node, store):
    store.append(message(1, b"a"), (JOBS, OWN))
    node.run()
    records = list(node.engine.logs["q1"].records)
    store.give_up(JOBS)
    store.give_up(JOBS)
    store.delivered(JOBS, 1)
    store.settle(JOBS, 1)
    store.append(message(2, b"b"), (JOBS, OWN))
    store.settle_all(JOBS, [1, 2])
    store.forget(JOBS, [2])
    node.run()
    assert node.engine.logs["q1"].records == records
    assert node.own.messages.positions(OWN) == [1, 2]


def test_a_queue_whose_log_somebody_else_has_taken_over_is_given_up(node, store):
    store.append(message(1, b"a"), (JOBS,))
    node.run()
    later = Leading(node)
    node.run()
    assert node.mirrors[JOBS].is_given_up
    assert list(later.storage.messages.recovered(JOBS).positions[0]) == [1]


def test_a_queue_that_was_given_up_can_be_led_again(node, store):
    store.append(message(1, b"a"), (JOBS,))
    node.run()
    store.give_up(JOBS)
    node.declare(JOBS)
    assert list(store.recovered(JOBS).positions[0]) == [1]
    store.settle(JOBS, 1)
    node.run()
    assert settled(node, JOBS) == 1


def test_ordinary_queues_are_the_engines_business(node, store):
    node.faults.split((NODES[0],))
    store.append(message(1, b"a"), (OWN,))
    store.append(message(2, b"b"), (OWN,))
    store.delivered(OWN, 1)
    store.settle(OWN, 2)
    assert node.own.messages.positions(OWN) == [1]
    assert node.own.messages.marks == {(OWN, 1): 1}
    store.forget(OWN, [1])
    assert node.own.messages.kept == {}


def test_a_queue_is_recovered_once(node, store):
    store.append(message(1, b"a"), (OWN,))
    assert node.store.__class__.recovered(node.store, OWN).positions == {0: [1]}
    assert node.store.__class__.recovered(node.store, JOBS).positions == {}
