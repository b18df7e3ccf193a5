"""Logs that nobody needs."""

import asyncio

from leveret.cluster.mirroring.spares import SPARES_MAX, is_spare
from tests.cluster.mirroring.scenes import ALL, scene_of


def test_the_log_of_a_queue_that_was_deleted_is_deleted():
    async def act(world, hare, mouse, _vole):
        await world.set_policy(mouse, ALL)
        await world.declare(hare, "m")
        await asyncio.sleep(5)
        assert len(world.used_logs) == 2
        await world.do(hare, lambda broker: broker.vhosts["/"].remove_queue(hare.queue("m")) + 1)
        await asyncio.sleep(20)
        assert world.used_logs == {"metadata"}
        assert not hare.mirroring._tending.led

    scene_of(act)


def test_a_log_that_comes_to_be_when_nobody_waits_for_it_any_more_is_deleted():
    async def act(world, hare, mouse, _vole):
        await world.declare(hare, "m")
        await mouse.logs.open("q1.late", 3)
        await mouse.logs.open("q99.late", 3)
        await asyncio.sleep(100)
        assert list(world.engine.logs) == ["metadata"]

    scene_of(act)


def test_a_log_that_is_needed_is_not():
    async def act(world, hare, mouse, _vole):
        await world.set_policy(mouse, ALL)
        await world.declare(hare, "m")
        await asyncio.sleep(200)
        assert world.used_logs == {"metadata", world.housed("m").log}

    scene_of(act)


def test_a_spare_is_deleted_once_its_node_does_not_know_of_it():
    async def act(world, hare, mouse, _vole):
        await world.set_policy(mouse, ALL)
        await world.declare(hare, "m")
        await asyncio.sleep(100)
        spares = {name for name in world.engine.logs if is_spare(name)}
        assert len(spares) == SPARES_MAX
        await world.kill("hare")
        hare = await world.boot("hare")
        await asyncio.sleep(100)
        assert spares.isdisjoint(world.engine.logs)
        await world.declare(hare, "m2")
        await asyncio.sleep(5)
        spares = {name for name in world.engine.logs if is_spare(name)}
        assert len(spares) == SPARES_MAX
        await world.kill("hare")
        await asyncio.sleep(100)
        assert spares.isdisjoint(world.engine.logs)

    scene_of(act)
