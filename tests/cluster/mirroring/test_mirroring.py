"""Queues go where they are to be, and find heirs; three nodes, and what happens to them."""

import asyncio

from tests.cluster.metadata.world import NODES, play
from tests.cluster.mirroring.world import World

ALL = {"ha-mode": "all"}


def scene_of(act):
    async def scene():
        world = World()
        nodes = await world.begin()
        await asyncio.sleep(1)
        try:
            await act(world, *nodes)
        finally:
            await world.end()

    play(scene())


def test_a_queue_that_matches_a_policy_gets_copies_when_it_is_declared():
    async def act(world, hare, mouse, _vole):
        await world.set_policy(mouse, ALL)
        await world.declare(hare, "m")
        await world.declare(hare, "plain")
        await asyncio.sleep(20)
        housed = world.housed("m")
        assert (housed.node, housed.members, housed.log[:1]) == ("hare", NODES, "q")
        assert (world.housed("plain").node, world.housed("plain").log) == ("hare", "")
        world.check_queues()

    scene_of(act)
