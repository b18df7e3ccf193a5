"""Where a queue's messages are in its log."""

import pytest

from leveret.cluster.mirrors.places import Places


@pytest.fixture
def places():
    made = Places()
    made.enter(1, 10, 10)
    made.enter(2, 14, 12)
    made.enter(3, 20, 20)
    return made


def test_a_message_is_found_by_its_position_until_it_is_taken(places):
    assert len(places) == 3
    assert 2 in places
    assert places.take(2) == 14
    assert places.take(2) is None
    assert 2 not in places
    assert list(places) == [1, 3]


def test_the_oldest_is_where_its_first_piece_is(places):
    assert places.oldest == 10
    places.take(1)
    assert places.oldest == 12
    assert places.first_of(14) == 12
    places.take(2)
    assert places.oldest == 20
    assert places.first_of(14) == 14
    places.take(3)
    assert places.oldest is None


def test_deliveries_are_counted_of_what_is_there(places):
    assert [places.mark(3), places.mark(3), places.mark(4)] == [20, 20, None]
    assert places.marks == {3: 2}
    places.take(3)
    assert places.marks == {}


def test_the_older_ones_are_so_many_up_to_a_sequence(places):
    assert places.older(14, 9) == {1: 10, 2: 14}
    assert places.older(99, 2) == {1: 10, 2: 14}
    assert places.older(9, 2) == {}


def test_what_was_entered_in_another_order_can_be_sorted(places):
    places.enter(4, 5, 5)
    places.sort()
    assert list(places) == [4, 1, 2, 3]
    assert places.oldest == 5
