from leveret.perf.churn import Pace
from leveret.perf.scenarios import latency


def test_round_trips_are_timed_one_by_one(address, pace):
    result = latency.run(address, pace, lambda _sample: None)
    assert 0 < result.figures["round_trip_p50_us"] <= result.figures["round_trip_max_us"]
    assert not result.interrupted


def test_a_message_may_be_larger_than_a_frame(address, pace):
    result = latency.run(address, pace, lambda _sample: None, size=300_000)
    assert result.figures["round_trip_p50_us"] > 0


def test_an_interrupt_keeps_what_was_measured(address, monkeypatch):
    monkeypatch.setattr("leveret.perf.scenarios.latency.SAMPLE_S", 0.0)

    def interrupt(_sample):
        raise KeyboardInterrupt

    assert latency.run(address, Pace(0.001, 1.0), interrupt).interrupted
