import os
from dataclasses import replace

import pytest

from leveret.perf.errors import PerfError
from leveret.perf.scenarios import backlog


def test_a_queue_is_filled_and_drained_to_the_message(address, traffic):
    several = replace(traffic, producers=2, confirm=100, pid=os.getpid())
    figures = backlog.run(
        address, several, lambda _sample: None, lengths=backlog.Lengths(1001)
    ).figures
    assert figures["filled_per_s"] > 0
    assert figures["drained_per_s"] > 0
    assert 0 < figures["resident_full_mib"] <= figures["resident_peak_mib"]


def test_without_a_process_there_is_no_memory_to_tell(address, traffic):
    figures = backlog.run(
        address, traffic, lambda _sample: None, lengths=backlog.Lengths(10)
    ).figures
    assert set(figures) == {"filled_per_s", "drained_per_s"}


def test_a_long_queue_is_compared_with_a_short_one(address, traffic, monkeypatch):
    monkeypatch.setattr(backlog, "SHORT_DRAINS", 2)
    stored = replace(traffic, persistent=True, auto_ack=False, prefetch=100, consumers=2)
    lengths = backlog.Lengths(2000, short=500)
    figures = backlog.run(address, stored, lambda _sample: None, lengths=lengths).figures
    assert figures["drain_ratio"] == pytest.approx(
        figures["drained_per_s"] / figures["short_drained_per_s"]
    )


def test_a_rate_counts_from_the_end_of_the_first_chunk():
    took = {"messages": 30, "first_messages": 10, "first_ns": 5, "newest_ns": 10}
    idle = {"messages": 0, "first_messages": 0, "first_ns": 0, "newest_ns": 0}
    at_once = {"messages": 3, "first_messages": 3, "first_ns": 7, "newest_ns": 7}
    assert backlog.rate_after_the_first([took, idle]) == 20 / 5e-9
    assert backlog.rate_after_the_first([at_once]) == 0.0
    assert backlog.rate_after_the_first([idle]) == 0.0


def test_what_does_not_come_is_told_and_progress_until_then(monkeypatch):
    monkeypatch.setattr(backlog, "SAMPLE_S", 0.0)
    monkeypatch.setattr(backlog, "STANDSTILL_S_MAX", 0.01)
    monkeypatch.setattr(backlog, "LOOK_S", 0.001)

    class Idle:
        def watch(self, seconds):
            pass

    samples = []
    with pytest.raises(PerfError, match="3 of 5 messages were never delivered"):
        backlog.follow(Idle(), "delivered", lambda: 2, 5, samples.append)
    assert samples[0].rates["delivered"] > 0
