"""The ports of a broker in a cluster, and what each node's own engine hears."""

import asyncio

import pytest

from leveret.broker.changes import (
    ExchangeDeclared,
    ExchangeDeleted,
    QueueDeclared,
    QueueDeleted,
    StreamGrew,
    VhostAdded,
    VhostRemoved,
)
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.streams.outline import Outline
from leveret.cluster.metadata.catalogue import OwnThings
from leveret.cluster.metadata.changes import QueueHoused
from tests.broker.domain import Subscriber
from tests.broker.fake_storage import FakeCatalogue, FakeDurability
from tests.broker.furnished import furnish
from tests.cluster.metadata.test_ledger import ledger_of
from tests.cluster.metadata.test_pen import done, scene_of
from tests.cluster.metadata.world import picture

DURABLE = QueueOptions(durable=True)
DELAYED = ExchangeOptions(durable=True, arguments={"x-delayed-type": "topic"})


def test_a_furnished_broker_is_the_same_on_every_node():
    async def act(_world, hare, mouse, vole):
        await done(hare, furnish)
        await asyncio.sleep(1)
        # What is not durable as well: all nodes use it.
        assert "passing" in vole.broker.vhosts["/"].queues
        assert "mine" in vole.broker.vhosts["/"].queues
        assert picture(mouse.broker) == picture(hare.broker) == picture(vole.broker)

    scene_of(act)


def test_queues_of_different_nodes_have_different_numbers():
    async def act(_world, *nodes):
        for node in (*nodes, *nodes):
            await done(node, lambda broker: broker.add_vhost("/"))
            name = f"{node.name}-{len(node.broker.vhosts['/'].queues)}"
            await done(node, lambda broker, name=name: create(broker, name))
        numbers = [each.number for each in nodes[0].broker.vhosts["/"].queues.values()]
        assert sorted(numbers) == sorted(set(numbers))
        assert len(numbers) >= 5

    scene_of(act)


def create(broker, name):
    broker.vhosts["/"].create_queue(name, DURABLE, None)


def test_a_queue_is_kept_by_the_engine_of_its_home_alone():
    async def act(_world, hare, mouse, _vole):
        await done(hare, lambda broker: broker.add_vhost("/"))
        queue = await done(
            mouse, lambda broker: broker.vhosts["/"].create_queue("q", DURABLE, None)
        )
        await asyncio.sleep(1)
        assert mouse.engine.catalogue.changes == [QueueDeclared(queue.number, "/", "q", DURABLE)]
        assert hare.engine.catalogue.changes == []
        assert hare.copy.ledger.home_of("/", "q") == "mouse"
        # Deleted by whoever.
        await done(hare, lambda broker: broker.vhosts["/"].remove_queue(queue_of(broker)))
        await asyncio.sleep(1)
        assert mouse.engine.catalogue.changes[1:] == [QueueDeleted(queue.number, "/", "q")]

    scene_of(act)


def queue_of(broker):
    return broker.vhosts["/"].queue("q")


def test_a_queue_is_where_it_was_chosen_to_be():
    async def act(_world, hare, mouse, _vole):
        hare.catalogue.house = lambda _declared: QueueHoused("/", "q", "mouse")
        await done(
            hare, lambda broker: broker.add_vhost("/").create_queue("q", DURABLE, None) and 1
        )
        await asyncio.sleep(1)
        assert mouse.copy.ledger.home_of("/", "q") == "mouse"
        assert len(mouse.engine.catalogue.changes) == 1
        assert hare.engine.catalogue.changes == []

    scene_of(act)


def test_what_is_loaded_is_what_the_log_says():
    async def act(_world, hare, mouse, _vole):
        await done(hare, furnish)
        await asyncio.sleep(1)
        loaded = [*mouse.catalogue.load()]
        assert VhostAdded("/") in loaded
        assert not [each for each in loaded if isinstance(each, QueueHoused)]
        told = [each for each in mouse.copy.ledger.changes() if not isinstance(each, QueueHoused)]
        assert loaded == told

    scene_of(act)


def test_a_demand_is_counted_for_whatever_is_committed():
    async def act(_world, hare, _mouse, _vole):
        durability, before = hare.catalogue.durability, hare.catalogue.durability.demands
        await done(hare, lambda broker: broker.add_vhost("/") and None)
        assert durability.demands > before
        assert hare.catalogue.is_writable

    scene_of(act)


# Own things --------------------------------------------------------------------------------------


@pytest.fixture
def engine():
    return FakeCatalogue(FakeDurability())


def own_of(engine, *changes):
    own = OwnThings("hare", engine)
    for each in changes:
        own.keep(each)
    return own


HERE = (QueueHoused("/", "q", "hare"), QueueDeclared(3, "/", "q", DURABLE))
THERE = (QueueHoused("/", "p", "mouse"), QueueDeclared(4, "/", "p", DURABLE))
GREW = StreamGrew(3, "/", "q", Outline(0, 9, 8, 100, 1))
EXCHANGE = ExchangeDeclared("/", "later", "x-delayed-message", DELAYED, 5)


def test_the_engine_hears_of_what_it_keeps_messages_for(engine):
    passing = (QueueHoused("/", "r", "hare"), QueueDeclared(0, "/", "r", QueueOptions()))
    plain = ExchangeDeclared("/", "logs", "topic", ExchangeOptions(True))
    own_of(engine, VhostAdded("/"), *HERE, *THERE, *passing, plain, EXCHANGE, GREW)
    assert engine.changes == [HERE[1], EXCHANGE, GREW]


def test_the_engine_hears_once_that_something_went(engine):
    gone = QueueDeleted(3, "/", "q")
    own = own_of(engine, *HERE, EXCHANGE, QueueDeleted(4, "/", "p"), gone, gone)
    own.keep(ExchangeDeleted("/", "logs"))
    own.keep(ExchangeDeleted("/", "later"))
    assert engine.changes[2:] == [gone, ExchangeDeleted("/", "later")]


def test_with_a_vhost_goes_all_of_it(engine):
    own = own_of(engine, *HERE, EXCHANGE, VhostRemoved("/"))
    own.keep(QueueDeleted(3, "/", "q"))
    assert engine.changes[2:] == [VhostRemoved("/")]


def test_after_a_start_nothing_is_said_twice(engine):
    own_of(engine, *HERE, EXCHANGE)
    before = list(engine.changes)
    own_of(engine, *HERE, *THERE, EXCHANGE)
    assert engine.changes == before


def test_after_a_start_another_queue_of_the_name_takes_the_place(engine):
    own_of(engine, *HERE)
    other = QueueDeclared(9, "/", "q", DURABLE)
    own_of(engine, HERE[0], other)
    assert engine.changes[1:] == [QueueDeleted(3, "/", "q"), other]


def test_what_went_while_the_node_was_down_is_dropped_at_the_start(engine):
    own_of(engine, *HERE, EXCHANGE, GREW)
    own = OwnThings("hare", engine)
    own.drop_strays(ledger_of([VhostAdded("/"), *THERE]).changes())
    assert engine.changes[3:] == [QueueDeleted(3, "/", "q"), ExchangeDeleted("/", "later")]


def test_what_is_in_a_log_is_none_of_the_engines(engine):
    own_of(engine, QueueHoused("/", "q", "hare", "q3.1", ("hare", "mouse")), HERE[1])
    assert engine.changes == []


def test_a_queue_that_moves_here_is_known_before_its_first_message_comes(engine):
    own = own_of(engine, QueueHoused("/", "q", "hare", "q3.1", ("hare", "mouse")), HERE[1])
    own.expect(HERE[1])
    own.expect(HERE[1])
    own.keep(HERE[0])
    assert engine.changes == [HERE[1]]


def test_a_queue_that_moves_away_is_known_until_it_has_moved_for_sure(engine):
    own = own_of(engine, *HERE)
    own.keep(QueueHoused("/", "q", "hare", "q3.1", ("hare", "mouse")))
    assert engine.changes == [HERE[1]]
    own.let_go("/", "q")
    own.let_go("/", "q")
    assert engine.changes == [HERE[1], QueueDeleted(3, "/", "q")]


@pytest.mark.parametrize(
    "housed",
    [QueueHoused("/", "q", "hare", "q3.1", ("hare", "mouse")), QueueHoused("/", "q", "mouse")],
)
def test_what_moved_away_in_the_end_is_dropped_at_the_start(engine, housed):
    own_of(engine, *HERE)
    own = OwnThings("hare", engine)
    own.drop_strays(ledger_of([VhostAdded("/"), *HERE, housed]).changes())
    assert engine.changes == [HERE[1], QueueDeleted(3, "/", "q")]


def test_what_is_there_still_is_not_dropped(engine):
    own_of(engine, *HERE, EXCHANGE, GREW)
    own = OwnThings("hare", engine)
    own.drop_strays(ledger_of([VhostAdded("/"), *HERE, EXCHANGE]).changes())
    assert len(engine.changes) == 3
    assert list(own.streams()) == [GREW]


# What nobody asked for --------------------------------------------------------------------------


def test_a_queue_that_ends_by_itself_ends_on_every_node_when_the_pen_has_come():
    async def act(_world, hare, mouse, vole):
        options = QueueOptions(durable=True, auto_delete=True)
        queue = await done(
            hare, lambda broker: broker.add_vhost("/").create_queue("q", options, None)
        )
        consumer = Subscriber(queue)
        queue.subscribe(consumer)
        await done(mouse, lambda broker: broker.add_vhost("other"))
        assert not hare.pen.is_held
        queue.unsubscribe(consumer)
        hare.agenda.run()
        assert "q" in hare.broker.vhosts["/"].queues
        await asyncio.sleep(1)
        for node in (hare, mouse, vole):
            assert "q" not in node.broker.vhosts["/"].queues

    scene_of(act)


def test_what_nobody_asked_for_is_done_however_long_it_takes():
    async def act(world, hare, _mouse, vole):
        world.engine.split(("hare",))
        hare.catalogue.insist(lambda: hare.broker.parameters.set_global("a", 1))
        await asyncio.sleep(60)
        world.engine.heal()
        await asyncio.sleep(15)
        assert vole.broker.parameters.globals == {"a": 1}

    scene_of(act)
