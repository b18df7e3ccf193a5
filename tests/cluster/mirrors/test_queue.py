"""A mirrored queue does what one in memory does, and goes on where the next node leads it.

As tests/ports/test_queue.py, over replicated logs: each restart is another node's take-over, and
nothing that waits is lost by it, transient messages neither.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from leveret.broker.queues.paging import Paging
from leveret.cluster.mirrors.mirror import Around
from tests.broker.domain import queue as make_queue
from tests.broker.queues.test_queue_in_and_out_of_memory import (
    ACTIONS,
    NUMBER,
    OPTIONS,
    narrow_window,
)
from tests.cluster.mirrors.leading import Leading
from tests.ports.test_queue import RESTART, Lasting, OnDisk

assert narrow_window


class Node(Leading):
    """One whose clocks a queue's agenda moves, and whose positions rise from node to node."""

    def __init__(self, agenda, positions, before=None):
        self._agenda, self._positions = agenda, positions
        super().__init__(before)

    def around(self):
        return Around(
            renumber=lambda _position: next(self._positions),
            wall_ms=lambda: round(self._agenda.clock() * 1000),
            epoch=lambda: 0.0,
            later=self.loop.call_later,
            start=self.loop.create_task,
        )


class KeepingAll(Lasting):
    """In memory, and all of it is back."""

    def publish(self, body, is_stored, **traits):  # noqa: ARG002  # it makes no difference
        super().publish(body, True, **traits)


class Mirrored(OnDisk):
    """A window of two, hardly any memory, and a log."""

    def make_queue(self, options):
        self.options = options
        self.positions = iter(range(1, 10**9))
        self.node = Node(self.agenda, self.positions)
        self.node.declare(NUMBER)
        return self.open_queue()

    def open_queue(self):
        self.store = self.node.storage.messages
        self.paging = Paging(self.store, None, self.positions.__next__)
        self.paging.octets_max = 0
        queue = make_queue(
            "q", self.agenda, number=NUMBER, paging=self.paging, arguments=self.options
        )
        queue.keep_all(is_on=True)
        return queue

    def pass_time(self, seconds):
        for _ in range(round(seconds / 0.125)):
            self.node.run()
            self.agenda.pass_time(0.125)
            self.settle_down()

    def settle_down(self):
        for _ in range(2):
            self.node.run()
            while (deadline := self.agenda.next_deadline()) is not None:
                if deadline > self.agenda.hand.now:
                    break
                self.agenda.run()

    def restart(self):
        self.pass_time(0.125)
        self.consumers, self.out = [], []
        self.node.run()
        self.node = Node(self.agenda, self.positions, self.node)
        self.queue = self.open_queue()
        self.queue.recover(self.store.recovered(NUMBER))


@given(st.lists(st.one_of(ACTIONS, ACTIONS, ACTIONS, RESTART), min_size=12, max_size=60), OPTIONS)
@settings(deadline=None, max_examples=30)
def test_nobody_can_tell_which_node_leads(actions, options):
    queues = KeepingAll(**options), Mirrored(**options)
    try:
        compare(queues, [*actions, ("restart",)])
    finally:
        queues[1].node.close()


def compare(queues, actions):
    for serial, (name, *details) in enumerate(actions):
        if name == "publish":
            is_stored, traits = details
            for each in queues:
                each.publish(str(serial), is_stored, **traits)
        elif name != "subscribe" or len(queues[0].consumers) < 3:
            for each in queues:
                getattr(each, name)(*details)
        pictures = [each.picture() for each in queues]
        assert pictures[0] == pictures[1]
