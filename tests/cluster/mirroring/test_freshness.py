"""Who declared a queue that is to move waits until it has."""

import pytest

from leveret.cluster.mirroring.freshness import PATIENCE_S, Freshness

Q, P = ("/", "q"), ("/", "p")


class Clock:
    def __init__(self):
        self.due = []

    def later(self, delay_s, action):
        self.due.append((delay_s, action))

    def run(self, up_to_s):
        for delay_s, action in self.due:
            if delay_s <= up_to_s:
                action()
        self.due = [each for each in self.due if each[0] > up_to_s]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def fresh(clock):
    return Freshness(clock)


def told(fresh):
    heard = []
    fresh.when_gone(lambda: heard.append(True))
    return heard


def test_nobody_waits_for_nothing(fresh):
    assert told(fresh)


def test_who_declared_waits_until_it_is_there(fresh):
    fresh.add(Q)
    fresh.add(P)
    heard = told(fresh)
    fresh.remove(Q)
    fresh.remove(Q)
    assert not heard
    fresh.remove(P)
    assert heard


def test_what_others_declared_in_earlier_turns_is_not_waited_for(fresh, clock):
    fresh.add(Q)
    clock.run(0)
    assert told(fresh)
    fresh.add(P)
    heard = told(fresh)
    fresh.remove(P)
    assert heard


def test_nobody_waits_for_ever(fresh, clock):
    fresh.add(Q)
    heard = told(fresh)
    clock.run(PATIENCE_S)
    assert heard
