"""The ports' own words; what engines promise is in tests/cluster/logs."""

import inspect

import pytest

from leveret.cluster import ports
from leveret.cluster.memory_log import MemoryLog, MemoryLogs


@pytest.mark.parametrize(("port", "engine"), [("SharedLog", MemoryLog), ("SharedLogs", MemoryLogs)])
def test_an_engine_has_every_verb_with_the_same_parameters(port, engine):
    for name, verb in inspect.getmembers(getattr(ports, port), inspect.isfunction):
        if not name.startswith("_"):
            theirs = inspect.signature(getattr(engine, name)).parameters
            assert list(theirs) == list(inspect.signature(verb).parameters), name
