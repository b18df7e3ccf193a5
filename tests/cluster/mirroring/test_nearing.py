"""Where the engine leads the logs of queues that are in use."""

import asyncio

from leveret.cluster.mirroring.nearing import AGAIN_AFTER_LOOKS, LOOK_EVERY_S
from tests.cluster.mirroring.scenes import ALL, scene_of


async def led(world, node, name="m"):
    """A mirrored queue, and what the engine is told of where to lead its log."""
    told = []

    async def move_leader(log, where):
        told.append((log, where))

    node.logs.move_leader = move_leader
    await world.set_policy(node, ALL)
    await world.declare(node, name)
    await asyncio.sleep(5)
    return told


async def use(world, seconds):
    for _ in range(int(seconds * 10)):
        world.publish("m")
        await asyncio.sleep(0.1)


def test_a_queue_that_nobody_uses_stays_where_the_engine_has_it():
    async def act(world, hare, _mouse, _vole):
        assert await led(world, hare) == []

    scene_of(act)


def test_one_that_is_used_comes_near_once():
    async def act(world, hare, _mouse, _vole):
        told = await led(world, hare)
        await use(world, 5)
        assert told == [(world.housed("m").log, "hare")]

    scene_of(act)


def test_now_and_then_it_is_looked_after():
    async def act(world, hare, _mouse, _vole):
        told = await led(world, hare)
        await use(world, AGAIN_AFTER_LOOKS * LOOK_EVERY_S + 5)
        assert len(told) == 2

    scene_of(act)


def test_what_was_deleted_is_forgotten():
    async def act(world, hare, _mouse, _vole):
        await led(world, hare)
        await use(world, 1)
        await world.do(hare, lambda broker: broker.vhosts["/"].remove_queue(hare.queue("m")) + 1)
        await asyncio.sleep(AGAIN_AFTER_LOOKS * LOOK_EVERY_S + 5)
        assert not hare.mirroring._nearing._reached
        assert not hare.mirroring._nearing._near

    scene_of(act)
