from leveret.perf.histogram import Histogram, rounded


def test_three_digits_are_kept():
    assert [rounded(value) for value in (0, 999, 1234, 56_789, 1_999_999)] == [
        0,
        999,
        1230,
        56_700,
        1_990_000,
    ]


def test_percentiles_are_in_microseconds():
    histogram = Histogram()
    for duration_us in range(1, 101):
        histogram.add(duration_us * 1000)
    assert histogram.percentile_us(50) == 50
    assert histogram.percentile_us(99) == 99
    assert histogram.percentile_us(100) == 100


def test_histograms_add_up():
    one, other = Histogram({1000: 2}), Histogram({1000: 1, 2000: 1})
    one.merge(other)
    assert one.counts == {1000: 3, 2000: 1}
    assert len(one) == 4


def test_figures_are_named_after_what_was_measured():
    assert Histogram({5000: 1}).figures("trip") == {
        "trip_p50_us": 5,
        "trip_p95_us": 5,
        "trip_p99_us": 5,
        "trip_max_us": 5,
    }


def test_nothing_measured_is_no_figure():
    assert Histogram().figures("trip") == {}
