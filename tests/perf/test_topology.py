import pytest

from leveret.dial.connection import Connection, DialError, ServerClosedError
from leveret.perf.topology import Topology, unique_prefix
from leveret.wire import methods


def exists(address, queue):
    passive = methods.QueueDeclare(queue=queue, passive=True)
    with Connection(address, "test") as connection:
        try:
            connection.call(1, passive, methods.QueueDeclareOk)
        except ServerClosedError:
            return False
        return True


def test_what_was_declared_is_gone_afterwards(address):
    with Topology(address) as topology:
        queue = topology.declare_queue("queue")
        exchange = topology.declare_exchange("exchange", "topic")
        topology.bind(queue, exchange, ["a.*", "b.#"])
        assert exists(address, queue)
        assert topology.message_count(queue) == 0
    assert not exists(address, queue)


def test_a_durable_queue_goes_too(address):
    with Topology(address) as topology:
        queue = topology.declare_queue("queue", durable=True)
    assert not exists(address, queue)


def test_many_queues_have_names_of_one_length(address):
    with Topology(address) as topology:
        names = topology.declare_queues(150)
        assert len(set(names)) == 150
        assert len({len(name) for name in names}) == 1


def test_what_the_run_failed_with_is_not_hidden(address):
    def fail():
        with Topology(address) as topology:
            topology.declare_queue("queue")
            raise DialError("the first reason")

    with pytest.raises(DialError, match="the first reason"):
        fail()


def test_an_interrupt_leaves_nothing_behind(address):
    queues = []

    def interrupted():
        with Topology(address) as topology:
            queues.append(topology.declare_queue("queue"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not exists(address, queues[0])


def test_two_runs_never_share_names():
    assert unique_prefix() != unique_prefix()
