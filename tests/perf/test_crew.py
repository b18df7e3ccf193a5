import os
import signal

import pytest

from leveret.perf.crew import Crew
from leveret.perf.errors import PerfError
from leveret.perf.flow import Paths, Traffic, make_jobs
from leveret.perf.topology import Topology


@pytest.fixture
def topology(address):
    with Topology(address) as topology:
        yield topology


def started(crew, topology, **options):
    queue = topology.declare_queue("queue")
    traffic = Traffic(size=16, **options)
    paths = Paths("", (queue,), ((queue,),) * len(crew.consumers))
    crew.start(make_jobs(topology.connection.address, traffic, paths, crew))


def test_a_crew_publishes_and_consumes_until_it_is_stopped(topology):
    with Crew(2, 2) as crew:
        started(crew, topology, confirm=100)
        crew.run()
        crew.watch(0.05)
        produced = crew.finish_producers()
        published = crew.published()
        assert sum(answer["messages"] for answer in produced) == published > 0
        crew.drain(published)
        consumed = crew.finish_consumers()
        assert sum(answer["messages"] for answer in consumed) == crew.delivered() == published


def test_messages_that_never_come_are_told(topology, monkeypatch):
    monkeypatch.setattr("leveret.perf.crew.STUCK_S_MAX", 0.05)
    with Crew(0, 1) as crew:
        started(crew, topology)
        with pytest.raises(PerfError, match="3 of 3 messages were never delivered"):
            crew.drain(3)


def test_a_worker_that_is_killed_is_told(topology):
    with Crew(0, 1) as crew:
        started(crew, topology)
        os.kill(crew.pids[0], signal.SIGKILL)
        with pytest.raises(PerfError, match="worker 0 ended without a result"):
            crew.watch(10)


def test_the_error_of_a_worker_is_the_crews(address):
    paths = Paths("", (), (("missing",),))
    with Crew(0, 1) as crew, pytest.raises(PerfError, match="no queue 'missing'"):
        crew.start(make_jobs(address, Traffic(), paths, crew))


def test_an_answer_that_does_not_come_is_told(topology, monkeypatch):
    monkeypatch.setattr("leveret.perf.crew.RESULT_S_MAX", 0.05)
    with Crew(0, 1) as crew:
        started(crew, topology)
        with pytest.raises(PerfError, match="no answer within"):
            crew.results_of(crew.consumers)


def test_nothing_is_left_of_a_crew(topology):
    with Crew(1, 1) as crew:
        started(crew, topology)
        path, pids = crew.path, crew.pids
    assert not path.exists()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
