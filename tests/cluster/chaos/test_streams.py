"""Forged streams: each broken promise is seen, and what a cluster may do is let pass."""

import pytest

from tests.cluster.chaos.checker import Promise
from tests.cluster.chaos.history import Confirmed, Message, Read
from tests.cluster.chaos.streams import END, Copy, judge

ONE, TWO, THREE = (Message("ann-1", ordinal) for ordinal in (1, 2, 3))


def read(*messages, by="eve-1", begin=0):
    return [Read(message, by, offset) for offset, message in enumerate(messages, begin)]


def copy(*messages, by="last-1"):
    return Copy(by, read(*messages, END, by=by))


def wrong(events, *copies):
    return [violation.promise for violation in judge(events, list(copies))]


def test_all_is_well():
    events = [Confirmed(ONE), *read(ONE, TWO), Confirmed(TWO)]
    assert not wrong(events, copy(ONE, TWO, THREE), copy(ONE, TWO, THREE, by="last-2"))


def test_one_node_lacks_what_was_confirmed():
    events = [Confirmed(ONE), Confirmed(TWO)]
    assert wrong(events, copy(ONE, TWO), copy(ONE)) == [Promise.CHANGED, Promise.LOST]


def test_an_offset_is_another_message_than_somebody_has_read():
    events = [Confirmed(ONE), *read(ONE, TWO)]
    assert wrong(events, copy(ONE, THREE)) == [Promise.CHANGED]


def test_a_reader_passes_over_a_message():
    events = [Confirmed(ONE), *read(ONE), *read(THREE, begin=2)]
    assert wrong(events, copy(ONE, TWO, THREE)) == [Promise.SKIPPED]


def test_a_reader_goes_back():
    events = [Confirmed(ONE), *read(ONE, TWO), *read(TWO, begin=1, by="eve-2")]
    assert wrong(events, copy(ONE, TWO)) == [Promise.DISORDER]


def test_a_channel_s_messages_change_places():
    assert wrong([Confirmed(ONE)], copy(TWO, ONE)) == [Promise.DISORDER]


def test_what_nobody_answered_may_be_there_twice():
    assert not wrong([Confirmed(ONE)], copy(ONE, TWO, ONE, TWO, THREE))


@pytest.mark.parametrize(
    ("events", "copies"),
    [([], [copy(ONE)]), ([Confirmed(ONE)], [Copy("last-1", read(ONE, by="last-1"))])],
)
def test_a_run_that_proves_nothing(events, copies):
    assert wrong(events, *copies) == [Promise.INCONCLUSIVE]
