import os
from dataclasses import replace

import pytest

from leveret.perf.crew import Crew
from leveret.perf.errors import PerfError
from leveret.perf.flow import Paths, Traffic, check_total, make_jobs, rates, run_flow, total
from leveret.perf.topology import Topology


@pytest.fixture
def topology(address):
    with Topology(address) as topology:
        yield topology


def test_a_flow_counts_every_message_and_its_rate(topology, traffic):
    queue = topology.declare_queue("queue")
    samples = []
    paths = Paths("", (queue,), ((queue,),))
    flow = run_flow(topology.connection.address, traffic, paths, samples.append)
    assert flow.figures["published_total"] == flow.figures["delivered_total"] > 0
    assert flow.figures["delivered_per_s"] > 0
    assert flow.figures["client_busy_us_per_message"] > 0
    assert flow.samples == samples
    assert flow.figures["latency_max_us"] >= flow.figures["latency_p50_us"] > 0
    assert not flow.interrupted


def test_the_brokers_processor_time_is_known_if_its_process_is(topology, traffic):
    queue = topology.declare_queue("queue")
    paths = Paths("", (queue,), ((queue,),))
    timed = replace(traffic, pid=os.getpid())
    flow = run_flow(topology.connection.address, timed, paths, lambda _sample: None)
    assert flow.figures["broker_busy_us_per_message"] >= 0


def test_publishers_of_one_process_tell_how_long_their_confirms_took(topology, traffic):
    queue = topology.declare_queue("queue")
    singly = replace(traffic, connections=5, confirm=1, persistent=True)
    paths = Paths("", (queue,), ((queue,),))
    flow = run_flow(topology.connection.address, singly, paths, lambda _sample: None)
    assert flow.figures["confirm_max_us"] >= flow.figures["confirm_p50_us"] > 0


def test_an_interrupt_ends_the_run_in_good_order(topology, traffic):
    queue = topology.declare_queue("queue")

    def interrupt(_sample):
        raise KeyboardInterrupt

    paths = Paths("", (queue,), ((queue,),))
    flow = run_flow(topology.connection.address, traffic, paths, interrupt)
    assert flow.interrupted
    assert flow.figures["published_total"] == flow.figures["delivered_total"]


def test_messages_that_no_queue_gets_fail_the_run(topology, traffic):
    queue = topology.declare_queue("queue")
    astray = Paths("", ("missing",), ((queue,),))
    confirmed = replace(traffic, confirm=10)
    with pytest.raises(PerfError, match="messages were returned"):
        run_flow(topology.connection.address, confirmed, astray, lambda _sample: None)


def test_jobs_share_the_rate_and_know_their_queues(address):
    with Crew(2, 2) as crew:
        traffic = Traffic(
            producers=2, connections=3, rate=100.0, auto_ack=False, prefetch=10, ack_batch=50
        )
        paths = Paths("ex", ("key",), (("q1",), ("q2",)))
        jobs = make_jobs(address, traffic, paths, crew)
    assert [job.role for job in jobs] == ["producer", "producer", "consumer", "consumer"]
    assert [job.queues for job in jobs] == [(), (), ("q1",), ("q2",)]
    assert [job.connections for job in jobs] == [3, 3, 1, 1]
    assert {job.rate for job in jobs} == {50.0}
    # More than the prefetch would wait for messages that never come.
    assert {job.ack_batch for job in jobs} == {10}


def test_rates_are_per_second():
    assert rates((10.0, 100, 50), (12.0, 300, 50)) == {"published": 100.0, "delivered": 0.0}


def test_a_total_that_differs_fails_the_run():
    answers = [{"messages": 2}, {"messages": 3}]
    assert total(answers, "messages") == 5
    check_total(answers, 5)
    with pytest.raises(PerfError, match="6 messages were due, 5 came"):
        check_total(answers, 6)
