"""Alarms go on and off, and watchers hear of it."""

import pytest

from leveret.broker.alarms import Alarms


class Guard:
    """Writes down what the alarms are when they change."""

    def __init__(self, alarms):
        self.alarms = alarms
        self.seen = []
        alarms.watchers[self] = None

    def alarms_changed(self):
        self.seen.append(self.alarms.is_on and self.alarms.reason)


@pytest.fixture
def guard():
    return Guard(Alarms())


def test_there_is_no_alarm_at_first(guard):
    assert not guard.alarms.is_on


def test_an_alarm_is_on_until_the_last_resource_has_recovered(guard):
    alarms = guard.alarms
    alarms.set("memory")
    alarms.set("disk")
    alarms.clear("memory")
    assert alarms.is_on
    alarms.clear("disk")
    assert not alarms.is_on
    assert guard.seen == ["low on memory", "low on disk & memory", "low on disk", False]


def test_the_resources_that_run_short_are_named_in_order(guard):
    guard.alarms.set("memory")
    guard.alarms.set("disk")
    assert guard.alarms.resources == ["disk", "memory"]


def test_an_alarm_is_on_while_one_of_its_sources_holds(guard):
    alarms = guard.alarms
    alarms.set("disk", "space")
    alarms.set("disk", "writes")
    alarms.set("disk", "writes")
    alarms.clear("disk", "space")
    assert alarms.is_on
    alarms.clear("disk", "writes")
    assert guard.seen == ["low on disk", False]


def test_a_source_takes_back_nothing_but_its_own_word(guard):
    guard.alarms.set("disk", "space")
    guard.alarms.clear("disk", "writes")
    assert guard.seen == ["low on disk"]


def test_nobody_is_told_what_is_known(guard):
    guard.alarms.set("disk")
    guard.alarms.set("disk")
    guard.alarms.clear("memory")
    assert guard.seen == ["low on disk"]


def test_a_watcher_may_leave_when_it_is_told():
    alarms = Alarms()

    class Leaver(Guard):
        def alarms_changed(self):
            del self.alarms.watchers[self]

    Leaver(alarms)
    guard = Guard(alarms)
    alarms.set("disk")
    alarms.clear("disk")
    assert guard.seen == ["low on disk", False]


def test_a_minority_is_told_and_is_no_alarm(guard):
    alarms = guard.alarms
    alarms.minority(is_on=True)
    alarms.minority(is_on=True)
    assert alarms.is_minority
    assert not alarms.is_on
    assert alarms.reason == "no majority of the cluster's nodes is reached"
    alarms.set("disk")
    alarms.minority(is_on=False)
    assert guard.seen == [False, "low on disk", "low on disk"]
