import pytest

from leveret.dial.connection import Connection, DialError
from leveret.perf.churn import Pace
from leveret.perf.scenarios import queue_churn
from leveret.perf.scenarios.queue_churn import Queues
from leveret.wire import methods


def test_queues_are_made_and_unmade(address, pace):
    result = queue_churn.run(address, pace, lambda _sample: None, queues=Queues(20))
    assert result.figures["declared_per_s"] > 0
    assert result.figures["deleted_per_s"] > 0
    assert result.broker.startswith("Leveret")


def test_durable_ones_may_come_over_several_channels(address, pace):
    queues = Queues(20, durable=True, channels=7)
    result = queue_churn.run(address, pace, lambda _sample: None, queues=queues)
    assert result.figures["declared_per_s"] > 0
    assert result.settings["durable"]


def test_each_channel_has_its_share():
    requests = [methods.QueueDelete(queue=str(index)) for index in range(5)]
    assert [channel for channel, _ in queue_churn.dealt(Queues(channels=2), requests)] == [
        1, 2, 1, 2, 1,
    ]  # fmt: skip


def test_what_a_failed_run_has_declared_is_gone(address, monkeypatch):
    names = []

    def fail(steps, _pace, _progress):
        steps[0].do()
        raise DialError("in the middle")

    def declare(queues, name, make=queue_churn.declare):
        names.append(name)
        return make(queues, name)

    monkeypatch.setattr(queue_churn, "run_churn", fail)
    monkeypatch.setattr(queue_churn, "declare", declare)
    with pytest.raises(DialError, match="in the middle"):
        queue_churn.run(address, Pace(), lambda _sample: None, queues=Queues(2, durable=True))
    passive = methods.QueueDeclare(queue=names[0], passive=True)
    with Connection(address, "test") as connection, pytest.raises(DialError, match="no queue"):
        connection.call(1, passive, methods.QueueDeclareOk)
