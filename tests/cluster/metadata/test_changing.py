"""Changes that are made from a task, and how they end."""

import asyncio

import pytest

from leveret.cluster.metadata.changing import Changing, Unchanged
from tests.cluster.metadata.world import World, play


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


def changing_of(node):
    changing = Changing(node.catalogue)
    node.writing.on_lost = changing.lost
    return changing


def test_it_has_happened_when_it_is_safe():
    async def act(_world, hare, mouse, _vole):
        await changing_of(mouse).make(lambda: mouse.broker.parameters.set_global("a", 1))
        await asyncio.sleep(0.1)
        assert hare.broker.parameters.globals == {"a": 1}

    scene_of(act)


def test_nothing_to_say_is_safe_at_once():
    async def act(_world, _hare, mouse, _vole):
        await changing_of(mouse).make(lambda: None)
        assert mouse.pen.is_held

    scene_of(act)


def test_what_is_refused_is_raised():
    async def act(_world, _hare, mouse, _vole):
        with pytest.raises(ZeroDivisionError):
            await changing_of(mouse).make(lambda: 1 // 0)

    scene_of(act)


def test_without_a_majority_it_is_given_up():
    async def act(world, _hare, mouse, _vole):
        world.engine.split(("mouse",))
        with pytest.raises(Unchanged, match="majority"):
            await changing_of(mouse).make(lambda: mouse.broker.parameters.set_global("a", 1))

    scene_of(act)


def test_what_was_said_and_is_undone_is_told():
    async def act(world, hare, mouse, _vole):
        changing = changing_of(mouse)
        await changing.make(lambda: None)
        world.engine.split(("mouse",))
        lost = asyncio.get_running_loop().create_task(
            changing.make(lambda: mouse.broker.parameters.set_global("a", 1))
        )
        await asyncio.sleep(0.1)
        await changing_of(hare).make(lambda: hare.broker.parameters.set_global("a", 2))
        world.engine.heal()
        with pytest.raises(Unchanged, match="lost"):
            await lost
        assert mouse.broker.parameters.globals in ({}, {"a": 2})

    scene_of(act)
