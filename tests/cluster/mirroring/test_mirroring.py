"""Queues are where they are to be, seen from every node."""

import asyncio

from leveret.broker.changes import QueueDeclared
from leveret.cluster.metadata.changes import QueueHoused
from tests.cluster.metadata.world import NODES
from tests.cluster.mirroring.scenes import ALL, scene_of


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


def test_it_begins_in_its_log_and_costs_the_metadata_one_record():
    async def act(world, hare, mouse, _vole):
        await world.set_policy(mouse, ALL)
        said = []
        mouse.mirroring.keep = said.append
        await world.declare(hare, "m")
        await asyncio.sleep(5)
        assert [type(each) for each in said] == [QueueHoused, QueueDeclared]
        assert said[0].members == NODES
        assert hare.engine.catalogue.changes == []

    scene_of(act)


def test_a_transient_queue_outlives_its_leader_with_what_was_confirmed():
    async def act(world, hare, mouse, _vole):
        await world.set_policy(mouse, ALL)
        await world.declare(hare, "m", durable=False)
        await asyncio.sleep(5)
        world.publish("m")
        await asyncio.sleep(1)
        await world.kill("hare")
        await asyncio.sleep(20)
        assert world.housed("m").node != "hare"
        assert len(world.confirmed["m"]) == 1
        world.check_queues()

    scene_of(act)


def test_a_transient_queue_stays_as_it_began_whatever_its_policy_becomes():
    async def act(world, hare, mouse, _vole):
        await world.declare(hare, "m1", durable=False)
        await world.set_policy(mouse, ALL)
        await world.declare(hare, "m2", durable=False)
        await asyncio.sleep(5)
        assert [bool(world.housed(name).log) for name in ("m1", "m2")] == [False, True]
        await world.do(mouse, lambda broker: broker.parameters.clear_policy("/", "p") or 1)
        await asyncio.sleep(5)
        assert world.housed("m2").members == ("hare",)
        assert world.housed("m2").log
        world.check_queues()

    scene_of(act)


def test_a_queue_that_begins_elsewhere_is_not_here():
    async def act(world, hare, mouse, vole):
        for node in (hare, mouse):
            await world.declare(node, f"on {node.name}")
        await world.declare(hare, "third", **{"x-queue-master-locator": "min-masters"})
        assert not hare.serves("third")
        await asyncio.sleep(1)
        assert vole.serves("third")
        world.check_queues()

    scene_of(act)


def test_a_node_that_leaves_leads_nothing():
    async def act(world, hare, mouse, _vole):
        await world.set_policy(mouse, ALL)
        for name in ("m1", "m2"):
            await world.declare(hare, name)
        await asyncio.sleep(5)
        await hare.mirroring.leave()
        await asyncio.sleep(5)
        assert {world.housed(name).node for name in ("m1", "m2")} == {"mouse", "vole"}
        world.check_queues()

    scene_of(act)


def test_who_is_under_maintenance_is_given_nothing():
    async def act(world, hare, mouse, vole):
        await world.set_policy(mouse, ALL)
        for each in range(6):
            await world.declare(hare, f"m{each}")
        await asyncio.sleep(5)
        for node in (hare, mouse, vole):
            node.living.set_aside("vole")
        await vole.mirroring.leave()
        await hare.mirroring.rebalance(lambda _housed: True)
        await asyncio.sleep(5)
        leaders = [world.housed(f"m{each}").node for each in range(6)]
        assert sorted(leaders) == ["hare"] * 3 + ["mouse"] * 3
        await hare.mirroring.leave()
        await asyncio.sleep(5)
        assert {world.housed(f"m{each}").node for each in range(6)} == {"mouse"}
        world.check_queues()

    scene_of(act)


def test_who_leads_too_many_gives_some_away():
    async def act(world, hare, mouse, _vole):
        await world.set_policy(mouse, ALL)
        for each in range(6):
            await world.declare(hare, f"m{each}")
        await asyncio.sleep(5)
        await mouse.mirroring.rebalance(lambda housed: housed.name != "m0")
        await asyncio.sleep(5)
        leaders = [world.housed(f"m{each}").node for each in range(6)]
        assert leaders[0] == "hare"
        assert sorted(leaders[1:]) in (["hare", "mouse", "mouse", "vole", "vole"], SPREAD)
        world.check_queues()

    scene_of(act)


SPREAD = ["hare", "hare", "mouse", "mouse", "vole"]


STREAM = {"x-queue-type": "stream"}


def test_a_stream_begins_in_a_log_with_copies():
    async def act(world, hare, mouse, vole):
        await world.declare(hare, "s", **STREAM)
        await asyncio.sleep(5)
        housed = world.housed("s")
        assert (housed.node, housed.members, housed.log[:3]) == ("hare", NODES, "q1.")
        assert [each.serves("s") for each in (hare, mouse, vole)] == [True, False, False]
        world.check_queues()

    scene_of(act)


def test_a_stream_begins_in_a_log_wherever_it_was_declared():
    async def act(world, hare, mouse, _vole):
        for name in ("hares", "mouses"):
            await world.declare(hare, name, **STREAM, **{"x-queue-leader-locator": "balanced"})
        await asyncio.sleep(5)
        assert {world.housed(name).node for name in ("hares", "mouses")} == {"hare", "mouse"}
        assert mouse.serves("mouses")
        world.check_queues()

    scene_of(act)


def test_a_stream_of_one_member_is_at_its_home():
    async def act(world, hare, _mouse, _vole):
        await world.declare(hare, "s", **STREAM, **{"x-initial-cluster-size": 1})
        await asyncio.sleep(5)
        assert world.housed("s").log == ""
        assert hare.serves("s")
        world.check_queues()

    scene_of(act)


def test_a_stream_is_handed_over():
    async def act(world, hare, mouse, _vole):
        await world.declare(hare, "s", **STREAM)
        await asyncio.sleep(5)
        world.publish("s")
        await asyncio.sleep(1)
        hare.mirroring.give(("/", "s"), "mouse")
        await asyncio.sleep(5)
        assert world.housed("s").node == "mouse"
        assert mouse.serves("s")
        world.check_queues()

    scene_of(act)
