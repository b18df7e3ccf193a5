"""Logs that are ready before they are needed."""

import asyncio
from dataclasses import replace

from leveret.cluster.mirroring.spares import SPARES_MAX, is_spare, maker_of
from tests.cluster.metadata.world import NODES
from tests.cluster.mirroring.scenes import ALL, scene_of


def test_who_declares_several_queues_finds_logs_ready():
    async def act(world, hare, mouse, _vole):
        await world.set_policy(mouse, ALL)
        for name in ("m1", "m2", "m3"):
            await world.declare(hare, name)
            await asyncio.sleep(1)
        assert [is_spare(world.housed(name).log) for name in ("m1", "m2", "m3")] == [
            False,
            True,
            True,
        ]
        assert len(hare.mirroring._spares.names) == SPARES_MAX
        assert maker_of(world.housed("m2").log, NODES) == "hare"
        world.check_queues()

    scene_of(act)


def test_no_more_are_made_than_there_are_to_be_however_many_queues_come_at_once():
    async def act(world, hare, mouse, _vole):
        await world.set_policy(mouse, ALL)
        await asyncio.gather(*(world.declare(hare, f"m{each}") for each in range(20)))
        await asyncio.sleep(20)
        assert len(hare.mirroring._spares.names) == SPARES_MAX
        logs = [world.housed(f"m{each}").log for each in range(20)]
        assert len(set(logs)) == 20
        world.check_queues()

    scene_of(act)


def test_where_no_queue_has_copies_there_are_none():
    async def act(world, hare, _mouse, _vole):
        await world.declare(hare, "m")
        await asyncio.sleep(5)
        assert list(world.engine.logs) == ["metadata"]

    scene_of(act)


def test_what_lies_on_some_nodes_is_not_kept_ready():
    async def act(world, hare, mouse, _vole):
        await world.set_policy(mouse, {"ha-mode": "nodes", "ha-params": ["hare", "mouse"]})
        await world.declare(hare, "m")
        await asyncio.sleep(5)
        assert not is_spare(world.housed("m").log)
        assert not hare.mirroring._spares.names
        world.check_queues()

    scene_of(act)


def test_without_a_majority_none_is_made_and_later_again():
    async def act(world, hare, mouse, _vole):
        await world.set_policy(mouse, ALL)
        world.engine.split(("hare",))
        spares = hare.mirroring._spares
        assert spares.take(NODES) is None
        assert len(spares.names) == SPARES_MAX
        await asyncio.sleep(60)
        assert not spares.names
        world.engine.heal()
        assert spares.take(NODES) is None
        await asyncio.sleep(5)
        assert is_spare(spares.take(NODES))

    scene_of(act)


def test_other_members_want_others():
    async def act(_world, hare, _mouse, _vole):
        spares = hare.mirroring._spares
        assert spares.take(NODES) is None
        await asyncio.sleep(5)
        old = set(spares.names)
        spares._around = replace(spares._around, members=lambda: ("hare", "mouse"))
        assert spares.take(NODES) is None
        assert spares.take(("hare", "mouse")) is None
        assert old.isdisjoint(spares.names)

    scene_of(act)


def test_names_tell_who_made_them():
    assert maker_of("q1.ab", NODES) is None
    assert not is_spare("q1.ab")
    assert maker_of("s00000000.ab", NODES) is None
    assert is_spare("s00000000.ab")
