"""The measurement of delayed messages, with few of them."""

import pytest
from bench.brokers import started_leveret
from bench.delayed import Load, declare, due_count, measure, publish

from leveret.perf.churn import Pace

pytestmark = pytest.mark.slow  # each starts a node


def test_it_measures_a_few(monkeypatch):
    monkeypatch.setattr("bench.delayed.PACE", Pace(0.0, 0.1))
    monkeypatch.setattr("bench.delayed.SOON_MS", 300)
    with started_leveret() as broker:
        found = dict(measure(broker, Load(messages=20, size=100, due=10, persistent=True)))
        assert found["of 10 due, in their queue"] == "10"
        assert "p99" in found["round trip beside them"]
        assert found["resident, all pending"].endswith(" MiB")


def test_messages_without_a_time_to_survive_are_published_too():
    load = Load(messages=3, size=10, due=0, persistent=False)
    with started_leveret() as broker:
        declare(broker.address, durable=False)
        publish(broker.address, load, iter([1, 1, 3_600_000]))
        while due_count(broker.address) < 2:
            pass
        assert due_count(broker.address) == 2
