import pytest

from leveret.dial.connection import Connection, ServerClosedError
from leveret.perf.churn import Pace
from leveret.perf.scenarios import latency
from leveret.perf.topology import Topology
from leveret.wire import methods


def test_round_trips_are_timed_one_by_one(address, pace):
    result = latency.run(address, pace, lambda _sample: None)
    assert 0 < result.figures["round_trip_p50_us"] <= result.figures["round_trip_max_us"]
    assert not result.interrupted


def test_a_message_may_be_larger_than_a_frame(address, pace):
    result = latency.run(address, pace, lambda _sample: None, kind=latency.Kind(size=300_000))
    assert result.figures["round_trip_p50_us"] > 0


def test_a_persistent_message_is_acknowledged_and_leaves_nothing_behind(address, pace):
    with Topology(address) as topology:
        with latency.round_trip(topology, "short", latency.Kind(persistent=True)) as trip:
            assert trip.go() > 0
            latency.warm_up(trip, pace.duration_s)
        with Connection(address, "test") as connection:
            gone = methods.QueueDeclare(queue=f"{topology.prefix}.short", passive=True)
            with pytest.raises(ServerClosedError, match="no queue"):
                connection.call(1, gone, methods.QueueDeclareOk)


def test_an_interrupt_keeps_what_was_measured(address, monkeypatch):
    monkeypatch.setattr("leveret.perf.scenarios.latency.SAMPLE_S", 0.0)

    def interrupt(_sample):
        raise KeyboardInterrupt

    assert latency.run(address, Pace(0.001, 1.0), interrupt).interrupted
