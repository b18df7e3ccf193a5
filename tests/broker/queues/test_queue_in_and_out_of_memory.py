"""A queue whose messages leave memory does what one does that keeps them all.

Two queues are told the same; the one has an engine, a window of two and hardly any memory. Once
everything that was to be read has been read, nobody can tell them apart.
"""

from contextlib import ExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leveret.broker.queues import queue as queue_module
from tests.broker.domain import HandAgenda, Subscriber, message, paging, publish_stored
from tests.broker.domain import queue as make_queue
from tests.broker.fake_storage import FakeEngine

NUMBER = 7


class InMemory:
    """A queue, its consumers, and what was got of it."""

    def __init__(self, **options):
        self.agenda = HandAgenda()
        self.queue = self.make_queue(options)
        self.consumers = []
        self.got = []
        self.out = []

    def make_queue(self, options):
        return make_queue("q", self.agenda, arguments=options)

    def publish(self, body, is_stored, **traits):  # noqa: ARG002  # what an engine would keep
        self.queue.publish(message(body, **traits))

    def subscribe(self, room, priority):
        consumer = Subscriber(self.queue, room=room, priority=priority)
        self.consumers.append(consumer)
        self.queue.subscribe(consumer)
        self.queue.consumers.resume(consumer)
        self.queue.pump()

    def get(self):
        taken = self.queue.get()
        if taken is None and self.queue.is_loading:
            self.queue.when_loaded(self.get)
            return
        self.got.append(taken and (taken[0].body, taken[1]))
        if taken is not None:
            self.out.append(taken[0])

    def acknowledge(self, number):
        for consumer in self.consumers[number : number + 1]:
            if consumer.held:
                self.done(consumer.held[0])
                consumer.settle()

    def give_back(self, number):
        for consumer in self.consumers[number : number + 1]:
            held, consumer.held = consumer.held, []
            self.queue.consumers.park(consumer)
            self.queue.requeue(held)
            self.queue.consumers.resume(consumer)
            self.queue.pump()

    def give_back_what_was_got(self):
        out, self.out = self.out, []
        self.queue.requeue(reversed(out))

    def purge(self):
        self.got.append(self.queue.purge())

    def pass_time(self, seconds):
        self.agenda.pass_time(seconds)

    def done(self, settled):
        """It was acknowledged."""

    def settle_down(self):
        while (deadline := self.agenda.next_deadline()) is not None:
            if deadline > self.agenda.hand.now:
                break
            self.agenda.run()

    def picture(self):
        self.settle_down()
        held = [[each.body for each in consumer.held] for consumer in self.consumers]
        told = [(consumer.got, consumer.redelivered) for consumer in self.consumers]
        return self.queue.ready.count, held, told, self.got


class OnDisk(InMemory):
    """The same, with as little as possible in memory."""

    def make_queue(self, options):
        self.engine = FakeEngine(self.agenda)
        shared = paging(self.engine, octets_max=0)
        return make_queue("q", self.agenda, number=NUMBER, paging=shared, arguments=options)

    def publish(self, body, is_stored, **traits):
        if is_stored:
            publish_stored(self.engine.messages, body, self.queue, **traits)
        else:
            super().publish(body, is_stored, **traits)

    def done(self, settled):
        if settled.is_stored:
            self.queue.settle(settled)

    def check_what_is_kept(self):
        """The store has what waits and what is out, and no more; the spill has what waits."""
        out = [each for consumer in self.consumers for each in consumer.held] + self.out
        stored = [each for each in out if each.is_stored]
        kept = len(self.engine.messages.kept) + len(self.engine.spill.kept)
        assert {each.position for each in stored} <= self.engine.messages.kept.keys()
        assert kept - len(stored) <= self.queue.ready.count
        self.queue.purge()
        assert self.engine.messages.kept.keys() == {each.position for each in stored}
        assert self.engine.spill.kept == {}


TRAITS = st.fixed_dictionaries(
    {}, optional={"ttl_ms": st.sampled_from([0, 1000, 3000]), "priority": st.integers(0, 3)}
)
ACTIONS = st.one_of(
    st.tuples(st.just("publish"), st.booleans(), TRAITS),
    st.tuples(st.just("publish"), st.booleans(), st.just({})),
    st.tuples(st.just("publish"), st.booleans(), st.just({})),
    st.tuples(st.just("subscribe"), st.integers(1, 4), st.integers(0, 1)),
    st.tuples(st.sampled_from(["get", "get", "purge", "give_back_what_was_got"])),
    st.tuples(st.sampled_from(["acknowledge", "acknowledge", "give_back"]), st.integers(0, 2)),
    st.tuples(st.just("pass_time"), st.sampled_from([0.5, 1.0, 2.0])),
)
OPTIONS = st.sampled_from([{}, {}, {"x-max-priority": 2}, {"x-message-ttl": 2000}])


@pytest.fixture(scope="module", autouse=True)
def narrow_window():
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(queue_module, "WINDOW", 2)
        yield


@given(st.lists(ACTIONS, min_size=30, max_size=80), OPTIONS)
@settings(deadline=None)
def test_nobody_can_tell_where_messages_are(actions, options):
    queues = InMemory(**options), OnDisk(**options)
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
    queues[1].check_what_is_kept()
