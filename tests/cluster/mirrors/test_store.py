"""One store of several places; that it is a message store is shown in tests/ports."""

import pytest

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
    return sum(each.kind == 3 for each in node.engine.logs[f"q{queue}"].records)


def test_a_message_is_read_wherever_it_is(node, store):
    store.append(message(1, b"a"), (JOBS,))
    store.append(message(2, b"b"), (OWN,))
    store.append(message(3, b"c"), (MAILS, OWN, JOBS))
    node.run()
    got = []
    store.read([3, 2, 1], got.extend)
    node.run()
    assert [each.body for each in got] == [b"c", b"b", b"a"]


def test_a_message_that_one_queue_has_settled_is_read_for_the_other(node, store):
    store.append(message(1, b"a"), (JOBS, MAILS))
    node.run()
    store.settle(JOBS, 1)
    got = []
    store.read([1], got.extend)
    node.run()
    assert [each.body for each in got] == [b"a"]


def test_whoever_goes_on_to_another_log_is_settled_when_it_is_safe_there(node, store):
    store.append(message(1, b"a"), (JOBS,))
    node.run()
    node.engine.logs["q2"].append = lambda *_: None
    store.append(message(2, b"a"), (MAILS,))
    store.settle(JOBS, 1)
    node.run()
    assert settled(node, JOBS) == 0


def test_a_settle_that_waited_until_the_queue_was_led_elsewhere_is_let_go(node, store):
    store.append(message(1, b"a"), (JOBS,))
    node.run()
    store.append(message(2, b"a"), (MAILS,))
    store.settle(JOBS, 1)
    node.store.remove(JOBS)
    failures = []
    node.loop.set_exception_handler(lambda _loop, context: failures.append(context))
    node.run()
    assert settled(node, JOBS) == 1
    assert failures == []


def test_whoever_goes_on_from_the_own_engine_is_settled_when_a_majority_has_it(node, store):
    store.append(message(1, b"a"), (OWN,))
    node.run()
    node.faults.split((NODES[0],))
    store.append(message(2, b"a"), (JOBS,))
    store.settle(OWN, 1)
    node.run()
    assert 1 in node.own.messages.kept
    node.faults.heal()
    node.run()
    assert 1 not in node.own.messages.kept


def test_whoever_goes_on_to_the_own_engine_is_settled_when_that_is_durable(node, store):
    store.append(message(1, b"a"), (JOBS,))
    node.run()
    store.append(message(2, b"a"), (OWN,))
    store.settle(JOBS, 1)
    assert 1 in node.mirrors[JOBS]
    node.run()
    assert 1 not in node.mirrors[JOBS]
    node.run()
    assert settled(node, JOBS) == 1


def test_a_queue_that_is_led_elsewhere_is_read_here_no_more(node, store):
    store.append(message(1, b"a"), (JOBS, MAILS))
    store.append(message(2, b"b"), (JOBS,))
    node.run()
    node.store.remove(JOBS)
    assert node.store._holders == {1: [node.mirrors[MAILS]]}
