"""Three nodes that mirror queues: real brokers on shared metadata, logs in memory, and faults by a
seed; stores and what stands for queues are stand-ins.

`World.check` says what has to hold whatever happened: each queue is where all nodes say it is, and
as its policy wants it; one node serves it; what was confirmed is in it.
"""

import asyncio
from itertools import count

from leveret.broker.policies import Policy
from leveret.broker.queues.queue import Queue, QueueOptions
from leveret.broker.streams.stream import Stream
from leveret.cluster.metadata.changing import Changing
from leveret.cluster.metadata.follower import Follower
from leveret.cluster.metadata.pen import END
from leveret.cluster.mirroring.mirroring import Mirroring
from leveret.cluster.mirroring.ports import Around
from leveret.cluster.mirroring.wanted import Locators
from leveret.cluster.ports import Deposed, NoMajority
from tests.cluster.metadata import world as metadata
from tests.cluster.metadata.world import NODES
from tests.cluster.mirroring.stand_ins import Shelf, Stands

LOST_AFTER_S = 5.0


class Living:
    """The port Liveness: who is reached, and who was not for a while."""

    def __init__(self, world, node):
        self._world, self._node = world, node
        self._actions = []
        self.living = frozenset(NODES)
        self.aside = frozenset()
        self.has_majority = True

    def on_change(self, action):
        self._actions.append(action)

    def set_aside(self, *nodes):
        self.aside = frozenset(nodes)
        for action in self._actions:
            action()

    def look(self):
        seen = frozenset(self._world.engine.seen_by(self._node))
        if seen != self.living:
            self.living, self.has_majority = seen, len(seen) > 1
            for action in self._actions:
                action()


class Node(metadata.Node):
    """One life of a node."""

    def __init__(self, world, name, log):
        super().__init__(world, name, log)
        self._world = world
        self.is_furnished = False
        self.living = Living(world, name)
        self.shelf = Shelf(world.disks.setdefault(name, {}))
        self.logs = world.logs[name]
        changing = Changing(self.catalogue)
        self.writing.on_lost = changing.lost
        self.stands = Stands(name)
        self.mirroring = Mirroring(
            Around(
                node=name,
                broker=self.broker,
                stand=self.stands,
                logs=self.logs,
                store=self.shelf,
                engine=self.own,
                changing=changing,
                tasks=self.chores,
                liveness=self.living,
                members=lambda: NODES,
                gather=self._gather,
                ask_to_give=self._ask_to_give,
                locators=Locators(),
                choose=world.chance.choice,
                token=lambda: f"{next(world.tokens)}",
            )
        )
        self.catalogue.on_said = self.mirroring.said
        self.catalogue.house = self.mirroring.house
        self.follower = Follower(self.broker, self.stands, self._keep)

    def _follow(self, changes):
        if self.is_furnished:
            super()._follow(changes)

    async def _gather(self, nodes):
        self.gathered = nodes

    async def _ask_to_give(self, leader, place, node):
        self._world.nodes[leader].mirroring.give(place, node)

    def _keep(self, change):
        self.own.keep(change)
        self.mirroring.keep(change)

    def start(self):
        self.chores.start(self._begin())

    async def _begin(self):
        while True:
            try:
                await self.reading.catch_up(END)
                break
            except NoMajority:
                await asyncio.sleep(0.1)
        self.follower.apply(list(self.copy.ledger.changes()))
        self.is_furnished = True
        self.mirroring.begin()
        self.chores.start(self._look())
        await self.reading.follow()

    async def _look(self):
        while True:
            self.living.look()
            await asyncio.sleep(LOST_AFTER_S)

    def queue(self, name):
        return self.broker.vhosts["/"].queues[name]

    def serves(self, name):
        queue = self.broker.vhosts["/"].queues.get(name) if self.broker.vhosts else None
        return queue is not None and isinstance(queue, Queue | Stream)

    def is_paused(self, name):
        return self.queue(name).is_paused

    def publish(self, name, body, safe):
        """As a client of this node would, if the queue is here and served."""
        if not self.serves(name) or self.is_paused(name):
            return
        try:
            self.shelf.append(number_of(self, name), body, safe)
        except Deposed:
            """The client hears that it was not taken."""


def number_of(node, name):
    return node.mirroring.housings.declared["/", name].number


class World(metadata.World):
    """confirmed: bodies by queue."""

    def __init__(self, seed=0):
        super().__init__(seed)
        self.disks, self.logs = {}, {}
        self.tokens = count(1)
        self.confirmed = {}
        self.bodies = count(1)

    def new_node(self, name, log):
        return Node(self, name, log)

    async def boot(self, name):
        logs = self.engine.logs_of(name)
        self.logs[name] = logs
        while True:
            try:
                log = await logs.open("metadata", 3)
                break
            except NoMajority:
                await asyncio.sleep(0.1)
        node = self.nodes[name] = self.new_node(name, log)
        node.start()
        return node

    async def do(self, node, act):
        """A client's request, until it is answered."""
        answered = asyncio.get_running_loop().create_future()

        def answer(result):
            if not answered.done():
                answered.set_result(result)

        node.want(act, answer)
        async with asyncio.timeout(60):
            return await answered

    async def declare(self, node, name, *, durable=True, **arguments):
        options = QueueOptions(durable=durable, arguments=arguments)

        def act(broker):
            vhost = broker.add_vhost("/")
            if name not in vhost.queues:
                vhost.create_queue(name, options, None)
            return 1

        await self.do(node, act)

    async def set_policy(self, node, definition, pattern="^m"):
        def act(broker):
            broker.add_vhost("/")
            broker.parameters.set_policy("/", Policy("p", pattern, definition))
            return 1

        await self.do(node, act)

    def say_policy(self, node, definition, pattern="^m"):
        """The same, and nobody waits for the answer."""

        def act(broker):
            broker.add_vhost("/")
            broker.parameters.set_policy("/", Policy("p", pattern, definition))

        node.want(act, lambda _result: None)

    def publish(self, name):
        body = b"%d" % next(self.bodies)
        kept = self.confirmed.setdefault(name, [])
        for node in self.nodes.values():
            node.publish(name, body, lambda: kept.append(body))

    def housed(self, name):
        """As all nodes that run have it."""
        found = {each.mirroring.housings.housed.get(("/", name)) for each in self.nodes.values()}
        assert len(found) == 1, f"nodes differ: {found}"
        return found.pop()

    def check_queues(self):
        for node in self.nodes.values():
            assert not node.mirroring._tending._due
        nodes = list(self.nodes.values())
        for place in nodes[0].mirroring.housings.declared:
            self._check_queue(place[1])
        named = {each.log for each in nodes[0].mirroring.housings.all if each.log}
        assert self.used_logs == {"metadata"} | named

    @property
    def used_logs(self):
        """All that there are, but for spares."""
        spares = set().union(*(node.mirroring._spares.names for node in self.nodes.values()))
        return set(self.engine.logs) - spares

    def _check_queue(self, name):
        housed = self.housed(name)
        serving = [each for each in self.nodes.values() if each.serves(name)]
        assert [each.name for each in serving] == [housed.node], f"{name} is served elsewhere"
        home = serving[0]
        assert home.mirroring.next_step(housed, home.mirroring.housings.declared["/", name]) is None
        bodies = home.shelf.bodies(number_of(home, name))
        missing = [each for each in self.confirmed.get(name, ()) if each not in bodies]
        assert not missing, f"{name}: confirmed and lost: {missing}"
        assert bool(housed.log) is (number_of(home, name) in home.shelf.logs)
