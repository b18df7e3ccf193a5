"""What a node's own edges change, with the pen in hand."""

import asyncio

import pytest

from leveret import unhurried
from leveret.broker.broker import Broker
from leveret.broker.errors import Unavailable, Undone
from leveret.broker.events import INTERNAL
from leveret.durable import wait_settled
from leveret.writing import unhurried_with_pen, with_pen
from tests.broker.domain import HandClock, random_bytes
from tests.session.in_cluster import scene


def test_a_node_alone_does_it_at_once():
    broker = Broker(HandClock(), random_bytes())
    assert asyncio.run(with_pen(broker, lambda: broker.add_vhost("/"))) is broker.vhosts["/"]


def test_it_is_done_when_the_pen_has_come_and_nothing_comes_between():
    async def act(_world, hare, mouse, _vole):
        seen = []

        def change():
            seen.append(mouse.pen.is_held)
            return mouse.broker.add_vhost("jobs").name

        assert not mouse.pen.is_held
        assert await with_pen(mouse.broker, change) == "jobs"
        await wait_settled(mouse.broker)
        assert seen == [True]
        await asyncio.sleep(1)
        assert "jobs" in hare.broker.vhosts

    scene(act)


def test_what_it_raises_is_raised():
    async def act(_world, _hare, mouse, _vole):
        with pytest.raises(ZeroDivisionError):
            await with_pen(mouse.broker, lambda: 1 // 0)

    scene(act)


def test_without_a_majority_it_is_not_done_and_that_is_said():
    async def act(world, _hare, mouse, _vole):
        world.engine.split(("mouse",))
        loop = asyncio.get_running_loop()
        begun = loop.time()
        with pytest.raises(Unavailable):
            await with_pen(mouse.broker, lambda: mouse.broker.add_vhost("jobs"))
        assert 14.9 < loop.time() - begun < 15.1
        world.engine.heal()
        await asyncio.sleep(5)
        assert "jobs" not in mouse.broker.vhosts

    scene(act)


def test_what_nobody_waits_for_any_more_is_not_done():
    async def act(_world, _hare, mouse, _vole):
        asking = asyncio.create_task(with_pen(mouse.broker, lambda: mouse.broker.add_vhost("jobs")))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.sleep(1)
        assert mouse.pen.is_held
        assert "jobs" not in mouse.broker.vhosts

    scene(act)


def steps(broker, seen):
    for number in range(6):
        broker.add_vhost(f"v{number}")
        seen.append(broker.events.actor)
        yield
    return "done"


def test_long_work_takes_the_pen_for_each_slice(monkeypatch):
    monkeypatch.setattr(unhurried, "SLICE_S", 0)

    async def act(_world, hare, mouse, _vole):
        seen = []
        work = asyncio.create_task(
            unhurried_with_pen(mouse.broker, steps(mouse.broker, seen), "ada")
        )
        for number in range(5):
            await with_pen(hare.broker, lambda number=number: hare.broker.add_vhost(f"h{number}"))
        assert await work == "done"
        assert seen == ["ada"] * 6
        assert mouse.broker.events.actor == INTERNAL
        await asyncio.sleep(1)
        assert hare.broker.vhosts.keys() == mouse.broker.vhosts.keys()
        assert len(hare.broker.vhosts) == 12

    scene(act)


# Waiting until it is safe ------------------------------------------------------------------------


def test_whoever_waits_for_what_is_undone_hears_so():
    async def act(world, hare, mouse, _vole):
        world.engine.split(("hare",))
        hare.broker.add_vhost("jobs")
        waiting = asyncio.create_task(wait_settled(hare.broker))
        await with_pen(mouse.broker, lambda: mouse.broker.add_vhost("theirs"))
        await wait_settled(mouse.broker)
        world.engine.heal()
        with pytest.raises(Undone):
            await waiting
        await asyncio.sleep(5)
        assert "jobs" not in hare.broker.vhosts

    scene(act)


def test_whoever_asks_when_it_is_undone_already_hears_so_too():
    async def act(_world, hare, _mouse, _vole):
        before = hare.broker.awaiting.losses
        hare.broker.awaiting.lose()
        with pytest.raises(Undone):
            await wait_settled(hare.broker, before)
        await wait_settled(hare.broker)

    scene(act)


def test_what_no_majority_takes_is_waited_for_a_while():
    async def act(world, hare, _mouse, _vole):
        world.engine.split(("hare",))
        hare.broker.add_vhost("jobs")
        with pytest.raises(Unavailable):
            await wait_settled(hare.broker)
        assert len(hare.broker.awaiting) == 0

    scene(act)
