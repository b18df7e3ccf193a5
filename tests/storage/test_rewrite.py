"""Rewriting: what is wanted stays, what is said and still matters stays, nothing else does."""

import errno
from random import Random

import pytest

from leveret.storage import rewrite as rewriting
from leveret.storage.batch import Batch
from leveret.storage.log import Log
from leveret.storage.recovery import DRAFT, open_segments
from leveret.storage.rewrite import Rewrite
from leveret.storage.scan import scan
from leveret.storage.segment import decode_head, file_name
from leveret.storage.waiting import Waiting, controls_of
from tests.storage.faulty_disk import crashes
from tests.storage.hand_log import JOBS, LOGS, HandLog
from tests.storage.octets import stored


@pytest.fixture
def hand():
    """[1..4], [5..8], [9..12] and what follows in a fourth segment."""
    made = HandLog(segment_octets=1)
    for first in (1, 5, 9):
        made.say(*range(first, first + 4))
    made.say(settled=[1, 3, 6])
    made.log.segment_octets = 1 << 20
    return made


def segments(hand, *ids):
    return [hand.segment(each) for each in ids]


def rewritten(hand, *ids):
    """The new segment, on the disk."""
    rewrite = Rewrite(hand.log, segments(hand, *ids))
    rewrite.run()
    assert rewrite.error is None
    return rewrite.result


def told(segment):
    return [(each.kind, each.queue, list(each.positions)) for each in controls_of(segment)]


def waiting(disk, queue=JOBS):
    """What a start on this disk finds."""
    log = Log(disk, lambda: 1, open_segments(disk).segments)
    found = Waiting(log, lambda _queue: True).find().get(queue)
    return [] if found is None else list(found.positions[0])


# What stays ----------------------------------------------------------------------------------


def test_messages_that_are_wanted_stay_as_they_were(hand):
    old = hand.segment(1)
    offsets = list(old.entries.offsets)
    before = hand.disk.octets_of(file_name(1))
    new = rewritten(hand, 1)
    after = hand.disk.octets_of(file_name(1))
    assert list(new.entries.positions) == [2, 4]
    assert after[new.entries.offsets[0] : new.entries.offsets[1]] == before[offsets[1] : offsets[2]]
    assert after[new.entries.offsets[1] :] == before[offsets[3] :]
    assert new.size == len(after)


def test_neighbours_are_joined(hand):
    new = rewritten(hand, 1, 2, 3)
    assert (new.head.id, new.head.last, new.head.generation) == (1, 3, 1)
    assert list(new.entries.positions) == [2, 4, 5, 7, 8, 9, 10, 11, 12]
    assert decode_head(hand.disk.octets_of(file_name(1))) == new.head
    hand.log.replace(segments(hand, 1, 2, 3), new)
    again = rewritten(hand, 1, 4)
    assert (again.head.id, again.head.last, again.head.generation) == (1, 4, 2)


def test_what_is_known_of_a_new_segment_is_what_is_in_it(hand):
    hand.say(13, queues=(JOBS, LOGS))
    hand.say(14, settled=[13])
    hand.log.seal()
    new = rewritten(hand, 1, 2, 3, 4)
    found = scan(hand.disk.octets_of(file_name(1)), new.head.salt, is_tail=False)
    assert found.entries.positions == new.entries.positions
    assert found.entries.offsets == new.entries.offsets
    assert found.entries.routes == new.entries.routes
    assert found.entries.controls == new.entries.controls


def test_priorities_stay(hand):
    batch = Batch(1)
    for position, priority in [(13, 0), (14, 9), (15, 255)]:
        batch.add(position, stored(position, priority=priority), (JOBS,))
    hand.write(batch)
    hand.log.seal()
    assert rewritten(hand, 4).entries.priorities == {1: 9, 2: 255}


def test_any_number_of_records_stays(hand, monkeypatch):
    monkeypatch.setattr(rewriting, "_RECORDS_AT_ONCE", 2)
    assert list(rewritten(hand, 1, 2, 3).entries.positions) == [2, 4, 5, 7, 8, 9, 10, 11, 12]
    assert waiting(hand.disk) == [2, 4, 5, 7, 8, 9, 10, 11, 12]


def test_nothing_may_stay(hand):
    hand.log.busy = segments(hand, 1)
    hand.say(settled=[2, 4])
    new = rewritten(hand, 1)
    assert len(new.entries.positions) == 0
    assert waiting(hand.disk) == [5, 7, 8, 9, 10, 11, 12]


# What is said and still matters --------------------------------------------------------------


def test_what_is_said_of_messages_elsewhere_stays_while_they_are_there(hand):
    hand.say(13, settled=[9], delivered=[2, 10, 11, 13])
    hand.say(settled=[11])
    hand.log.seal()
    new = rewritten(hand, 4)
    assert told(new) == [
        (3, JOBS, [1, 3, 6]),
        (3, JOBS, [9]),
        # 11 was settled since, and 13 is here.
        (4, JOBS, [2, 10, 13]),
        (3, JOBS, [11]),
    ]
    assert new.concerns == {1: 3, 2: 1, 3: 3}


def test_what_is_said_of_messages_that_do_not_stay_does_not_either(hand):
    hand.log.seal()
    new = rewritten(hand, 1, 2, 3, 4)
    assert told(new) == []
    assert new.concerns == {}


def test_what_is_said_of_messages_that_are_gone_does_not_stay(hand):
    hand.say(settled=[5, 7, 8])
    (gone,) = hand.log.finished
    hand.disk.remove(file_name(2))
    hand.log.finished.clear()
    hand.log.removed(gone)
    hand.log.seal()
    new = rewritten(hand, 4)
    assert told(new) == [(3, JOBS, [1, 3])]


def test_what_one_of_several_queues_said_stays_with_the_message(hand):
    hand.say(13, 14, queues=(JOBS, LOGS))
    hand.say(settled=[13, 14])
    hand.say(settled=[14], queue=LOGS)
    hand.log.seal()
    new = rewritten(hand, 4)
    assert list(new.entries.positions) == [13]
    assert (3, JOBS, [13]) in told(new)
    assert waiting(hand.disk, LOGS) == [13]
    assert 13 not in waiting(hand.disk)


def test_what_was_delivered_stays_with_the_message(hand):
    hand.say(13, 14, delivered=[13, 14, 14])
    hand.say(settled=[13])
    hand.log.seal()
    assert (4, JOBS, [14, 14]) in told(rewritten(hand, 4))


# Settled meanwhile ---------------------------------------------------------------------------


def test_what_is_settled_while_it_is_rewritten_is_settled_after_a_start(hand):
    rewrite = Rewrite(hand.log, segments(hand, 1, 2))
    hand.log.busy = segments(hand, 1, 2)
    hand.say(settled=[2, 5])
    rewrite.run()
    assert list(rewrite.result.entries.positions) == [2, 4, 5, 7, 8]
    assert waiting(hand.disk) == [4, 7, 8, 9, 10, 11, 12]


# Crashes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("ids", [(1,), (1, 2), (1, 2, 3), (2, 3, 4)])
def test_every_crash_leaves_what_waits(hand, ids):
    hand.say(13, settled=[7, 13], delivered=[8])
    hand.log.seal()
    before = waiting(hand.disk.after_crash())
    start = hand.disk.after_crash()
    hand.disk.operations.clear()
    rewritten(hand, *ids)
    states = list(crashes(hand.disk.operations, Random(1), start=start))
    assert len(states) > 10
    for crash in states:
        assert waiting(crash.disk) == before, crash.what


# Failures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("create", {}),
        ("write", {"written": 20}),
        ("write", {"skip": 2}),
        ("write", {"number": errno.ENOSPC, "skip": 1, "written": 100}),
        ("read", {}),
        ("sync", {}),
        ("rename", {}),
    ],
)
def test_a_failure_leaves_everything_as_it_was(hand, kind, more):
    hand.log.seal()
    before = {name: hand.disk.octets_of(name) for name in hand.disk.names()}
    made = []
    create = hand.disk.create
    hand.disk.create = lambda name: made.append(create(name)) or made[-1]
    hand.disk.fail(kind, **more)
    rewrite = Rewrite(hand.log, segments(hand, 1, 2, 3, 4))
    rewrite.run()
    assert isinstance(rewrite.error, OSError)
    assert rewrite.result is None
    assert {name: hand.disk.octets_of(name) for name in hand.disk.names()} == before
    for file in made:
        with pytest.raises(AssertionError):
            file.sync()
    assert list(rewritten(hand, 1, 2).entries.positions) == [2, 4, 5, 7, 8]


def test_a_draft_that_cannot_even_be_removed_is_left_to_the_next_start(hand):
    hand.disk.fail("rename")
    hand.disk.fail("remove")
    rewrite = Rewrite(hand.log, segments(hand, 1))
    rewrite.run()
    assert isinstance(rewrite.error, OSError)
    assert file_name(1) + DRAFT in hand.disk.names()
    assert waiting(hand.disk) == [2, 4, 5, 7, 8, 9, 10, 11, 12]
    assert file_name(1) + DRAFT not in hand.disk.names()


def test_a_damaged_message_is_not_thrown_away(hand):
    hand.disk.flip(file_name(2), (hand.segment(2).entries.offsets[3] + 40) * 8)
    rewrite = Rewrite(hand.log, segments(hand, 1, 2))
    rewrite.run()
    assert str(rewrite.error) == f"a message in {file_name(2)}"
    assert [each.is_damaged for each in segments(hand, 1, 2)] == [False, True]
    assert hand.disk.names() == [file_name(each) for each in (1, 2, 3, 4)]


def test_a_damaged_message_that_nobody_wants_harms_nobody(hand):
    hand.disk.flip(file_name(2), (hand.segment(2).entries.offsets[1] + 40) * 8)
    assert list(rewritten(hand, 2).entries.positions) == [5, 7, 8]


def test_what_cannot_be_read_of_what_was_said_is_not_thrown_away(hand):
    hand.log.seal()
    hand.disk.flip(file_name(4), (hand.segment(4).entries.controls[0] + 20) * 8)
    rewrite = Rewrite(hand.log, segments(hand, 3, 4))
    rewrite.run()
    assert "the record there is damaged" in str(rewrite.error)
    assert [each.is_damaged for each in segments(hand, 3, 4)] == [False, True]
    assert rewrite.result is None


# Synced --------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_synced", [True, False])
def test_the_new_one_is_safe_before_it_takes_the_name(hand, is_synced):
    hand.log.is_synced = is_synced
    hand.disk.operations.clear()
    rewritten(hand, 1, 2)
    kinds = [each.kind for each in hand.disk.operations]
    assert kinds[-2:] == (["sync", "rename"] if is_synced else ["write", "rename"])


def test_it_says_what_it_does(hand):
    rewrite = Rewrite(hand.log, segments(hand, 1, 2))
    assert str(rewrite) == f"rewrite 2 segments from {file_name(1)} on"
