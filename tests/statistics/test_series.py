"""Counters over time."""

import pytest

from leveret.statistics.retention import BASIC, Policy, Step
from leveret.statistics.series import STALE_S, Series, Timeline

FINE, COARSE = Step(50, 5), Step(240, 60)
POLICY = Policy((FINE, COARSE), (50, 240))


def series_of(*values, first=0):
    """One counter, with these values at ticks 1, 2, 3..."""
    series = Series(1, (first,))
    for tick, value in enumerate(values, 1):
        series.record(tick, (value,), POLICY)
    return series


def test_the_last_two_rows_are_kept():
    series = series_of(3, 7)
    assert (series.before, series.last) == ((3,), (7,))


def test_a_new_thing_began_with_nothing():
    assert series_of(3).before == (0,)


def test_each_tick_is_remembered():
    series = series_of(1, 2, 4, 8)
    assert series.at(0, [1, 2, 3, 4], 0, FINE) == [1, 2, 4, 8]


def test_before_it_began_there_was_nothing():
    series = Series(5, (0,))
    series.record(5, (9,), POLICY)
    assert series.at(0, [0, 4, 5], 0, FINE) == [0, 0, 9]


def test_what_never_changes_needs_no_ring():
    series = series_of(*[3] * 20, first=3)
    assert series._rings == {}
    assert series.at(0, [0, 1, 20], 0, FINE) == [0, 3, 3]


def test_a_change_has_its_past():
    series = series_of(3, 3, 3, 8, first=3)
    assert series.at(0, [1, 3, 4], 0, FINE) == [3, 3, 8]


def test_a_ring_forgets_what_is_too_old():
    series = series_of(*range(1, 31))
    ticks = [30 - FINE.size, 30 - FINE.size + 1, 30]
    assert series.at(0, ticks, 0, FINE) == [0, 30 - FINE.size + 1, 30]


def test_a_coarse_step_takes_each_so_manieth():
    series = series_of(*range(1, 40))
    assert series.at(0, [11, 12, 23, 24, 30, 39], 1, COARSE) == [0, 12, 12, 24, 24, 36]


def test_rings_go_when_nothing_has_changed_for_long():
    series = series_of(1, 2)
    assert series._rings
    for tick in range(3, 3 + COARSE.size * COARSE.every + 2):
        series.record(tick, (2,), POLICY)
    assert series._rings == {}
    assert series.changed == 2


def test_an_idle_series_is_small_and_a_busy_one_bounded():
    busy = Series(1, (0,) * 12)
    for tick in range(1, 3000):
        busy.record(tick, (tick,) * 12, BASIC)
    octets = sum(ring.itemsize * len(ring) for rings in busy._rings.values() for ring in rings)
    assert octets < 20_000


@pytest.fixture
def timeline():
    timeline = Timeline(10)
    for now_s in (100.0, 105.0, 110.5):
        timeline.advance(now_s)
    return timeline


def test_ticks_are_counted_and_timed(timeline):
    assert timeline.tick == 3
    assert [timeline.time_of(tick) for tick in (1, 2, 3)] == [100.0, 105.0, 110.5]
    assert timeline.interval_s == 5.5


def test_a_point_of_time_belongs_to_the_tick_before_it(timeline):
    points = [99_000, 100_000, 104_999, 105_000, 200_000]
    assert timeline.ticks_at(points) == [0, 1, 1, 2, 3]


def test_the_last_two_ticks_soon_say_nothing_of_now(timeline):
    assert timeline.is_live(112.0)
    assert not timeline.is_live(110.5 + STALE_S)


def test_one_tick_is_no_interval():
    timeline = Timeline(10)
    timeline.advance(5.0)
    assert timeline.interval_s == 0
    assert not timeline.is_live(5.0)


def test_a_timeline_keeps_no_more_than_it_needs():
    timeline = Timeline(10)
    for now_s in range(1000):
        timeline.advance(float(now_s))
    assert len(timeline._times) <= 21
    assert timeline.time_of(995) == 994.0
    assert timeline.ticks_at([999_000, 998_500, 5_000]) == [1000, 999, 0]
