import json

import pytest

from leveret.perf.result import Result, Sample, number


def result():
    return Result(
        scenario="throughput",
        figures={"delivered_per_s": 123456.7, "latency_p50_us": 18.25},
        settings={"size": 16},
        samples=[Sample(1.0, {"published": 10.0})],
        broker="Leveret 0.1.0",
    )


def test_a_result_is_json(tmp_path):
    result().write(tmp_path / "out.json")
    written = json.loads((tmp_path / "out.json").read_text())
    assert written["figures"]["delivered_per_s"] == 123456.7
    assert written["samples"] == [{"at_s": 1.0, "rates": {"published": 10.0}, "latency_us": 0}]
    assert written["broker"] == "Leveret 0.1.0"


def test_figures_are_lines_for_a_person():
    assert result().lines() == ["delivered_per_s  123,457", "latency_p50_us   18.2"]


def test_a_sample_is_one_line_of_progress():
    assert Sample(2.0, {"published": 1234.5}, 56).line() == (
        "   2.0 s  published       1,234/s  latency 56 us"
    )
    assert "latency" not in Sample(2.0, {"published": 1.0}).line()


@pytest.mark.parametrize(
    ("value", "text"), [(1234.5, "1,234"), (5, "5"), (0.1234, "0.123"), (12.34, "12.3"), (0, "0")]
)
def test_numbers_have_the_digits_that_matter(value, text):
    assert number(value) == text
