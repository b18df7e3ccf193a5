"""Figures with rates and samples, in RabbitMQ's form."""

import pytest

from leveret.statistics.details import Window, group
from leveret.statistics.retention import BASIC
from leveret.statistics.series import Series, Timeline
from leveret.statistics.span import Range

COLUMNS = ("publish", "ack", "get")


@pytest.fixture
def timeline():
    timeline = Timeline(100)
    for now_s in (100.0, 105.0, 110.0, 115.0):
        timeline.advance(now_s)
    return timeline


def grown(*values):
    series = Series(1, (0, 0, 0))
    for tick, value in enumerate(values, 1):
        series.record(tick, (value, 0, 2 * value), BASIC)
    return series


def window(timeline, wanted=None, now_s=116.0):
    return Window(timeline, now_s, BASIC, wanted)


def test_a_group_is_told_with_its_rates(timeline):
    told = group(COLUMNS, ("ack", "get")).told((9, 8, 7), [grown(0, 0, 10, 20)], window(timeline))
    assert told == {
        "ack": 8,
        "ack_details": {"rate": 0.0},
        "get": 7,
        "get_details": {"rate": 4.0},
    }


def test_rates_of_several_are_added(timeline):
    parts = [grown(0, 0, 10, 20), grown(0, 0, 0, 5)]
    assert window(timeline).rate(parts, 0) == 3.0


def test_long_after_the_last_sample_nothing_is_known(timeline):
    late = window(timeline, now_s=200.0)
    assert late.rate([grown(0, 0, 10, 20)], 0) == 0.0


def test_what_has_no_series_has_no_rate(timeline):
    assert window(timeline).rate([], 0) == 0.0


def test_samples_are_told_newest_first(timeline):
    told = window(timeline, Range(10, 5)).samples([grown(1, 4, 10, 20)], 0)
    assert told == {
        "rate": 2.0,
        "samples": [
            {"sample": 20, "timestamp": 115_000},
            {"sample": 10, "timestamp": 110_000},
            {"sample": 4, "timestamp": 105_000},
        ],
        "avg_rate": 1.6,
        "avg": 34 / 3,
    }


def test_samples_of_several_are_added(timeline):
    told = window(timeline, Range(5, 5)).samples([grown(1, 4, 10, 20), grown(0, 0, 1, 2)], 0)
    assert [each["sample"] for each in told["samples"]] == [22, 11]


def test_one_sample_has_no_average(timeline):
    told = window(timeline, Range(5, 60)).samples([grown(1, 4, 10, 20)], 0)
    assert told.keys() == {"rate", "samples"}
    assert told["rate"] == 0.0


def test_what_has_no_series_has_samples_of_nothing(timeline):
    told = window(timeline, Range(5, 5)).samples([], 0)
    assert [each["sample"] for each in told["samples"]] == [0, 0]
