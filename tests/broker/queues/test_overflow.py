"""How much may wait: by count, by octets, by both."""

import pytest

from leveret.broker.queues.overflow import Limit
from tests.broker.domain import message, queue


class Line:
    """A line whose length a test decides."""

    count = 0


@pytest.mark.parametrize(
    ("count_max", "octets_max", "count", "is_exceeded"),
    [
        (None, None, 100, False),
        (2, None, 2, False),
        (2, None, 3, True),
        (0, None, 0, False),
        (None, 10, 2, False),
        (None, 9, 2, True),
        (3, 9, 2, True),
    ],
)
def test_a_limit_is_exceeded_by_one_more(count_max, octets_max, count, is_exceeded):
    line = Line()
    limit = Limit(line, count_max, octets_max)
    line.count = count
    for body in ("12345", "67890"):
        limit.added(message(body))
    assert limit.is_exceeded is is_exceeded


def test_room_is_looked_for_before_a_message_comes():
    line = Line()
    limit = Limit(line, 1, 4)
    assert limit.has_room_for(message("1234"))
    assert not limit.has_room_for(message("12345"))
    line.count = 1
    assert not limit.has_room_for(message(""))


def test_what_leaves_counts_no_more():
    limit = Limit(Line(), None, 5)
    for body in ("123", "456"):
        limit.added(message(body))
    limit.taken(message("123"))
    assert limit.octets == 3
    limit.cleared()
    assert limit.octets == 0


def test_octets_are_counted_only_where_they_are_limited():
    limit = Limit(queue().ready, 5, None)
    limit.added(message("123"))
    limit.taken(message("123"))
    assert limit.octets == 0
