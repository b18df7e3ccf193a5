import os
import resource

import pytest

from leveret.perf.errors import PerfError
from leveret.perf.scenarios import idle_connections


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(idle_connections, "SETTLE_S", 0.0)


def test_idle_connections_have_a_size(address):
    figures = idle_connections.run(
        address, os.getpid(), lambda _sample: None, connections=5
    ).figures
    assert figures["resident_after_mib"] > 0
    assert "kib_per_connection" in figures


def test_progress_is_told(address, monkeypatch):
    monkeypatch.setattr(idle_connections, "SAMPLE_S", 0.0)
    samples = []
    result = idle_connections.run(address, os.getpid(), samples.append, connections=2)
    assert result.samples == samples
    assert len(samples) == 2


def test_more_files_than_the_system_allows_are_refused(monkeypatch):
    def refuse(_which, _limits):
        raise ValueError

    monkeypatch.setattr(resource, "setrlimit", refuse)
    with pytest.raises(PerfError, match=r"99999999 open files are needed, \d+ are allowed"):
        idle_connections.allow_files(99_999_999)


def test_enough_files_need_no_change():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    idle_connections.allow_files(1)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before
