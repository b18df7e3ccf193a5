"""Messages in the order of publishing, whatever is taken and comes back."""

from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.queues.ready import Ready
from tests.broker.domain import backing, bodies, messages


def ready_with(*names):
    ready = Ready(backing())
    for each in messages(*names):
        ready.push(each)
    return ready


def nothing_is_stored(_positions):
    raise AssertionError


def drain(ready):
    return bodies([ready.take()[0] for _ in range(ready.count)])


def test_the_oldest_is_taken_first():
    ready = ready_with("a", "b", "c")
    assert ready.count == 3
    assert drain(ready) == ["a", "b", "c"]
    assert ready.count == 0


def test_what_comes_back_goes_to_its_original_place():
    ready = ready_with("a", "b", "c", "d")
    taken = [ready.take()[0] for _ in range(3)]
    ready.put_back(taken[2])
    ready.put_back(taken[0])
    assert ready.count == 3
    assert drain(ready) == ["a", "c", "d"]


def test_only_what_came_back_was_taken_before():
    ready = ready_with("a", "b")
    ready.put_back(ready.take()[0])
    assert [ready.take()[1] for _ in range(2)] == [True, False]


def test_the_head_is_what_would_be_taken_next():
    ready = ready_with("a", "b")
    assert bodies(ready.heads()) == ["a"]
    first, _ = ready.take()
    assert bodies(ready.heads()) == ["b"]
    ready.put_back(first)
    assert bodies(ready.heads()) == ["a"]
    assert bodies(Ready(backing()).heads()) == []


def test_messages_are_dropped_from_the_front_as_long_as_they_are_over():
    ready = ready_with("old", "older", "young", "old")
    assert bodies(ready.drop_while(lambda each: each.body.startswith(b"old"))) == ["old", "older"]
    assert drain(ready) == ["young", "old"]
    assert ready.drop_while(lambda _each: True) == []


def test_clearing_drops_the_fresh_and_the_returned():
    ready = ready_with("a", "b", "c")
    ready.put_back(ready.take()[0])
    assert ready.clear(nothing_is_stored) == 3
    assert ready.count == 0
    assert list(ready.heads()) == []


@given(st.lists(st.sampled_from(["push", "take", "put back"]), max_size=40), st.randoms())
def test_the_order_is_that_of_publishing_after_any_comings_and_goings(actions, random):
    ready, waiting, out = Ready(backing()), [], []
    for action in actions:
        if action == "push":
            fresh = messages("m")[0]
            ready.push(fresh)
            waiting.append(fresh)
        elif action == "take" and waiting:
            waiting.sort(key=lambda each: each.position)
            taken, _redelivered = ready.take()
            assert taken is waiting.pop(0)
            out.append(taken)
        elif action == "put back" and out:
            back = out.pop(random.randrange(len(out)))
            ready.put_back(back)
            waiting.append(back)
        assert ready.count == len(waiting)
