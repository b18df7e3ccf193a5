from contextlib import ExitStack

import pytest

from leveret.dial.connection import Connection
from leveret.perf import publishers
from leveret.perf.counters import Counters, Phase
from leveret.perf.errors import PerfError
from leveret.perf.job import Job
from leveret.perf.publishers import Publishers
from leveret.perf.topology import Topology


@pytest.fixture
def topology(address):
    with Topology(address) as topology:
        yield topology


@pytest.fixture
def publish(topology, tmp_path):
    """Run publishers in this process: themselves, and how many messages wait in their queue."""

    def run(queue=None, connections=3, **options):
        name = queue or topology.declare_queue("queue")
        path = tmp_path / "counters"
        path.touch()
        address = topology.connection.address
        job = Job("producer", 0, 1, str(path), address, routing_keys=(name,), **options)
        with Counters(path, 1) as counters, ExitStack() as stack:
            opened = [stack.enter_context(Connection(address, "t")) for _ in range(connections)]
            several = Publishers(job, opened, counters)
            several.prepare()
            counters.phase = Phase.RUNNING
            several.run()
            assert counters.messages(range(1)) == several.result()["messages"]
        return several, topology.message_count(name) if queue is None else 0

    return run


@pytest.mark.parametrize("size", [0, 16, 200_000])
@pytest.mark.parametrize("window", [1, 5])
def test_all_is_published_and_confirmed(publish, size, window):
    several, waiting = publish(size=size, messages=50, confirm=window)
    told = several.result()
    assert (told["messages"], told["confirmed"], told["nacked"], waiting) == (50, 50, 0, 50)


def test_every_connection_publishes(publish):
    several, _ = publish(messages=90, confirm=1)
    assert all(lane.sent > 0 for lane in several.lanes)


def test_how_long_each_confirm_took_is_known(publish):
    several, _ = publish(messages=40, confirm=1)
    assert len(several.latency) == 40
    assert several.latency.percentile_us(1) > 0


def test_a_message_that_nobody_gets_comes_back(publish):
    several, _ = publish(queue="missing", messages=6, confirm=1)
    assert several.result()["returned"] == 6


def test_the_end_of_the_run_ends_publishing(publish, monkeypatch):
    monkeypatch.setattr(Publishers, "_is_over", lambda self: self.sent >= 30)
    several, waiting = publish(confirm=2)
    assert several.sent == several.confirmed == waiting >= 30


def test_confirms_that_never_come_are_told(publish, monkeypatch):
    monkeypatch.setattr(publishers, "CONFIRM_S_MAX", 0.0)
    monkeypatch.setattr(publishers, "BLOCKED_S_MAX", 0.001)
    monkeypatch.setattr(publishers.Lane, "take", lambda _lane, _latency: None)
    with pytest.raises(PerfError, match="3 messages were never confirmed"):
        publish(messages=3, confirm=1)
