"""Bindings in an order of their own."""

from leveret.broker.exchanges.bound import Bound
from tests.broker.domain import binding, exchange, queue


def test_the_order_is_the_same_however_they_came():
    source = exchange()
    made = [binding(source, queue(name), key) for name in "ab" for key in ("x", "y")]
    forwards, backwards = Bound(), Bound()
    for each in made:
        forwards.add(each)
    for each in reversed(made):
        backwards.add(each)
    assert len(forwards) == len(backwards) == 4
    assert all(forwards[place] is backwards[place] for place in range(4))


def test_one_that_is_removed_is_there_no_more():
    source = exchange()
    one, other = binding(source, queue("a")), binding(source, queue("b"))
    bound = Bound()
    bound.add(one)
    bound.add(other)
    bound.remove(one)
    assert len(bound) == 1
    assert bound[0] is other
