"""A queue on the message log does what one in memory does, and is back after a start.

As tests/broker/queues/test_queue_in_and_out_of_memory.py, with the engine that serves: small
segments, and messages that are read while they are on their way to the disk or after it.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from leveret.broker.message import Traits
from leveret.broker.queues.paging import Paging
from leveret.wire.properties import Properties
from tests.broker.domain import message
from tests.broker.domain import queue as make_queue
from tests.broker.queues.test_queue_in_and_out_of_memory import (
    ACTIONS,
    NUMBER,
    OPTIONS,
    InMemory,
    narrow_window,
)
from tests.storage.hand import World

assert narrow_window
# What a segment's head and a handful of messages take.
SEGMENT_OCTETS = 1000


class Lasting(InMemory):
    """A queue in memory that is back after a start, as one on a disk would be."""

    def make_queue(self, options):
        self.options = options
        return super().make_queue(options)

    def publish(self, body, is_stored, **traits):
        published = message(body, **traits)
        published.is_stored = is_stored
        self.queue.publish(published)

    def restart(self):
        self.pass_time(0.125)
        left = self.left()
        self.consumers, self.out = [], []
        self.queue = self.make_queue(self.options)
        for each, redelivered in left:
            if each.traits is not None and each.traits.ttl_ms is not None:
                self.queue._needed_expiry()
            ready = self.queue.ready
            (ready.put_back if redelivered else ready.push)(each)
        self.queue.pump()

    def left(self):
        """What would be back: messages and whether they had been delivered, in order."""
        out = [each for consumer in self.consumers for each in consumer.held] + self.out
        left = {each.position: (each, True) for each in out}
        while self.queue.ready.count:
            waiting, redelivered = self.queue.ready.take()
            left[waiting.position] = waiting, redelivered
        return [left[each] for each in sorted(left) if left[each][0].is_stored]


class OnDisk(InMemory):
    """A queue whose broker has a window of two, and hardly any memory."""

    def make_queue(self, options):
        self.options = options
        self.world = World(segment_octets=SEGMENT_OCTETS)
        self.world.open()
        self.world.declare(NUMBER)
        self.world.run()
        self.positions = iter(range(1, 10**9))
        return self.open_queue()

    def open_queue(self):
        storage = self.world.engine.storage
        self.store = storage.messages
        self.paging = Paging(storage.messages, storage.spill, self.positions.__next__)
        self.paging.octets_max = 0
        return make_queue(
            "q", self.agenda, number=NUMBER, paging=self.paging, arguments=self.options
        )

    def publish(self, body, is_stored, *, ttl_ms=None, priority=0):
        properties = Properties(
            delivery_mode=2 if is_stored else 1,
            priority=priority or None,
            expiration=None if ttl_ms is None else str(ttl_ms),
        )
        published = message(body, properties=properties)
        published.position = next(self.positions)
        published.traits = Traits(ttl_ms, priority, is_stored)
        if is_stored:
            self.store.append(published, (NUMBER,))
            published.is_stored = True
        self.queue.publish(published)

    def subscribe(self, room, priority):
        super().subscribe(room, priority)
        consumer = self.consumers[-1]
        deliver = consumer.deliver
        for each in consumer.held:
            self.mark(each)

        def deliver_and_mark(delivered, redelivered):
            self.mark(delivered)
            deliver(delivered, redelivered)

        consumer.deliver = deliver_and_mark

    def get(self):
        count = len(self.out)
        super().get()
        if len(self.out) > count:
            self.mark(self.out[-1])

    def mark(self, delivered):
        if delivered.is_stored:
            self.queue.mark_delivered(delivered)

    def done(self, settled):
        if settled.is_stored:
            self.queue.settle(settled)

    def pass_time(self, seconds):
        # In small steps: each clock stands still while the other goes on.
        for _ in range(round(seconds / 0.125)):
            self.world.pass_time(0.125)
            super().pass_time(0.125)
            self.settle_down()

    def settle_down(self):
        self.world.run()
        super().settle_down()
        self.world.run()
        super().settle_down()

    def restart(self):
        self.pass_time(0.125)
        self.consumers, self.out = [], []
        # What expired just now is settled, and that is written, before the broker dies.
        self.world.pass_time(0.1)
        self.world.open()
        self.world.timers.now = self.agenda.hand.now
        self.queue = self.open_queue()
        self.queue.recover(self.store.recovered(NUMBER))


RESTART = st.tuples(st.just("restart"))


@given(st.lists(st.one_of(ACTIONS, ACTIONS, ACTIONS, RESTART), min_size=12, max_size=80), OPTIONS)
@settings(deadline=None, max_examples=50)
def test_nobody_can_tell_what_is_on_the_disk(actions, options):
    queues = Lasting(**options), OnDisk(**options)
    for serial, (name, *details) in enumerate([*actions, ("restart",)]):
        if name == "publish":
            is_stored, traits = details
            for each in queues:
                each.publish(str(serial), is_stored, **traits)
        elif name != "subscribe" or len(queues[0].consumers) < 3:
            for each in queues:
                getattr(each, name)(*details)
        pictures = [each.picture() for each in queues]
        assert pictures[0] == pictures[1]
