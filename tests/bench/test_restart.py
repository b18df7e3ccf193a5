"""The workloads that end the broker, very small, on a real `leveret serve`."""

import pytest
from bench.brokers import started_leveret
from bench.restart import measure_copying, measure_recovery, start_with
from bench.workload import Scale

from leveret.perf.errors import PerfError

TINY = Scale(0.05, 0.05, messages=300, latency_s=0.1)


@pytest.fixture
def broker(monkeypatch):
    monkeypatch.setattr("bench.brokers.SETTLE_S", 0.0)
    with started_leveret() as broker:
        yield broker


@pytest.mark.slow
def test_every_message_is_back_after_each_kind_of_end(broker):
    figures = measure_recovery(broker, TINY)
    assert {"stopped_s", "killed_s", "cold_s", "drained_per_s"} <= set(figures)
    assert all(value > 0 for value in figures.values())


@pytest.mark.slow
def test_round_trips_are_timed_while_the_disk_is_taken_back(broker):
    figures = measure_copying(broker, TINY)
    assert figures["pause_ms"] > 0
    assert figures["disk_full_mib"] > 0


@pytest.mark.slow
def test_messages_that_do_not_come_back_are_told(broker, monkeypatch):
    monkeypatch.setattr("bench.restart.COUNTING_S_MAX", 0.1)
    broker.server.kill()
    with pytest.raises(PerfError, match="-1 of 5 messages are back"):
        start_with(broker, "missing", 5)
