import sys

import pytest

from leveret.perf import plot
from leveret.perf.errors import PerfError
from leveret.perf.result import Result, Sample

STEADY = Result(
    "throughput",
    {"published_per_s": 10.0},
    samples=[Sample(float(second), {"published": 10.0, "delivered": 9.0}) for second in range(3)],
)
ONE_SHOT = Result("latency", {"round_trip_p50_us": 18.0, "round_trip_max_us": 900.0})


@pytest.mark.parametrize("result", [STEADY, ONE_SHOT], ids=["samples", "figures"])
@pytest.mark.parametrize(
    ("name", "beginning"), [("out.png", b"\x89PNG"), ("out.svg", b"<?xml"), ("out.pdf", b"%PDF")]
)
def test_the_suffix_says_what_is_drawn(tmp_path, result, name, beginning):
    plot.draw(result, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(beginning)


def test_matplotlib_is_here_for_the_tests():
    plot.require_matplotlib()


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(PerfError, match=r"pip install 'leveret\[perf\]'"):
        plot.require_matplotlib()
