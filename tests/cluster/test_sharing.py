"""What two applications share, over logs and links in memory."""

import asyncio
import secrets

import pytest

from leveret.broker.broker import Broker
from leveret.broker.changes import QueueDeclared, VhostAdded
from leveret.broker.policies import Policy
from leveret.broker.queues.queue import Queue, QueueOptions
from leveret.cluster.links.memory import MemoryNetwork
from leveret.cluster.members.file import write_roll
from leveret.cluster.members.roll import MembershipRefused, Place, found
from leveret.cluster.memory_log import MemoryEngine
from leveret.cluster.metadata.changes import QueueHoused, RollSet
from leveret.cluster.ports import NoMajority
from leveret.cluster.remote.queue import RemoteQueue
from leveret.cluster.sharing import Sharing
from tests.broker.domain import HandAgenda
from tests.broker.fake_storage import FakeEngine
from tests.cluster.metadata.world import NODES, play

PLACE = Place("127.0.0.1", 1, 2)
ROLL = found("c", NODES[0], PLACE).with_member(NODES[1], PLACE).with_member(NODES[2], PLACE)
BEGINNING = (
    RollSet(write_roll(ROLL)),
    VhostAdded("/"),
    QueueHoused("/", "jobs", NODES[0]),
    QueueDeclared(1, "/", "jobs", QueueOptions(durable=True)),
)


class Application:
    """One node's: what is shared, and a broker on it."""

    def __init__(self, world, name):
        self.engine = FakeEngine(HandAgenda())
        self.logs = world.engine.logs_of(name)
        self.sharing = Sharing(ROLL, name, world.network.links_of(name), self.engine.storage)
        self.lost = []
        self.sharing.on_lost = lambda: self.lost.append(name)

    async def start(self, beginning=()):
        await self.sharing.begin(self.logs)
        if beginning:
            await self.sharing.found(beginning)
        await self.sharing.catch_up()
        agenda = self.engine.agenda.hand
        self.broker = Broker(agenda, secrets.token_bytes, storage=self.sharing.storage)
        self.sharing.furnish(self.broker)
        self.sharing.follow()
        return self

    @property
    def queues(self):
        return self.broker.vhosts["/"].queues


class World:
    def __init__(self):
        self.engine = MemoryEngine(NODES)
        self.network = MemoryNetwork()

    async def start(self):
        hare = await Application(self, NODES[0]).start(BEGINNING)
        mouse = await Application(self, NODES[1]).start()
        await asyncio.sleep(1)
        return hare, mouse


@pytest.fixture
def run():
    def run(scene):
        async def whole():
            world = World()
            applications = await world.start()
            await scene(world, *applications)
            for each in applications:
                await each.sharing.end()

        play(whole())

    return run


def test_what_was_one_nodes_is_everybodys(run):
    async def scene(_world, hare, mouse):
        assert not isinstance(hare.queues["jobs"], RemoteQueue)
        assert isinstance(mouse.queues["jobs"], RemoteQueue)
        assert mouse.queues["jobs"].is_up

    run(scene)


def test_what_one_writes_happens_on_the_other(run):
    async def scene(_world, hare, mouse):
        def declare():
            mouse.broker.vhosts["/"].create_queue("mail", QueueOptions(durable=True), None)

        await mouse.sharing.write(declare)
        await asyncio.sleep(1)
        assert isinstance(hare.queues["mail"], RemoteQueue)
        assert hare.queues["mail"].home == NODES[1]

    run(scene)


def test_what_a_writer_refuses_it_is_told(run):
    async def scene(_world, hare, _mouse):
        def refuse():
            raise LookupError("no such thing")

        with pytest.raises(LookupError, match="no such thing"):
            await hare.sharing.write(refuse)

    run(scene)


def test_the_roll_is_the_same_on_all(run):
    async def scene(_world, hare, mouse):
        rolls = []
        hare.sharing.on_roll = rolls.append
        await mouse.sharing.change_roll(lambda roll: roll.without(NODES[2]))
        await asyncio.sleep(1)
        assert rolls == [mouse.sharing.roll]
        assert mouse.sharing.roll.nodes == NODES[:2]
        with pytest.raises(MembershipRefused):
            await hare.sharing.change_roll(lambda roll: roll.without(NODES[2]))

    run(scene)


def test_a_transient_queue_with_copies_is_gone_when_who_led_it_starts_anew(run):
    async def scene(world, hare, mouse):
        def declare():
            mouse.broker.parameters.set_policy("/", Policy("p", "", {"ha-mode": "all"}))
            for options in (QueueOptions(), QueueOptions(durable=True)):
                mouse.broker.vhosts["/"].create_queue(f"{options.durable}", options, None)

        await mouse.sharing.write(declare)
        await asyncio.sleep(1)
        assert isinstance(mouse.queues["False"], Queue)
        await mouse.sharing._chores.end()
        world.network.kill(NODES[1])
        await hare.sharing.write(lambda: None)
        world.network.hold(*NODES[:2])
        again = await Application(world, NODES[1]).start()
        await asyncio.sleep(1)
        # It leads the queue again before it has the pen.
        assert isinstance(again.queues["False"], Queue)
        world.network.release()
        await asyncio.sleep(5)
        assert set(again.queues) == set(hare.queues) == {"jobs", "True"}
        assert isinstance(again.queues["True"], Queue)
        await again.sharing.end()

    run(scene)


def test_who_is_struck_off_takes_its_queues_along(run):
    async def scene(_world, hare, mouse):
        await mouse.sharing.strike_off(NODES[0])
        await asyncio.sleep(1)
        assert not mouse.queues
        assert not hare.queues
        assert mouse.sharing.roll.nodes == NODES[1:]

    run(scene)


def test_without_a_majority_nothing_is_written(run):
    async def scene(world, hare, mouse):
        # Whoever has the pen keeps it; the other one asks in vain.
        await mouse.sharing.write(lambda: None)
        world.engine.split(NODES[:1], NODES[1:])
        world.network.isolate(NODES[0])
        with pytest.raises(NoMajority):
            await hare.sharing.write(lambda: None)
        world.engine.heal()
        world.network.heal()

    run(scene)
