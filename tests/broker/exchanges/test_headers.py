"""headers: a binding's arguments against a message's headers."""

import pytest

from leveret.broker.errors import PreconditionFailed
from leveret.broker.exchanges.headers import matches
from leveret.wire.values import Int8, Int64, Timestamp
from tests.broker.domain import binding, exchange, queue, routed

RED = {"colour": "red"}
RED_AND_BIG = {"colour": "red", "size": 7}


@pytest.mark.parametrize(
    ("how", "arguments", "headers", "expected"),
    [
        ("all", RED_AND_BIG, RED_AND_BIG, True),
        ("all", RED_AND_BIG, {**RED_AND_BIG, "more": 1}, True),
        ("all", RED_AND_BIG, RED, False),
        ("all", RED_AND_BIG, {"colour": "red", "size": 8}, False),
        ("all", {}, RED, True),
        ("all", {}, {}, True),
        ("any", RED_AND_BIG, RED, True),
        ("any", RED_AND_BIG, {"size": 7}, True),
        ("any", RED_AND_BIG, {"colour": "blue", "size": 8}, False),
        ("any", {}, RED, False),
        # Arguments that begin with x- do not count ...
        ("all", {"x-tint": 1, **RED}, RED, True),
        ("any", {"x-tint": 1}, {"x-tint": 1}, False),
        # ... unless asked for.
        ("all-with-x", {"x-tint": 1, **RED}, RED, False),
        ("all-with-x", {"x-tint": 1, **RED}, {"x-tint": 1, **RED}, True),
        ("any-with-x", {"x-tint": 1}, {"x-tint": 1}, True),
    ],
)
def test_a_binding_accepts_by_all_or_any_of_its_arguments(how, arguments, headers, expected):
    assert matches({"x-match": how, **arguments}, headers) is expected


def test_all_is_meant_where_nothing_is_said():
    assert matches(RED_AND_BIG, RED_AND_BIG)
    assert not matches(RED_AND_BIG, RED)


@pytest.mark.parametrize("value", ["anything", 7, None, {}])
def test_an_argument_without_a_value_asks_only_for_the_header(value):
    assert matches({"colour": None}, {"colour": value})
    assert not matches({"colour": None}, {"size": value})


@pytest.mark.parametrize(
    ("wanted", "found", "expected"),
    [
        (7, Int8(7), True),
        (Int64(7), Int8(7), True),
        (7, 7.0, True),
        (7, "7", False),
        (1, True, False),
        (True, True, True),
        (7, Timestamp(7), True),
        (Timestamp(7), Timestamp(7), True),
        ("a", b"a", True),
        (1.5, 1.5, True),
        ([1, 2], [1, 2], True),
        ({"a": 1}, {"a": 1}, True),
        ("a", None, False),
    ],
)
def test_values_are_compared_by_worth_whatever_their_type(wanted, found, expected):
    assert matches({"h": wanted}, {"h": found}) is expected


def test_a_message_goes_to_every_binding_that_accepts_it():
    headers = exchange(kind="headers")
    gone = binding(headers, queue("gone"), colour="red")
    headers.bind(gone)
    headers.bind(binding(headers, queue("red"), colour="red"))
    headers.bind(binding(headers, queue("blue"), colour="blue"))
    headers.unbind(gone.key)
    assert routed(headers, headers=RED_AND_BIG) == ["red"]


@pytest.mark.parametrize("arguments", [{}, {"x_match": "all"}, {"x_match": "any-with-x"}])
def test_a_readable_binding_is_accepted(arguments):
    headers = exchange(kind="headers")
    headers.type.check_binding(binding(headers, queue(), **arguments))


@pytest.mark.parametrize(
    ("how", "text"),
    [
        (
            "some",
            'Invalid x-match field value <<"some">>; expected all, any, all-with-x, or any-with-x',
        ),
        (1, "Invalid x-match field type signedint (value 1); expected longstr"),
    ],
)
def test_a_headers_exchange_is_told_how_to_match_or_refuses(how, text):
    headers = exchange(kind="headers")
    with pytest.raises(PreconditionFailed) as refusal:
        headers.type.check_binding(binding(headers, queue(), x_match=how))
    assert str(refusal.value) == text
