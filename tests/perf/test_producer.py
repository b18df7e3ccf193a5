import pytest

from leveret.dial.connection import Connection, ServerClosedError
from leveret.perf.counters import Counters, Phase
from leveret.perf.job import Job
from leveret.perf.producer import Producer
from leveret.perf.topology import Topology


@pytest.fixture
def topology(address):
    with Topology(address) as topology:
        yield topology


@pytest.fixture
def produce(topology, tmp_path):
    """Run a producer in this process; its result and how many messages wait in its queue."""

    def run(queue=None, **options):
        name = queue or topology.declare_queue("queue")
        path = tmp_path / "counters"
        path.touch()
        address = topology.connection.address
        job = Job("producer", 0, 1, str(path), address, routing_keys=(name,), **options)
        with Counters(path, 1) as counters, Connection(address, "test") as connection:
            producer = Producer(job, connection, counters)
            producer.prepare()
            counters.phase = Phase.RUNNING
            producer.run()
            assert counters.messages(range(1)) == producer.result()["messages"]
        return producer.result(), topology.message_count(name) if queue is None else 0

    return run


@pytest.mark.parametrize("size", [0, 1, 16, 200_000])
def test_a_producer_publishes_as_many_messages_as_it_is_told(produce, size):
    result, waiting = produce(size=size, messages=25)
    assert (result["messages"], waiting) == (25, 25)


def test_more_messages_than_a_ring_holds_go_round_it(produce):
    result, waiting = produce(size=0, messages=10_000)
    assert (result["messages"], waiting) == (10_000, 10_000)


@pytest.mark.parametrize("window", [1, 7, 5000])
def test_with_confirms_all_are_confirmed_whatever_the_window(produce, window):
    result, waiting = produce(size=16, messages=500, confirm=window)
    assert (result["confirmed"], result["nacked"], waiting) == (500, 0, 500)


def test_a_message_that_nobody_gets_comes_back(produce):
    result, _ = produce(queue="missing", messages=3, confirm=10)
    assert (result["confirmed"], result["returned"]) == (3, 3)


def test_a_rate_is_kept_to_the_message(produce):
    result, waiting = produce(messages=5, rate=1000.0, check_sequence=True)
    assert (result["messages"], waiting) == (5, 5)


def test_a_missing_exchange_is_told(address, tmp_path):
    path = tmp_path / "counters"
    path.touch()
    job = Job("producer", 0, 1, str(path), address, exchange="missing", routing_keys=("q",))
    with Counters(path, 1) as counters, Connection(address, "test") as connection:
        producer = Producer(job, connection, counters)
        with pytest.raises(ServerClosedError, match="no exchange 'missing'"):
            producer.run()
