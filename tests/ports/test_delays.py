"""A delayed exchange on the message log: killed at any moment, what was confirmed comes, in time.

The engine is the one that serves, on a disk in memory with small segments. What was said and not
yet written when a node is killed is lost, as it is when a process dies.
"""

from contextlib import contextmanager

from hypothesis import given, settings
from hypothesis import strategies as st

from leveret.broker.bindings import Binding
from leveret.broker.broker import Broker
from leveret.broker.exchanges import delays
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.sending import compose
from leveret.wire.properties import Properties
from tests.broker.domain import random_bytes
from tests.storage.hand import Catalogue, World

SEGMENT_OCTETS = 1000
STEP_S = 0.125
# Small enough that a few messages leave memory, and that few are read and sent on at once.
BORDERS = {"WINDOW": 2, "SLICE": 2, "READ_COUNT": 3, "BACKGROUND_COUNT": 3}


@contextmanager
def narrow():
    before = {name: getattr(delays, name) for name in BORDERS}
    for name, value in BORDERS.items():
        setattr(delays, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(delays, name, value)


class Everything(Catalogue):
    """Keeps exchanges and bindings too."""

    def load(self):
        numbers = (getattr(each, "number", 0) for each in self.changes)
        self.last_queue_number = max(numbers, default=0)
        return list(self.changes)


class Node:
    """A broker with a delayed exchange and a queue behind it, and what its publishers know.

    due: when each message is. confirmed: those that are to come, whatever happens.
    """

    def __init__(self):
        self.now = 1000.0
        self.world = World(catalogue=Everything(), segment_octets=SEGMENT_OCTETS)
        self.due = {}
        self.confirmed = set()
        self.crashes = 0
        self.begin()
        self.broker.add_vhost("/")
        arguments = {"x-delayed-type": "fanout"}
        options = ExchangeOptions(durable=True, arguments=arguments)
        self.vhost.declare_exchange("later", "x-delayed-message", options)
        queue = self.vhost.create_queue("due", QueueOptions(durable=True), None)
        self.vhost.bind(Binding(self.vhost.exchange("later"), queue, ""))
        self.world.run()

    def begin(self):
        storage = self.world.open().storage
        self.world.timers.now = self.now
        self.broker = Broker(lambda: self.world.timers.now, random_bytes(), storage=storage)
        self.broker.restore()

    @property
    def vhost(self):
        return self.broker.vhosts["/"]

    def publish(self, steps):
        body = str(len(self.due))
        properties = Properties(headers={"x-delay": round(steps * STEP_S * 1000)}, delivery_mode=2)
        sent = compose("later", "k", properties, body.encode())
        self.vhost.sender.send(sent, self.vhost.route("later", "k", properties))
        self.due[body] = self.world.timers.now + steps * STEP_S
        durability = self.broker.storage.durability
        durability.when_durable(lambda: self.confirmed.add(body))

    def pass_time(self, steps):
        for _ in range(steps):
            self.world.pass_time(STEP_S)
            self.now = self.world.timers.now
            self.settle_down()

    def settle_down(self):
        """All that can happen now: sending on takes turns, reading takes threads."""
        while (deadline := self.broker.agenda.next_deadline()) is not None and deadline <= self.now:
            self.broker.agenda.run()
            self.world.run()

    def kill(self):
        """In the middle of whatever is under way."""
        self.crashes += 1
        self.begin()

    def restart(self):
        self.world.pass_time(STEP_S)
        self.now = self.world.timers.now
        self.begin()

    def came(self):
        """What is in the queue, read back."""
        queue, found = self.vhost.queues["due"], []
        while queue.ready.count:
            taken = queue.get()
            if taken is None:
                self.world.run()
            else:
                found.append(taken[0])
        queue.requeue(found)
        return [each.body.decode() for each in found]


STEPS = st.one_of(
    st.tuples(st.just("publish"), st.integers(1, 12)),
    st.tuples(st.just("publish"), st.integers(1, 12)),
    st.tuples(st.just("publish"), st.integers(1, 12)),
    st.tuples(st.just("pass_time"), st.integers(1, 6)),
    st.tuples(st.just("kill")),
    st.tuples(st.just("restart")),
)


@given(st.lists(STEPS, min_size=5, max_size=40))
@settings(deadline=None, max_examples=60)
def test_what_was_confirmed_comes_when_it_is_due(steps):
    with narrow():
        node = Node()
        for verb, *values in steps:
            getattr(node, verb)(*values)
            for body in node.came():
                assert node.due[body] <= node.now + 0.01, "too soon"
        node.pass_time(20)
        came = node.came()
        assert node.confirmed <= set(came), "lost"
        if not node.crashes:
            assert len(came) == len(set(came)) == len(node.due)
        assert node.vhost.exchange("later").type.delayed_count == 0
        node.restart()
        assert sorted(node.came()) == sorted(came)
        assert node.vhost.exchange("later").type.delayed_count == 0
