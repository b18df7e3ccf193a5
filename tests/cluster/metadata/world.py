"""Three nodes in one process, a loop whose clock runs as fast as it can, and faults by a seed.

Each node is a real broker on a SharedCatalogue, over the replicated log in memory. Clients of each
node change things; `World.check` says what has to hold whatever happened:

* all copies end the same, and each broker is what its ledger says;
* what was answered is in all of them;
* whoever counts under the pen counts every number once, in the order of the answers;
* the ordinals of the log are without gap: no two writers' records count both.
"""

import asyncio
import random
from dataclasses import replace
from itertools import count

from leveret.broker.bindings import Binding
from leveret.broker.broker import Broker
from leveret.broker.errors import Refused
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.policies import Policy
from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.memory_log import MemoryEngine
from leveret.cluster.metadata.catalogue import OwnThings, SharedCatalogue
from leveret.cluster.metadata.codec import encode, ordinal_of
from leveret.cluster.metadata.copying import Copy
from leveret.cluster.metadata.follower import AllHere, Follower
from leveret.cluster.metadata.pen import Name, Pen, Unanswered
from leveret.cluster.metadata.reading import Reading
from leveret.cluster.metadata.writing import Writing
from leveret.cluster.ports import FENCE, NoMajority
from tests.broker.domain import HandAgenda, random_bytes
from tests.broker.fake_storage import FakeEngine
from tests.broker.furnished import ends
from tests.cluster.skipping import SkippingLoop

NODES = ("hare", "mouse", "vole")
ASK_S = 1.0


def play(scene):
    """Run a scene to its end."""
    loop = SkippingLoop()
    try:
        return loop.run_until_complete(scene)
    finally:
        loop.close()


class Chores:
    """A node's tasks, which end with it."""

    def __init__(self):
        self.running = set()

    def start(self, task):
        running = asyncio.get_running_loop().create_task(task)
        self.running.add(running)
        running.add_done_callback(self._ended)

    def _ended(self, task):
        self.running.discard(task)
        if not task.cancelled():
            task.result()

    def later(self, delay_s, action):
        asyncio.get_running_loop().call_later(delay_s, action)

    def pause(self, delay_s):
        return asyncio.sleep(delay_s)

    async def end(self):
        running = list(self.running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


class NodePost:
    """A node's way to the pens of others."""

    def __init__(self, world, node):
        self._world = world
        self._node = node

    async def ask(self, node):
        answer = asyncio.get_running_loop().create_future()
        loop = asyncio.get_running_loop()

        def hear(where):
            if self._world.reaches(node, self._node) and not answer.done():
                loop.call_later(self._world.delay(), set_once, where)

        def set_once(where):
            if not answer.done():
                answer.set_result(where)

        def arrive():
            if self._world.reaches(self._node, node):
                self._world.nodes[node].pen.asked(self._node, hear)

        loop.call_later(self._world.delay(), arrive)
        try:
            async with asyncio.timeout(ASK_S):
                return await answer
        except TimeoutError:
            raise Unanswered from None


class Node:
    """One life of one node."""

    def __init__(self, world, name, log):
        self.name = name
        self.log = log
        self.chores = Chores()
        self.agenda = HandAgenda()
        self.copy = Copy(self._follow)
        self.copy.is_checking = True
        self.writing = Writing(log, self.copy, asyncio.get_running_loop().call_soon)
        self.writing.snapshot_records_min = world.snapshot_records_min
        self.writing.snapshot_growth = 0
        self.writing.on_lost = lambda: world.lost.append(name)
        self.reading = Reading(log, self.copy)
        names = Name(name, f"life{next(world.lives)}.")
        self.pen = Pen(names, self.reading, self.writing, NodePost(world, name), self.chores)
        log.on_stalled(self.pen.stalled)
        self.engine = FakeEngine(self.agenda)
        self.own = OwnThings(name, self.engine.catalogue)
        self.catalogue = SharedCatalogue(self.pen, self.writing, self.copy, self.own, name)
        storage = replace(
            self.engine.storage,
            catalogue=self.catalogue,
            durability=self.catalogue.durability,
            is_shared=True,
            when_writable=self.catalogue.insist,
            pen=self.catalogue,
        )
        self.broker = Broker(self.agenda.hand, random_bytes(), storage=storage)
        self.broker.node = name
        self.follower = Follower(self.broker, AllHere(), self.own.keep)

    def _follow(self, changes):
        self.follower.apply(changes)

    def start(self):
        self.chores.start(self.reading.follow())

    def want(self, act, answered, gave_up=lambda: None):
        """A client's request: act with the pen, answer when it is safe."""

        def perform():
            result = act(self.broker)
            self.catalogue.durability.when_durable(lambda: answered(result))

        self.catalogue.when_writable(perform, gave_up)


class World:
    """nodes: those that are up. answered: what clients were told, in order."""

    def __init__(self, seed=0, snapshot_records_min=1000):
        self.chance = random.Random(seed)
        self.engine = MemoryEngine(NODES, random.Random(seed + 1))
        self.snapshot_records_min = snapshot_records_min
        self.nodes = {}
        self.answered = []
        self.gave_up = 0
        self.lost = []
        self.lives = count(1)
        self.marks = count(1)

    def delay(self):
        return 0.0005 * self.chance.expovariate(1.0)

    def reaches(self, one, other):
        return one in self.nodes and other in self.nodes and other in self.engine.seen_by(one)

    async def boot(self, name):
        logs = self.engine.logs_of(name)
        while True:
            try:
                log = await logs.open("metadata", 3)
                break
            except NoMajority:
                await asyncio.sleep(0.1)
        node = self.nodes[name] = self.new_node(name, log)
        node.start()
        return node

    def new_node(self, name, log):
        return Node(self, name, log)

    async def boot_all(self):
        """Those that are down. One alone would wait for another."""
        await asyncio.gather(*(self.boot(each) for each in NODES if each not in self.nodes))

    async def begin(self):
        for name in NODES:
            await self.boot(name)
        return [self.nodes[name] for name in NODES]

    async def kill(self, name):
        self.engine.kill(name)
        await self.nodes.pop(name).chores.end()

    # What clients do ---------------------------------------------------------------------------

    def count_up(self, node, mark=None):
        """A client counts: reads a number and writes the next, and makes something besides."""
        mark, step = mark or next(self.marks), self.chance.choice(STEPS)
        names = [self.chance.choice("abc") for _ in range(3)]

        def act(broker):
            number = broker.parameters.globals.get(f"mark-{mark}", 0)
            if number:
                return number
            number = broker.parameters.globals.get("count", 0) + 1
            broker.parameters.set_global("count", number)
            broker.parameters.set_global(f"mark-{mark}", number)
            try:
                step(broker, *names)
            except Refused:
                """It was not there, or was there and other."""
            return number

        def answered(number):
            self.answered.append((mark, number))

        node.want(act, answered, self._count_give_up)

    def _count_give_up(self):
        self.gave_up += 1

    # What has to hold --------------------------------------------------------------------------

    async def settle(self):
        """No more faults; every node gets the pen once and reads all there is."""
        self.engine.heal()
        await self.boot_all()
        for name in NODES:
            # What is said right after the faults may be lost: a client says it again.
            for _ in range(6):
                self.count_up(self.nodes[name], name)
                await asyncio.sleep(15)
                if self.answered[-1][0] == name:
                    break
            assert self.answered[-1][0] == name, "with all nodes well, nothing is answered"
        await asyncio.sleep(1)
        for node in self.nodes.values():
            node.agenda.run()

    def check(self):
        nodes = list(self.nodes.values())
        pictures = [picture(each.broker) for each in nodes]
        ledgers = [sorted(map(encode, each.copy.ledger.changes())) for each in nodes]
        for each in (pictures, ledgers):
            assert each.count(each[0]) == len(nodes)
        assert all(node.copy.is_whole for node in nodes)
        globals_ = nodes[0].broker.parameters.globals
        for mark, number in self.answered:
            assert globals_.get(f"mark-{mark}") == number, f"answered, and lost: {mark}"
        counted = [value for name, value in globals_.items() if name.startswith("mark-")]
        assert sorted(counted) == list(range(1, globals_.get("count", 0) + 1))
        kept = self.engine.logs["metadata"].records
        ordinals = [ordinal_of(each.octets) for each in kept if each.kind != FENCE]
        assert ordinals == list(range(ordinals[0], ordinals[0] + len(ordinals)))

    async def end(self):
        for name in list(self.nodes):
            await self.nodes.pop(name).chores.end()


def picture(broker):
    """A broker, in no order."""
    things = [
        (vhost.name, vhost.metadata, vhost.limits, sorted(vhost.policies.user.by_name))
        for vhost in broker.vhosts.values()
    ]
    for vhost in broker.vhosts.values():
        for each in (*vhost.exchanges.values(), *vhost.queues.values()):
            numbered = getattr(each, "number", 0)
            things.append((vhost.name, each.kind, each.name, each.options, numbered, each.policy))
        for exchange in vhost.exchanges.values():
            things += [ends(each) for each in exchange.bindings]
            arriving = [each for each in exchange.bindings if each in vhost.bindings]
            assert arriving == exchange.bindings
    things += [*broker.permissions, *broker.users, *broker.parameters.all()]
    return sorted(map(repr, things)), dict(broker.parameters.globals)


# What clients do besides counting ----------------------------------------------------------------


def declare_queue(broker, name, other, _third):
    vhost = broker.add_vhost("/")
    if name not in vhost.queues:
        vhost.create_queue(name, QueueOptions(durable=other != "a"), None)


def delete_queue(broker, name, _other, _third):
    vhost = broker.add_vhost("/")
    vhost.remove_queue(vhost.queue(name))


def declare_exchange(broker, name, kind, _third):
    kinds = {"a": "fanout", "b": "direct", "c": "topic"}
    options = ExchangeOptions(durable=kind != "a", auto_delete=kind == "c")
    broker.add_vhost("/").declare_exchange(name, kinds[kind], options)


def delete_exchange(broker, name, _other, _third):
    broker.add_vhost("/").delete_exchange(name, if_unused=False)


def bind(broker, source, name, key):
    vhost = broker.add_vhost("/")
    vhost.bind(Binding(vhost.exchange(source), vhost.queue(name), key))


def unbind(broker, source, name, key):
    vhost = broker.add_vhost("/")
    vhost.unbind(Binding(vhost.exchange(source), vhost.queue(name), key))


def bind_exchange(broker, source, name, key):
    vhost = broker.add_vhost("/")
    vhost.bind(Binding(vhost.exchange(source), vhost.exchange(name), key))


def set_policy(broker, name, pattern, vhost):
    broker.add_vhost(f"/{vhost}")
    for each in ("/", f"/{vhost}"):
        broker.parameters.set_policy(each, Policy(name, pattern, {"max-length": 9}))


def clear_policy(broker, name, _pattern, vhost):
    broker.parameters.clear_policy(f"/{vhost}", name)


def add_user(broker, name, tag, vhost):
    broker.users.add(name, "secret", frozenset({tag}))
    broker.add_vhost(f"/{vhost}")
    broker.set_permission(name, f"/{vhost}")


def remove_user(broker, name, _other, _third):
    broker.remove_user(name)


def remove_vhost(broker, name, _other, _third):
    broker.remove_vhost("/" if name == "a" else f"/{name}")


STEPS = (
    declare_queue,
    declare_queue,
    delete_queue,
    declare_exchange,
    declare_exchange,
    delete_exchange,
    bind,
    bind,
    unbind,
    bind_exchange,
    set_policy,
    clear_policy,
    add_user,
    remove_user,
    remove_vhost,
)
