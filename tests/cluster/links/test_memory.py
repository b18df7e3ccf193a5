"""The faults of the network in memory; the promises are in test_promises.py."""

import asyncio

from leveret.cluster.links.memory import MemoryNetwork


def test_an_isolated_node_reaches_nobody_and_the_others_each_other():
    async def scene():
        network = MemoryNetwork()
        nodes = {name: network.links_of(name) for name in ("hare", "mouse", "vole")}
        links = [nodes[one].to(other) for one in nodes for other in nodes if one != other]
        for link in links:
            await link.wait_up(1)
        network.isolate("hare")
        assert [link.is_up for link in links] == [False, False, False, True, False, True]
        network.heal()
        for link in links:
            await link.wait_up(1)

    asyncio.run(scene())


def test_nobody_connects_who_was_not_asked_to():
    async def scene():
        network = MemoryNetwork()
        hare, mouse = network.links_of("hare"), network.links_of("mouse")
        network.connect_soon("hare", "mouse")
        await asyncio.sleep(0.01)
        assert not hare.to("mouse").is_up
        await mouse.to("hare").wait_up(1)

    asyncio.run(scene())


def test_what_is_under_way_when_a_node_is_killed_is_lost():
    async def scene():
        network, got = MemoryNetwork(), []
        hare, mouse = network.links_of("hare"), network.links_of("mouse")
        mouse.receive(16, lambda *frame: got.append(frame))
        link = hare.to("mouse")
        await link.wait_up(1)
        link.send(16, 1, b"")
        network.kill("mouse")
        assert not link.is_up
        await asyncio.sleep(0.01)
        assert not got
        assert not mouse.to("hare").is_up

    asyncio.run(scene())
