"""Three nodes over links in memory: who is called living, and when."""

import asyncio

import pytest

from leveret.cluster.chores import Chores
from leveret.cluster.links.memory import MemoryNetwork
from leveret.cluster.members.liveness import GRACE_S, SAY_EVERY_S, Liveness
from tests.cluster.metadata.world import play

NODES = ("hare", "mouse", "vole")
ALL = frozenset(NODES)


class World:
    def __init__(self):
        self.network = MemoryNetwork()
        self.chores = {}
        self.nodes = {}

    def boot(self, name):
        links = self.network.links_of(name)
        chores = self.chores[name] = Chores()
        liveness = self.nodes[name] = Liveness(name, lambda: NODES, links, chores)
        liveness.begin()
        return liveness

    async def kill(self, name):
        self.network.kill(name)
        await self.chores[name].end()
        del self.nodes[name]

    def living(self, name):
        return self.nodes[name].living


@pytest.fixture
def run():
    def run(scene):
        async def whole():
            world = World()
            for name in NODES:
                world.boot(name)
            await asyncio.sleep(1)
            assert [each.living for each in world.nodes.values()] == [ALL] * 3
            await scene(world)
            for chores in world.chores.values():
                await chores.end()

        play(whole())

    return run


def test_one_that_is_killed_is_gone_after_the_grace(run):
    async def scene(world):
        heard = []
        hare = world.nodes["hare"]
        hare.on_change(lambda: heard.append(hare.living))
        await world.kill("vole")
        await asyncio.sleep(GRACE_S * 0.9)
        assert hare.living == ALL
        assert not heard
        await asyncio.sleep(GRACE_S)
        assert heard == [{"hare", "mouse"}]
        assert hare.has_majority
        world.boot("vole")
        await asyncio.sleep(1)
        assert world.living("hare") == ALL

    run(scene)


def test_a_connection_that_is_lost_and_made_anew_is_no_news(run):
    async def scene(world):
        heard = []
        world.nodes["hare"].on_change(lambda: heard.append(1))
        world.network.lose("hare", "mouse")
        await asyncio.sleep(2 * GRACE_S)
        assert not heard
        assert world.living("hare") == ALL

    run(scene)


def test_two_that_do_not_reach_each_other_take_nobody_for_gone(run):
    async def scene(world):
        world.network.cut("hare", "mouse")
        await asyncio.sleep(3 * GRACE_S)
        assert [each.living for each in world.nodes.values()] == [ALL] * 3
        assert [each.has_majority for each in world.nodes.values()] == [True] * 3

    run(scene)


def test_who_is_cut_off_knows_it_before_the_others_call_it_gone(run):
    async def scene(world):
        hare, mouse = world.nodes["hare"], world.nodes["mouse"]
        world.network.isolate("hare")
        await asyncio.sleep(GRACE_S / 2)
        assert not hare.has_majority
        assert mouse.living == ALL
        await asyncio.sleep(GRACE_S)
        assert hare.living == {"hare"}
        assert mouse.living == {"mouse", "vole"}
        world.network.heal()
        await asyncio.sleep(1)
        assert hare.living == mouse.living == ALL
        assert hare.has_majority

    run(scene)


def test_who_is_under_maintenance_is_known_to_all_until_it_comes_back(run):
    async def scene(world):
        heard = []
        world.nodes["hare"].on_change(lambda: heard.append(world.nodes["hare"].aside))
        world.nodes["vole"].set_aside(is_so=True)
        await asyncio.sleep(GRACE_S / 10)
        assert [each.aside for each in world.nodes.values()] == [{"vole"}] * 3
        assert world.living("hare") == ALL
        world.nodes["vole"].set_aside(is_so=False)
        await asyncio.sleep(GRACE_S / 10)
        assert [each.aside for each in world.nodes.values()] == [frozenset()] * 3
        assert heard == [{"vole"}, frozenset()]

    run(scene)


def test_who_comes_later_hears_of_it_and_a_node_that_starts_anew_is_not_under_maintenance(run):
    async def scene(world):
        world.nodes["vole"].set_aside(is_so=True)
        await world.kill("hare")
        await asyncio.sleep(2 * GRACE_S)
        hare = world.boot("hare")
        await asyncio.sleep(1)
        assert hare.aside == {"vole"}
        await world.kill("vole")
        await asyncio.sleep(2 * GRACE_S)
        assert hare.aside == frozenset()
        world.boot("vole")
        await asyncio.sleep(1)
        assert [each.aside for each in world.nodes.values()] == [frozenset()] * 3

    run(scene)


def test_who_cannot_be_reached_is_known_through_others_and_who_can_be_speaks_for_itself(run):
    async def scene(world):
        world.network.cut("hare", "vole")
        await asyncio.sleep(2 * GRACE_S)
        world.nodes["vole"].set_aside(is_so=True)
        await asyncio.sleep(2 * SAY_EVERY_S)
        assert world.nodes["hare"].aside == {"vole"}
        world.network.heal()
        await asyncio.sleep(1)
        world.nodes["vole"].set_aside(is_so=False)
        await asyncio.sleep(GRACE_S / 10)
        assert world.nodes["hare"].aside == frozenset()

    run(scene)


def test_one_that_says_nothing_does_not_run():
    async def scene():
        network, chores = MemoryNetwork(), Chores()
        hare = Liveness("hare", lambda: ("hare", "mouse"), network.links_of("hare"), chores)
        hare.begin()
        network.links_of("mouse").to("hare")
        await asyncio.sleep(5)
        assert hare.living == {"hare"}
        assert not hare.has_majority
        await chores.end()

    play(scene())


def test_one_that_says_farewell_is_gone_at_once_and_comes_again(run):
    async def scene(world):
        world.nodes["vole"].farewell()
        await world.chores["vole"].end()
        await asyncio.sleep(GRACE_S / 10)
        await world.kill("vole")
        await asyncio.sleep(GRACE_S / 10)
        assert world.living("hare") == world.living("mouse") == {"hare", "mouse"}
        world.boot("vole")
        await asyncio.sleep(1)
        assert world.living("hare") == ALL

    run(scene)
