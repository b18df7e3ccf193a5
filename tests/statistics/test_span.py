"""What is asked of the past."""

import pytest

from leveret.statistics.span import NO_SPAN, InvalidRange, Range, Span, span_of

MINUTE = Range(60, 5)


def asked(family, age, incr):
    return {f"{family}_age": str(age), f"{family}_incr": str(incr)}


def test_each_family_has_its_own_range():
    query = asked("lengths", 60, 5) | asked("msg_rates", 600, 60) | {"page": "1"}
    assert span_of(query) == Span(lengths=MINUTE, msg_rates=Range(600, 60))
    assert span_of(asked("data_rates", 60, 5)) == Span(data_rates=MINUTE)
    assert span_of(asked("node_stats", 60, 5)) == Span(node_stats=MINUTE)


@pytest.mark.parametrize(
    "query",
    [{}, {"msg_rates_age": "60"}, asked("msg_rates", "x", 5), asked("msg_rates", "60.5", 5)],
)
def test_what_is_not_asked_in_full_is_not_asked(query):
    assert span_of(query) == NO_SPAN


@pytest.mark.parametrize(("age", "incr"), [(0, 5), (-5, 5), (60, 0), (60, -1), (501, 1)])
def test_a_range_that_makes_no_sense_is_refused_in_rabbitmqs_words(age, incr):
    with pytest.raises(InvalidRange) as refused:
        span_of(asked("msg_rates", age, incr))
    assert str(refused.value) == f"Invalid range parameters: age {age}, incr {incr}"


def test_five_hundred_points_are_the_most():
    assert span_of(asked("msg_rates", 500, 1)).msg_rates == Range(500, 1)


def test_points_stand_on_multiples_up_to_now():
    points = Range(15, 5).points_ms(1003.2)
    assert points == [985_000, 990_000, 995_000, 1_000_000]
    assert Range(15, 5).points_ms(1003.2, is_ahead=True)[-1] == 1_005_000


def test_an_age_that_is_no_multiple_begins_at_its_age():
    assert Range(7, 3).points_ms(100.0) == [92_000, 95_000, 98_000]
