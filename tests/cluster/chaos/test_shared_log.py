"""Forged logs are seen through; and a real one, on three nats-servers, is played to and kept."""

import os

import pytest

from tests.cluster.chaos.checker import Promise
from tests.cluster.chaos.history import Message
from tests.cluster.chaos.places import can_make_namespaces
from tests.cluster.chaos.schedule import (
    Episode,
    Fault,
    Part,
    Repertoire,
    Schedule,
    schedule_of,
)
from tests.cluster.chaos.shared_log import compare, judge, play_log
from tests.cluster.nats.servers import is_installed

SEED = int(os.environ.get("SEED", "0"))


def real(test):
    """Three nats-servers in namespaces."""
    can_run = can_make_namespaces() and is_installed()
    skipped = pytest.mark.skipif(not can_run, reason="needs root and nats-server")
    return pytest.mark.slow(pytest.mark.timeout(300)(skipped(test)))


def messages(*told):
    return [Message(line, ordinal) for line, ordinal in told]


def wrong(*told):
    return [violation.promise for violation in judge(messages(*told))]


def test_one_reign_after_the_other_is_well():
    assert not wrong(("a", 1), ("a", 2), ("b", 1), ("c", 1), ("c", 2))


def test_a_reign_that_another_has_followed_writes_nothing():
    assert wrong(("a", 1), ("b", 1), ("a", 2)) == [Promise.TWO_SERVE]


@pytest.mark.parametrize(
    "told",
    [
        [("a", 1), ("a", 3)],
        [("a", 1), ("a", 1)],
        [("a", 2)],
        [("a", 1), ("b", 2)],
    ],
)
def test_a_reign_has_no_holes_and_nothing_twice(told):
    assert wrong(*told) == [Promise.DISORDER]


def test_two_who_read_different_logs_are_noticed():
    one, other = messages(("a", 1), ("a", 2)), messages(("a", 1))
    assert [violation.promise for violation in compare([one, one, other])] == [Promise.LOST]
    assert not list(compare([one, one, one]))


@real
def test_a_writer_that_calls_safe_what_is_not_is_found_out():
    """Two of three are killed in full flight: what was on its way between them is gone."""
    killed = Schedule(26, (Episode(Fault.KILL_TWO, (3, 1), 6.0, 3.0),))
    outcome = play_log(killed, "tests.cluster.chaos.hasty")
    assert {violation.promise for violation in outcome.violations} == {Promise.LOST}


@real
def test_nothing_safe_is_lost_under_a_schedule():
    outcome = play_log(schedule_of(SEED, 20, Repertoire(parts=tuple(Part))))
    assert not outcome.violations, str(outcome)
