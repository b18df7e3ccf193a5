"""The way to the catalogue: what is committed, and who waits until it is safe."""

import pytest

from leveret.broker.changes import UserRemoved, VhostAdded, VhostRemoved
from leveret.broker.keeper import Keeper
from leveret.broker.memory import MEMORY
from tests.broker.fake_storage import FakeEngine

THING = ("vhost", "/")


@pytest.fixture
def engine(agenda):
    return FakeEngine(agenda, first_queue_number=7)


@pytest.fixture
def keeper(engine):
    return Keeper(engine.storage)


@pytest.fixture
def waits(engine, keeper):
    """Whether whoever is told of a thing now has to wait."""

    def waits(thing=THING):
        demands = engine.durability.demands
        keeper.vouch_for(thing)
        return engine.durability.demands > demands

    return waits


def test_what_is_committed_reaches_the_catalogue_in_order(engine, keeper):
    changes = [VhostAdded("/"), VhostAdded("other")]
    for change in changes:
        keeper.commit(("vhost", change.name), change)
    assert engine.catalogue.changes == changes


def test_queue_numbers_begin_where_the_engine_says(keeper):
    assert [keeper.next_queue_number() for _ in range(3)] == [7, 8, 9]


def test_queues_of_a_broker_that_keeps_nothing_have_no_number():
    keeper = Keeper(MEMORY)
    keeper.commit(THING, VhostAdded("/"))
    keeper.vouch_for(THING)
    assert [keeper.next_queue_number() for _ in range(3)] == [0, 0, 0]
    assert MEMORY.durability.demands == 0


def test_nobody_waits_for_what_has_not_changed(waits):
    assert not waits()


def test_whoever_hears_of_a_change_waits_until_it_is_safe(engine, keeper, waits):
    keeper.commit(THING, VhostAdded("/"))
    assert waits()
    assert not waits(("user", "ada"))
    engine.durability.sync()
    assert not waits()


def test_a_later_change_of_the_same_thing_is_waited_for_too(engine, keeper, waits):
    keeper.commit(THING, VhostAdded("/"))
    _batch, settle_the_first = engine.durability.actions.pop()
    keeper.commit(THING, VhostRemoved("/"))
    settle_the_first()
    assert waits()
    engine.durability.sync()
    assert not waits()


def test_different_things_with_one_name_do_not_meet(keeper, waits):
    keeper.commit(("user", "/"), UserRemoved("/"))
    assert not waits()


def test_a_number_that_another_node_gave_is_not_given_again(keeper):
    assert keeper.next_queue_number() == 7
    keeper.take_number(40)
    keeper.take_number(20)
    assert keeper.next_queue_number() == 41
