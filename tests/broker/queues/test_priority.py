"""The highest priority first, and within one the oldest."""

from leveret.broker.queues.priority import PriorityReady
from tests.broker.domain import backing, bodies, message


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
