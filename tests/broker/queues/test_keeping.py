"""What a queue says to the store: nothing when the store does not know it."""

import pytest

from leveret.broker.queues.keeping import MARKS_MAX, Keeping
from tests.broker.domain import message


class Store:
    def __init__(self):
        self.said = []

    def __getattr__(self, verb):
        return lambda *words: self.said.append((verb, *words))


@pytest.fixture
def store():
    return Store()


def stored(body="a"):
    kept = message(body, is_persistent=True)
    kept.is_stored = True
    return kept


def test_a_queue_that_the_store_does_not_know_says_nothing(store):
    queue = Keeping(store, 0)
    kept = stored()
    queue.settle(kept)
    queue.settle_all([kept.position])
    queue.mark_delivered(kept)
    queue.let_go(kept)
    assert not store.said


def test_a_settled_message_is_forgotten_with_its_returns(store):
    queue = Keeping(store, 7)
    first, second, third = stored(), stored(), stored()
    queue.returns.update({each.position: 1 for each in (first, second, third)})
    queue.settle(first)
    queue.settle_all([second.position])
    assert store.said == [("settle", 7, first.position), ("settle_all", 7, [second.position])]
    assert queue.returns == {third.position: 1}


def test_what_is_let_go_is_settled_if_it_is_stored(store):
    queue = Keeping(store, 7)
    queue.let_go(message("transient"))
    kept = stored()
    queue.let_go(kept)
    assert store.said == [("settle", 7, kept.position)]


def test_deliveries_are_marked_up_to_a_point(store):
    queue = Keeping(store, 7)
    kept = stored()
    queue.mark_delivered(kept)
    queue.returns[kept.position] = MARKS_MAX
    queue.mark_delivered(kept)
    assert store.said == [("delivered", 7, kept.position)]
