"""Queues are served while a majority keeps what becomes of their messages."""

import pytest

from leveret.cluster.mirroring.serving import Serving


class Led:
    is_deleted = False

    def __init__(self):
        self.said = []

    def pause(self, node):
        self.said.append(f"pause {node}")

    def go_on(self):
        self.said.append("go on")


class Log:
    def on_stalled(self, action):
        self.stall = action


@pytest.fixture
def serving():
    return Serving("hare")


def test_without_a_majority_nothing_is_served(serving):
    before, after = Led(), Led()
    serving.add(before, Log())
    serving.majority(has_it=False)
    serving.majority(has_it=False)
    serving.add(after, Log())
    assert before.said == after.said == ["pause hare"]
    serving.majority(has_it=True)
    assert before.said == after.said == ["pause hare", "go on"]


def test_a_queue_whose_log_is_stalled_waits_alone(serving):
    one, other, log = Led(), Led(), Log()
    serving.add(one, log)
    serving.add(other, Log())
    log.stall(True)
    assert (one.said, other.said) == (["pause hare"], [])
    serving.majority(has_it=False)
    log.stall(False)
    assert one.said == ["pause hare"]
    serving.majority(has_it=True)
    assert one.said == other.said == ["pause hare", "go on"]


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
