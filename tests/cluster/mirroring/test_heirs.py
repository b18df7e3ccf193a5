"""What a node leaves when it is gone."""

import asyncio

from leveret.broker.queues.queue import QueueOptions
from tests.cluster.mirroring.scenes import ALL, scene_of


def test_when_the_leader_is_gone_another_node_leads_with_all_that_was_confirmed():
    async def act(world, hare, mouse, _vole):
        await world.set_policy(mouse, ALL)
        await world.declare(hare, "m")
        await asyncio.sleep(5)
        for _ in range(10):
            world.publish("m")
            await asyncio.sleep(0.01)
        await world.kill("hare")
        await asyncio.sleep(20)
        assert world.housed("m").node != "hare"
        assert len(world.confirmed["m"]) == 10
        world.check_queues()
        await world.boot("hare")
        await asyncio.sleep(20)
        assert world.housed("m").node != "hare"
        world.check_queues()

    scene_of(act)


def test_an_ordinary_queue_waits_for_its_node_and_a_transient_one_goes_with_it():
    async def act(world, hare, mouse, _vole):
        await world.declare(hare, "plain")
        options = QueueOptions()
        await world.do(
            hare, lambda broker: broker.vhosts["/"].create_queue("gone", options, None) and 1
        )
        await world.kill("hare")
        await asyncio.sleep(20)
        assert list(mouse.broker.vhosts["/"].queues) == ["plain"]
        await world.boot("hare")
        await asyncio.sleep(20)
        world.check_queues()

    scene_of(act)
