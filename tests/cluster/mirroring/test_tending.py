"""Queues on their way, while they are in use."""

import asyncio

from tests.cluster.metadata.world import NODES
from tests.cluster.mirroring.scenes import ALL, scene_of


def test_a_queue_with_messages_is_copied_while_it_is_used_when_the_policy_comes():
    async def act(world, hare, mouse, _vole):
        await world.declare(hare, "m")
        for _ in range(10):
            world.publish("m")
        await world.set_policy(mouse, ALL)
        for _ in range(20):
            await asyncio.sleep(0.01)
            world.publish("m")
        await asyncio.sleep(20)
        assert world.housed("m").members == NODES
        assert len(world.confirmed["m"]) == 30
        assert hare.engine.catalogue.changes[-1].name == "m"
        world.check_queues()

    scene_of(act)


def test_and_it_comes_home_when_the_policy_goes():
    async def act(world, hare, mouse, _vole):
        await world.set_policy(mouse, ALL)
        await world.declare(hare, "m")
        await asyncio.sleep(5)
        world.publish("m")
        await world.do(mouse, lambda broker: broker.parameters.clear_policy("/", "p") or 1)
        for _ in range(20):
            await asyncio.sleep(0.01)
            world.publish("m")
        await asyncio.sleep(20)
        assert world.housed("m").log == ""
        assert len(hare.shelf.own[1]) == 21
        world.check_queues()

    scene_of(act)


def test_a_queue_goes_to_the_nodes_that_are_named():
    async def act(world, hare, mouse, _vole):
        await world.declare(hare, "m")
        world.publish("m")
        await world.set_policy(mouse, {"ha-mode": "nodes", "ha-params": ["mouse", "vole"]})
        await asyncio.sleep(20)
        housed = world.housed("m")
        assert housed.node in housed.members
        assert housed.members == ("mouse", "vole")
        world.check_queues()
        await world.set_policy(mouse, {"ha-mode": "nodes", "ha-params": ["hare"]})
        await asyncio.sleep(20)
        assert (world.housed("m").node, world.housed("m").log) == ("hare", "")
        world.check_queues()

    scene_of(act)
