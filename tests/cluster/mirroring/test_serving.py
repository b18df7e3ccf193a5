"""Queues are served while a majority keeps what becomes of their messages."""

import pytest

from leveret.cluster.mirroring.serving import Serving
from leveret.cluster.ports import PROOF, Deposed


class Led:
    is_deleted = False

    def __init__(self):
        self.said = []

    def pause(self, node):
        self.said.append(f"pause {node}")

    def go_on(self):
        self.said.append("go on")


class Log:
    """is_ours: nobody else has taken it over. keep: what is appended becomes safe."""

    def __init__(self):
        self.is_ours = True
        self.waiting = []
        self.appended = 0

    def on_stalled(self, action):
        self.stall = action

    def append(self, kind, octets):
        assert (kind, octets) == (PROOF, b"")
        if not self.is_ours:
            raise Deposed
        self.appended += 1
        return self.appended

    def when_safe(self, ticket, action):
        assert ticket == self.appended
        self.waiting.append(action)

    def keep(self):
        waiting, self.waiting = self.waiting, []
        for action in waiting:
            action()


@pytest.fixture
def serving():
    return Serving("hare")


def test_without_a_majority_nothing_is_served(serving):
    before, after, log, other = Led(), Led(), Log(), Log()
    serving.add(before, log)
    serving.majority(has_it=False)
    serving.majority(has_it=False)
    serving.add(after, other)
    assert before.said == after.said == ["pause hare"]
    serving.majority(has_it=True)
    serving.majority(has_it=True)
    log.keep()
    assert (before.said, after.said) == (["pause hare", "go on"], ["pause hare"])
    other.keep()
    assert after.said == ["pause hare", "go on"]


def test_who_comes_back_goes_on_with_nothing_that_is_somebody_elses(serving):
    """It was frozen, say: others lead its queues, and it has not heard of that yet."""
    known, unknown, taken, lost = Led(), Led(), Log(), Log()
    serving.add(known, taken)
    serving.add(unknown, lost)
    taken.is_ours = False
    serving.majority(has_it=False)
    serving.majority(has_it=True)
    taken.keep()
    assert known.said == unknown.said == ["pause hare"]


def test_a_proof_of_before_the_last_loss_proves_nothing(serving):
    queue, log = Led(), Log()
    serving.add(queue, log)
    for has_it in (False, True, False):
        serving.majority(has_it=has_it)
    log.keep()
    serving.majority(has_it=True)
    assert queue.said == ["pause hare"]
    log.keep()
    assert queue.said == ["pause hare", "go on"]


def test_who_has_led_anew_meanwhile_has_proven_it(serving):
    old, new, log = Led(), Led(), Log()
    serving.add(old, log)
    serving.majority(has_it=False)
    serving.majority(has_it=True)
    old.is_deleted = True
    serving.add(new, log)
    assert new.said == []


def test_a_queue_whose_log_is_stalled_waits_alone(serving):
    one, other, log = Led(), Led(), Log()
    second = Log()
    serving.add(one, log)
    serving.add(other, second)
    log.stall(True)
    assert (one.said, other.said) == (["pause hare"], [])
    serving.majority(has_it=False)
    log.stall(False)
    assert one.said == ["pause hare"]
    serving.majority(has_it=True)
    log.keep()
    second.keep()
    assert one.said == other.said == ["pause hare", "go on"]


def test_what_has_no_log_any_more_is_served_whoever_is_there(serving):
    here, waiting = Led(), Led()
    serving.add(here, Log())
    serving.add(waiting, Log())
    serving.remove(here)
    serving.majority(has_it=False)
    serving.remove(waiting)
    serving.majority(has_it=True)
    assert (here.said, waiting.said) == ([], ["pause hare", "go on"])


def test_who_leads_anew_has_written_the_log_and_goes_on(serving):
    old, new, log = Led(), Led(), Log()
    serving.add(old, log)
    log.stall(True)
    old.is_deleted = True
    serving.add(new, log)
    assert new.said == []


def test_what_another_stands_for_hears_nothing_more(serving):
    queue, log = Led(), Log()
    serving.add(queue, log)
    queue.is_deleted = True
    serving.majority(has_it=False)
    log.stall(True)
    assert queue.said == []
