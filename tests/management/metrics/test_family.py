"""Metrics as values."""

import pytest

from leveret.management.metrics.family import counter, gauge, untyped


def test_what_only_grows_says_so_in_its_name():
    assert counter("published_total", "All", len).kind == "counter"
    with pytest.raises(AssertionError, match="published"):
        counter("published", "All", len)


def test_kinds_of_metrics():
    assert gauge("queues", "Queues", len).is_summed
    assert not gauge("capacity", "Capacity", len, is_summed=False).is_summed
    assert untyped("alarms_x", "is 1 if in effect", len).kind == "untyped"
