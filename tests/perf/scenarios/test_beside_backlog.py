import os
from dataclasses import replace

from leveret.perf.scenarios import beside_backlog
from leveret.perf.scenarios.beside_backlog import Backlog
from leveret.perf.scenarios.latency import Kind

STORED = Kind(persistent=True)


def test_a_short_queue_is_timed_alone_and_beside_a_long_one(address, traffic, pace):
    backlog = Backlog(64 * 500, replace(traffic, persistent=True, pid=os.getpid()))
    told = beside_backlog.run(address, pace, lambda _sample: None, kind=STORED, backlog=backlog)
    figures = told.figures
    assert figures["p99_ratio"] == figures["beside_p99_us"] / figures["usual_p99_us"]
    assert figures["resident_mib"] > 0
    assert not told.interrupted


def test_the_octets_say_how_many_messages_wait(traffic):
    assert Backlog(6400, traffic).messages == 100
    assert Backlog(7, replace(traffic, size=0)).messages == 7
    assert Backlog(7, traffic).messages == 1


def test_an_interrupt_keeps_what_was_measured(address, traffic, pace, monkeypatch):
    def interrupted(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(beside_backlog, "fill", interrupted)
    backlog = Backlog(64, traffic)
    told = beside_backlog.run(address, pace, lambda _sample: None, kind=Kind(), backlog=backlog)
    assert told.interrupted
    assert "usual_p99_us" in told.figures
    assert "p99_ratio" not in told.figures
