"""What a reader wants to see."""

import pytest

from leveret.broker.streams.filtering import filter_of
from leveret.wire.properties import Properties
from tests.broker.domain import message


def marked(value=None):
    headers = {} if value is None else {"x-stream-filter-value": value}
    return message("x", properties=Properties(headers=headers))


def takes(arguments, value=None):
    return filter_of(arguments).takes(marked(value))


@pytest.mark.parametrize(
    "arguments", [{}, {"x-stream-filter": 5}, {"x-stream-match-unfiltered": True}]
)
def test_without_a_filter_everything_is_read(arguments):
    assert filter_of(arguments) is None


def test_one_value():
    arguments = {"x-stream-filter": "eu"}
    assert takes(arguments, "eu")
    assert not takes(arguments, "us")
    assert not takes(arguments)


def test_several_values():
    arguments = {"x-stream-filter": ["eu", 5, "us"]}
    assert takes(arguments, "eu")
    assert takes(arguments, "us")
    assert not takes(arguments, "asia")
    assert not takes(arguments, 5)


def test_what_has_no_value_when_asked_for():
    arguments = {"x-stream-filter": "eu", "x-stream-match-unfiltered": True}
    assert takes(arguments)
    assert takes(arguments, 5)
    assert not takes(arguments, "us")
    assert filter_of({**arguments, "x-stream-match-unfiltered": "yes"}).takes_unmarked is False
