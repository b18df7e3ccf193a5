import os
from dataclasses import replace

import pytest

from leveret.perf.connection import PerfError
from leveret.perf.scenarios import backlog


def test_a_queue_is_filled_and_drained_to_the_message(address, traffic):
    several = replace(traffic, producers=2, confirm=100, pid=os.getpid())
    figures = backlog.run(address, several, lambda _sample: None, messages=1001).figures
    assert figures["filled_per_s"] > 0
    assert figures["drained_per_s"] > 0
    assert figures["resident_full_mib"] > 0


def test_without_a_process_there_is_no_memory_to_tell(address, traffic):
    figures = backlog.run(address, traffic, lambda _sample: None, messages=10).figures
    assert set(figures) == {"filled_per_s", "drained_per_s"}


def test_what_does_not_come_is_told_and_progress_until_then(monkeypatch):
    monkeypatch.setattr(backlog, "SAMPLE_S", 0.0)
    monkeypatch.setattr(backlog, "STUCK_S_MAX", 0.01)
    monkeypatch.setattr(backlog, "LOOK_S", 0.001)

    class Idle:
        def watch(self, seconds):
            pass

    samples = []
    with pytest.raises(PerfError, match="3 of 5 messages were never delivered"):
        backlog.follow(Idle(), "delivered", lambda: 2, 5, samples.append)
    assert samples[0].rates["delivered"] > 0
