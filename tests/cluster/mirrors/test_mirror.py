"""One mirrored queue; that it is a message store is shown in tests/ports."""

import logging

import pytest

from leveret.cluster.mirrors.mirror import GATHERED_MAX, PURGED_MIN, UNSAFE_MAX
from leveret.cluster.mirrors.records import (
    DELIVERED,
    FIRST,
    LAST,
    MESSAGE,
    PART,
    SETTLED,
    pieces_of,
)
from leveret.cluster.ports import RECORD_BYTES_MAX
from tests.cluster.mirrors.leading import NODES, Leading
from tests.storage.hand import message

JOBS = 1


@pytest.fixture
def node():
    node = Leading()
    node.declare(JOBS)
    yield node
    node.close()


def keep(node, *positions, body=b"m"):
    for position in positions:
        node.storage.messages.append(message(position, body), (JOBS,))


def kinds(node):
    return [each.kind for each in node.engine.logs["q1"].records]


def waiting(node):
    found = node.storage.messages.recovered(JOBS)
    return {priority: list(line) for priority, line in found.positions.items()}


def bodies(node, *positions):
    got = []
    node.storage.messages.read(list(positions), got.extend)
    node.run()
    return [each.body for each in got]


def test_a_message_is_safe_when_a_majority_has_it(node):
    mirror, heard = node.mirrors[JOBS], []
    keep(node, 1)
    node.storage.durability.when_durable(lambda: heard.append("safe"))
    node.faults.split((NODES[0],))
    node.run()
    assert heard == []
    assert not mirror.is_safe
    node.faults.heal()
    node.run()
    assert heard == ["safe"]
    assert mirror.is_safe


def test_settles_are_said_together(node):
    keep(node, *range(1, 51))
    node.run()
    for position in range(1, 51):
        node.storage.messages.settle(JOBS, position)
    node.run()
    assert kinds(node).count(SETTLED) == 1


def test_many_settles_do_not_wait(node):
    keep(node, *range(1, GATHERED_MAX + 1))
    node.run()
    node.storage.messages.settle_all(JOBS, range(1, GATHERED_MAX + 1))
    assert len(node.mirrors[JOBS]._gathered) == 0


def test_a_mark_is_said_before_the_settle_that_follows_it(node):
    keep(node, 1)
    node.run()
    node.storage.messages.delivered(JOBS, 1)
    node.storage.messages.settle(JOBS, 1)
    node.run()
    assert kinds(node)[-2:] == [DELIVERED, SETTLED]


def test_what_is_before_the_oldest_that_waits_is_purged(node):
    keep(node, *range(1, 2 * PURGED_MIN + 2))
    node.run()
    node.storage.messages.settle_all(JOBS, range(2, 2 * PURGED_MIN + 1))
    node.run()
    assert kinds(node).count(MESSAGE) == 2 * PURGED_MIN + 1
    node.storage.messages.settle(JOBS, 1)
    node.run()
    assert kinds(node).count(MESSAGE) == 1
    later = node.restarted()
    assert waiting(later) == {0: [2 * PURGED_MIN + 1]}


def test_nothing_is_purged_before_what_settled_it_is_safe(node):
    log, purged = node.mirrors[JOBS].log, []
    log.purge = lambda up_to: purged.append((up_to, log.safe_ticket))
    keep(node, *range(1, PURGED_MIN + 1))
    node.run()
    node.storage.messages.settle_all(JOBS, range(1, PURGED_MIN + 1))
    node.run()
    ((up_to, safe_ticket),) = purged
    assert kinds(node)[-1] == SETTLED
    assert up_to <= safe_ticket


def test_settles_that_make_no_room_ask_for_no_purge(node):
    log, purged = node.mirrors[JOBS].log, []
    log.purge = purged.append
    keep(node, *range(1, 3 * PURGED_MIN))
    node.run()
    for first in range(1, 2 * PURGED_MIN, 100):
        node.storage.messages.settle_all(JOBS, range(first, first + 100))
        node.run()
    assert len(purged) == 2


def test_a_read_that_finds_no_majority_is_tried_again(node):
    keep(node, 1)
    node.run()
    node.faults.split((NODES[0],))
    got = []
    node.storage.messages.read([1], got.extend)
    for _ in range(60):
        node.run()
    assert got == []
    node.faults.heal()
    for _ in range(30):
        node.run()
    assert [each.body for each in got] == [b"m"]


def test_a_message_that_is_larger_than_a_record_is_kept_whole(node):
    body = bytes(range(256)) * (2 * RECORD_BYTES_MAX // 256)
    keep(node, 1, body=body)
    keep(node, 2)
    node.run()
    assert kinds(node)[-4:] == [FIRST, PART, LAST, MESSAGE]
    assert bodies(node, 1, 2) == [body, b"m"]
    later = node.restarted()
    assert waiting(later) == {0: [1, 2]}
    assert bodies(later, 1) == [body]


def test_a_message_that_its_leader_did_not_say_to_the_end_is_none(node):
    mirror = node.mirrors[JOBS]
    keep(node, 1)
    first = pieces_of(message(2, bytes(2 * RECORD_BYTES_MAX)), 0, 2)[0]
    node.loop.run_until_complete(_append(mirror.log, first))
    later = node.restarted()
    keep(later, 3)
    last = later.restarted()
    assert waiting(last) == {0: [1, 3]}
    assert bodies(last, 1, 3) == [b"m", b"m"]


async def _append(log, octets):
    log.append(FIRST, octets)


def test_a_leader_that_was_deposed_says_nothing_more(node):
    keep(node, 1)
    node.run()
    later = Leading(node)
    node.run()
    assert not node.mirrors[JOBS].log.is_writer
    node.storage.messages.settle_all(JOBS, (1,))
    node.run()
    assert waiting(later) == {0: [1]}
    assert waiting(later.restarted()) == {0: [1]}


def test_a_damaged_message_is_reported(node, caplog):
    keep(node, 1, body=b"first one")
    node.run()
    node.damage(b"first one")
    with caplog.at_level(logging.ERROR):
        assert bodies(node, 1) == []
    assert "message 1 of mirrored queue 1 is damaged (wrong checksum): it is lost" in caplog.text


def test_too_much_on_its_way_is_told(node):
    node.faults.split((NODES[0],))
    keep(node, *range(UNSAFE_MAX))
    assert not node.mirrors[JOBS].is_behind
    keep(node, UNSAFE_MAX)
    assert node.mirrors[JOBS].is_behind
    assert node.storage.durability.is_behind


def test_a_queue_of_very_many_messages_can_be_purged(node, monkeypatch):
    monkeypatch.setattr("leveret.cluster.mirrors.records.SEQUENCES_MAX", 10)
    keep(node, *range(1, 36))
    node.run()
    node.storage.messages.settle_all(JOBS, range(1, 36))
    node.run()
    assert kinds(node).count(SETTLED) == 4
    assert waiting(node.restarted()) == {}
