"""Queues that go although nobody asks for it."""

from leveret.broker.retiring import Retiring


class Queue:
    def __init__(self):
        self.consumers = []


class Catalogue:
    """It can be told of changes once `open` is called."""

    def __init__(self):
        self.waiting = []

    def open(self):
        while self.waiting:
            self.waiting.pop(0)()


def test_a_queue_goes_when_that_can_be_said_and_is_on_its_way_till_then():
    catalogue, removed, queue = Catalogue(), [], Queue()
    retiring = Retiring(catalogue.waiting.append, removed.append)
    assert queue not in retiring
    retiring.retire(queue)
    assert queue in retiring
    assert removed == []
    catalogue.open()
    assert removed == [queue]
    assert queue not in retiring


def test_one_that_is_in_use_again_by_then_stays():
    catalogue, removed, queue = Catalogue(), [], Queue()
    retiring = Retiring(catalogue.waiting.append, removed.append)
    retiring.retire(queue)
    queue.consumers.append("somebody")
    catalogue.open()
    assert removed == []
    assert queue not in retiring
