import json
import subprocess
import sys
from dataclasses import replace

import pytest

from leveret.perf.counters import Counters, Phase
from leveret.perf.job import Job
from leveret.perf.topology import Topology


@pytest.fixture
def counters_path(tmp_path):
    path = tmp_path / "counters"
    path.touch()
    return path


@pytest.fixture
def start():
    started = []

    def start(job):
        process = subprocess.Popen(
            [sys.executable, "-m", "leveret.perf.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        process.stdin.write(job.to_json() + "\n")
        process.stdin.flush()
        return process

    yield start
    for process in started:
        process.stdin.close()
        process.stdout.close()
        process.wait()


def test_a_worker_says_that_it_is_ready_and_then_what_it_did(address, counters_path, start):
    with Topology(address) as topology, Counters(counters_path, 1) as counters:
        queue = topology.declare_queue("queue")
        job = Job("producer", 0, 1, str(counters_path), address, routing_keys=(queue,), messages=9)
        worker = start(job)
        assert json.loads(worker.stdout.readline()) == {"ready": 0}
        counters.phase = Phase.RUNNING
        assert json.loads(worker.stdout.readline())["messages"] == 9
        assert worker.wait() == 0
        assert topology.message_count(queue) == 9


def test_a_consumer_tells_its_latencies(address, counters_path, start):
    with Topology(address) as topology, Counters(counters_path, 1) as counters:
        queue = topology.declare_queue("queue")
        worker = start(Job("consumer", 0, 1, str(counters_path), address, queues=(queue,)))
        assert json.loads(worker.stdout.readline()) == {"ready": 0}
        counters.phase = Phase.OVER
        told = json.loads(worker.stdout.readline())
        assert (told["messages"], told["latency"]) == (0, {})
        assert told["busy_us"] >= 0


def test_a_worker_that_cannot_go_on_says_why(address, counters_path, start):
    worker = start(Job("consumer", 0, 1, str(counters_path), address, queues=("missing",)))
    assert "no queue 'missing'" in json.loads(worker.stdout.readline())["error"]
    assert worker.wait() == 1


def test_a_worker_does_not_outlive_its_crew(address, counters_path, start):
    with Topology(address) as topology:
        queue = topology.declare_queue("queue")
        worker = start(Job("consumer", 0, 1, str(counters_path), address, queues=(queue,)))
        worker.stdout.readline()
        worker.stdin.close()
        assert worker.wait(timeout=10) == 1


def test_a_producer_with_several_connections_tells_how_long_confirms_took(
    address, counters_path, start
):
    with Topology(address) as topology, Counters(counters_path, 1) as counters:
        queue = topology.declare_queue("queue")
        job = Job("producer", 0, 1, str(counters_path), address, routing_keys=(queue,), messages=9)
        worker = start(replace(job, connections=3, confirm=1))
        assert json.loads(worker.stdout.readline()) == {"ready": 0}
        counters.phase = Phase.RUNNING
        told = json.loads(worker.stdout.readline())
        assert (told["messages"], told["confirmed"], sum(told["latency"].values())) == (9, 9, 9)
