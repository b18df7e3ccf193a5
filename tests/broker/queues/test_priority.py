"""The highest priority first, and within one the oldest."""

import pytest

from leveret.broker.queues.priority import PriorityReady
from tests.broker.domain import backing, bodies, message, paging
from tests.broker.fake_storage import FakeEngine


def ready_with(*described, priority_max=10):
    """From "a5 b9 c5": bodies that end with their priority."""
    ready = PriorityReady(priority_max, backing())
    for body in described:
        ready.push(message(body, priority=int(body[1:]) if body[1:] else None))
    return ready


def drain(ready):
    return bodies([ready.take()[0] for _ in range(ready.count)])


def test_a_higher_priority_is_taken_first():
    assert drain(ready_with("a5", "b9", "c5", "d0", "e9")) == ["b9", "e9", "a5", "c5", "d0"]


def test_a_message_without_priority_counts_as_0():
    assert drain(ready_with("a", "b0", "c1")) == ["c1", "a", "b0"]


def test_a_priority_above_the_queues_counts_as_the_queues_highest():
    assert drain(ready_with("a10", "b200", "c255", "d10")) == ["a10", "b200", "c255", "d10"]


def test_what_comes_back_goes_to_its_place_within_its_priority():
    ready = ready_with("a5", "b5", "c9")
    taken = [ready.take() for _ in range(3)]
    for each, _ in reversed(taken):
        ready.put_back(each)
    assert ready.count == 3
    assert [ready.take() for _ in range(3)] == [(each, True) for each, _ in taken]


def test_there_is_a_head_for_each_priority():
    assert bodies(ready_with("a5", "b9", "c5", "d0").heads()) == ["b9", "a5", "d0"]
    assert bodies(PriorityReady(3, backing()).heads()) == []


def test_messages_are_dropped_from_the_front_of_each_priority():
    ready = ready_with("x5", "a5", "x9", "x5", "x0")
    assert bodies(ready.drop_while(lambda each: each.body[:1] == b"x")) == ["x9", "x5", "x0"]
    assert ready.count == 2
    assert drain(ready) == ["a5", "x5"]


def test_clearing_drops_every_priority():
    ready = ready_with("a5", "b9")
    assert ready.clear(print) == 2
    assert ready.count == 0
    assert list(ready.heads()) == []
    ready.push(message("c1", priority=1))
    assert drain(ready) == ["c1"]


# What is not in memory -------------------------------------------------------------------------

NUMBER = 7


class Waiting:
    """A priority queue's messages in a broker with an engine; two of each priority at hand."""

    def __init__(self, agenda):
        self.engine = FakeEngine(agenda)
        self.loads = []
        self.ready = PriorityReady(
            10,
            backing(paging(self.engine), number=NUMBER, window=2, loaded=self.loads.append),
        )

    def keep(self, *described):
        kept = []
        for body in described:
            each = message(body, priority=int(body[1:]), is_persistent=True)
            each.is_stored = True
            self.engine.messages.append(each, (NUMBER,))
            kept.append(each)
        return kept

    def push(self, *described):
        for each in self.keep(*described):
            self.ready.push(each)

    def recover(self, *described):
        lines = {}
        for each in self.keep(*described):
            lines.setdefault(each.traits.priority, []).append(each.position)
        self.ready.recover(lines)

    def take(self):
        taken = self.ready.take()
        return taken and taken[0].body.decode()

    def drain(self):
        got = []
        while self.ready.count:
            has_to_wait = self.ready.is_loading
            body = self.take()
            assert has_to_wait == (body is None)
            if has_to_wait:
                self.engine.agenda.run()
            else:
                got.append(body)
        return got


@pytest.fixture
def waiting(agenda):
    return Waiting(agenda)


def test_each_priority_has_a_window_of_its_own(waiting):
    waiting.push("a5", "b5", "c5", "a9", "b9", "c9")
    assert waiting.ready.count == 6
    assert [waiting.take(), waiting.take(), waiting.take()] == ["a9", "b9", None]
    assert waiting.drain() == ["c9", "a5", "b5", "c5"]
    assert not waiting.ready.is_loading


def test_none_of_lower_priority_goes_before_what_has_to_be_read(waiting):
    waiting.recover("a9")
    waiting.push("a5")
    assert waiting.ready.is_loading
    assert waiting.take() is None
    assert waiting.ready.count == 2
    waiting.push("b10")
    assert waiting.take() == "b10"
    assert waiting.take() is None
    waiting.engine.agenda.run()
    assert [bodies(load) for load in waiting.loads] == [["a9"]]
    assert waiting.drain() == ["a9", "a5"]


def test_what_waited_before_the_start_waits_by_priority(waiting):
    waiting.recover("a5", "b200", "c9", "d10", "e200", "f0", "g5")
    assert waiting.ready.count == 7
    assert waiting.drain() == ["b200", "d10", "e200", "c9", "a5", "g5", "f0"]


def test_the_head_of_each_priority_is_asked_for(waiting):
    waiting.recover("a5", "b5", "c9")
    assert list(waiting.ready.heads()) == []
    waiting.engine.agenda.run()
    assert bodies(waiting.ready.heads()) == ["c9", "a5"]


def test_what_cannot_be_read_counts_no_more(waiting):
    waiting.recover("a5", "b9")
    waiting.engine.messages.damaged = {max(waiting.engine.messages.kept)}
    assert waiting.drain() == ["a5"]


def test_a_queue_that_is_gone_hears_nothing(waiting):
    waiting.ready.detach()
    waiting.push("a5", "b5", "c5")
    assert waiting.drain() == ["a5", "b5", "c5"]
    assert waiting.loads == []


def test_clearing_tells_of_each_priority_what_was_stored(waiting):
    waiting.push("a5", "b5", "c5", "a9")
    done = []
    assert waiting.ready.clear(done.extend) == 4
    assert sorted(done) == sorted(waiting.engine.messages.kept)
    assert waiting.ready.count == 0
