"""Octets of what waits on disk: each message counted once, whatever happens meanwhile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.policies import Applied
from leveret.broker.queues import queue as queue_module
from leveret.broker.queues import ruled
from leveret.broker.queues import tally as tally_module
from leveret.broker.queues.tally import OnDisk, Tally
from tests.broker.domain import HandAgenda, message, paging, publish_stored, queue
from tests.broker.fake_storage import FakeEngine

NUMBER = 7


class Store:
    """Answers a read when a test says so."""

    def __init__(self, *bodies):
        self.messages = {}
        for body in bodies:
            kept = message(body)
            self.messages[kept.position] = kept
        self.asked = []

    @property
    def positions(self):
        return list(self.messages)

    def read(self, positions, take, _queue):
        self.asked.append((list(positions), take))

    def answer(self):
        positions, take = self.asked.pop(0)
        take([self.messages[each] for each in positions if each in self.messages])


@pytest.fixture
def parts_of_two(monkeypatch):
    monkeypatch.setattr(tally_module, "PART_MAX", 2)


@pytest.mark.usefixtures("parts_of_two")
def test_all_is_counted_part_by_part():
    store, counted = Store("1", "22", "333"), []
    tally = Tally([OnDisk(0, store, store.positions)], counted.append)
    store.answer()
    assert (counted, tally.is_done) == ([3], False)
    store.answer()
    assert (counted, tally.is_done) == ([3, 3], True)


def test_nothing_on_disk_is_nothing_to_count():
    assert Tally([], lambda _octets: None).is_done


@pytest.mark.usefixtures("parts_of_two")
def test_what_is_taken_before_it_is_counted_is_never_counted():
    store, counted = Store("1", "22", "333"), []
    tally = Tally([OnDisk(0, store, store.positions)], counted.append)
    first, _second, third = store.messages.values()
    assert tally.passes(0, first)
    assert tally.passes(0, third)
    assert not tally.passes(0, third), "it came back and was counted then"
    store.answer()
    assert (counted, tally.is_done) == ([2], True)
    assert not tally.passes(0, first)


def test_what_never_was_on_disk_is_none_of_its_business():
    earlier = message("earlier")
    store = Store("1")
    tally = Tally([OnDisk(3, store, store.positions)], lambda _octets: None)
    assert not tally.passes(3, message("later"))
    assert not tally.passes(5, earlier)


def test_what_is_known_is_not_counted_again():
    store, counted = Store("1", "22"), []
    tally = Tally([OnDisk(0, store, store.positions)], counted.append)
    known = store.messages[store.positions[0]]
    tally.know(known)
    assert not tally.passes(0, known)
    store.answer()
    assert counted == [2]


def test_an_ended_tally_counts_nothing_any_more():
    store, counted = Store("1"), []
    tally = Tally([OnDisk(0, store, store.positions)], counted.append)
    tally.end()
    store.answer()
    assert (counted, tally.is_done) == ([], True)


# In a queue -----------------------------------------------------------------------------------


def limited(engine, agenda, **arguments):
    table = {f"x-{name.replace('_', '-')}": value for name, value in arguments.items()}
    return queue(agenda=agenda, number=NUMBER, paging=paging(engine), durable=True, arguments=table)


@given(
    sizes=st.lists(st.integers(0, 9), max_size=12),
    takes=st.lists(st.sampled_from(["take", "return", "turn"]), max_size=20),
    priorities=st.lists(st.integers(0, 3), min_size=12, max_size=12),
    is_ranked=st.booleans(),
)
def test_after_a_start_a_limit_by_octets_comes_to_the_truth(sizes, takes, priorities, is_ranked):
    agenda = HandAgenda()
    engine = FakeEngine(agenda)
    arguments = {"max_length_bytes": 1000} | ({"max_priority": 2} if is_ranked else {})
    before = limited(engine, agenda, **arguments)
    for size, priority in zip(sizes, priorities, strict=False):
        publish_stored(engine.messages, "x" * size, before, priority=priority)
    agenda = HandAgenda()
    engine = engine.restarted(agenda)
    after = limited(engine, agenda, **arguments)
    after.recover(engine.messages.recovered(NUMBER))
    out = []
    for step in takes:
        if step == "turn":
            agenda.pass_time(0.1)
        elif step == "return":
            after.requeue([out.pop()] if out else [])
        elif (taken := after.get()) is not None:
            out.append(taken[0])
    agenda.pass_time(1)
    assert after.limit.octets == sum(sizes) - sum(each.body_bytes for each in out)


def test_a_limit_that_comes_with_a_policy_counts_what_is_on_disk(monkeypatch):
    for module in (queue_module, ruled):
        monkeypatch.setattr(module, "WINDOW", 2)
    agenda = HandAgenda()
    engine = FakeEngine(agenda)
    jobs = limited(engine, agenda)
    for _ in range(5):
        publish_stored(engine.messages, "xx", jobs)
    jobs.follow(Applied("p", None, {"max-length-bytes": 6}))
    assert jobs.limit.octets == 4
    agenda.pass_time(1)
    assert (jobs.limit.octets, jobs.ready.count) == (6, 3)
    assert len(engine.messages.kept) == 3
