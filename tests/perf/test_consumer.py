import threading

import pytest

from leveret.dial.connection import Connection
from leveret.perf.consumer import Consumer
from leveret.perf.counters import Counters, Phase
from leveret.perf.errors import PerfError
from leveret.perf.job import Job
from leveret.perf.publishing import Envelope, PublishRing
from leveret.perf.topology import Topology


@pytest.fixture
def topology(address):
    with Topology(address) as topology:
        yield topology


@pytest.fixture
def consume(topology, tmp_path):
    """Publish `count` messages; a consumer in this process takes them. Its totals at the end."""

    def run(count, size=16, prepare=lambda _ring: None, **options):
        queue = topology.declare_queue("queue")
        path = tmp_path / "counters"
        path.touch()
        address = topology.connection.address
        job = Job("consumer", 0, 1, str(path), address, queues=(queue,), size=size, **options)
        ring = PublishRing(1, [Envelope("", queue)], size, 131072)
        prepare(ring)
        topology.connection.send(ring.view[: count * ring.stride])
        with Counters(path, 1) as counters, Connection(address, "test") as connection:
            consumer = Consumer(job, connection, counters)
            consumer.prepare()
            ending = threading.Thread(target=end_after, args=(counters, count, job))
            ending.start()
            try:
                consumer.run()
            finally:
                counters.phase = Phase.OVER
                ending.join()
            return consumer, counters.settled(range(1))

    return run


def end_after(counters, count, job):
    """What the crew does: the run is over when all is there."""
    settled = 0 if job.auto_ack else count
    while counters.phase < Phase.OVER:
        if counters.messages(range(1)) >= count and counters.settled(range(1)) >= settled:
            counters.phase = Phase.OVER


def test_every_message_is_counted(consume):
    consumer, settled = consume(500)
    assert (consumer.result()["messages"], settled) == (500, 0)


def test_when_messages_came_is_told(consume):
    told = consume(500)[0].result()
    assert 0 < told["first_messages"] <= 500
    assert 0 < told["first_ns"] <= told["newest_ns"]


def test_the_clock_starts_when_acknowledgements_count(consume):
    told = consume(500, auto_ack=False, prefetch=100)[0].result()
    assert 100 <= told["first_messages"] <= 500
    told = consume(50, auto_ack=False, prefetch=100, ack_batch=10)[0].result()
    assert (told["first_messages"], told["first_ns"]) == (0, 0)


@pytest.mark.parametrize("batch", [1, 7, 100])
def test_all_is_acknowledged_whatever_the_batch(consume, batch):
    consumer, settled = consume(500, auto_ack=False, prefetch=100, ack_batch=batch)
    assert (consumer.result()["messages"], settled) == (500, 500)


def test_the_stamp_of_a_body_gives_the_latency(consume):
    consumer, _ = consume(10, prepare=lambda ring: ring.stamp(0))
    assert consumer.latency.percentile_us(50) > 0


def test_messages_in_order_pass_the_check(consume):
    numbered = lambda ring: ring.number(4, 0)  # noqa: E731
    consumer, _ = consume(100, size=64, prepare=numbered, check_sequence=True)
    assert consumer.result()["messages"] == 100


def test_a_message_that_comes_twice_fails_the_check(consume):
    with pytest.raises(PerfError, match="message 0 of producer 0 came when 1 or later was due"):
        consume(2, size=64, check_sequence=True)
