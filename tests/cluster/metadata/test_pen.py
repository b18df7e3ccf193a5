"""Who holds the pen: three nodes, and no faults but those that a test asks for."""

import asyncio

import pytest

from leveret.broker.changes import VhostAdded
from leveret.cluster.metadata.pen import State
from tests.cluster.metadata.world import World, play


def scene_of(act, seed=0):
    """Play it with three nodes."""

    async def run():
        world = World(seed)
        nodes = await world.begin()
        await act(world, *nodes)
        await world.end()

    play(run())


def put(name, value=1):
    return lambda broker: broker.parameters.set_global(name, value)


async def done(node, act):
    """Wanted on that node, done, and safe."""
    answered = asyncio.get_running_loop().create_future()
    node.want(act, answered.set_result)
    return await asyncio.wait_for(answered, 30)


def globals_of(node):
    return node.broker.parameters.globals


def test_a_node_that_has_the_pen_acts_at_once_and_answers_when_it_is_safe():
    async def act(_world, hare, _mouse, _vole):
        await done(hare, put("first"))
        answered = []
        hare.want(put("a"), answered.append)
        assert globals_of(hare)["a"] == 1
        assert answered == []
        await asyncio.sleep(0.1)
        assert answered == [None]

    scene_of(act)


def test_the_pen_comes_with_all_that_was_done_before():
    async def act(_world, hare, mouse, _vole):
        await done(hare, put("a"))
        seen = []
        await done(mouse, lambda broker: seen.append(dict(broker.parameters.globals)))
        assert seen == [{"a": 1}]
        assert hare.pen.state is State.AWAY
        assert mouse.pen.is_held

    scene_of(act)


def test_what_is_on_its_way_is_safe_before_the_pen_is_handed_over():
    async def act(world, hare, mouse, _vole):
        await done(hare, put("first"))
        answered = []
        for number in range(50):
            hare.want(put(f"a{number}"), answered.append)
        await done(mouse, put("b"))
        assert len(answered) == 50
        assert not world.lost
        assert len(globals_of(mouse)) == 52

    scene_of(act)


def test_all_who_want_it_get_it_and_nothing_is_lost():
    async def act(world, *nodes):
        wishes = [done(node, put(f"{node.name}-{n}")) for n in range(20) for node in nodes]
        await asyncio.gather(*wishes)
        await asyncio.sleep(1)
        assert [len(globals_of(node)) for node in nodes] == [60] * 3
        assert not world.lost

    scene_of(act)


def test_a_holder_that_died_is_not_waited_for_long():
    async def act(world, hare, mouse, _vole):
        await done(hare, put("a"))
        await world.kill("hare")
        await done(mouse, put("b"))
        assert globals_of(mouse) == {"a": 1, "b": 1}

    scene_of(act)


def test_a_holder_that_was_cut_off_undoes_what_the_others_never_saw():
    async def act(world, hare, mouse, vole):
        await done(hare, put("a"))
        world.engine.split(("hare",))
        answered = []
        hare.want(put("a", 2), answered.append)
        hare.want(put("never"), answered.append)
        assert globals_of(hare) == {"a": 2, "never": 1}
        await done(mouse, put("b"))
        world.engine.heal()
        await asyncio.sleep(5)
        assert [globals_of(node) for node in (hare, mouse, vole)] == [{"a": 1, "b": 1}] * 3
        assert answered == []
        assert world.lost == ["hare"]
        await done(hare, put("c"))
        assert answered == []

    scene_of(act)


def test_without_a_majority_a_wish_waits_and_then_gives_up():
    async def act(world, hare, _mouse, _vole):
        world.engine.split(("hare",))
        happened = []
        hare.want(put("a"), happened.append, lambda: happened.append("gave up"))
        await asyncio.sleep(14)
        assert happened == []
        await asyncio.sleep(2)
        assert happened == ["gave up"]
        world.engine.heal()
        await asyncio.sleep(5)
        assert happened == ["gave up"]
        assert globals_of(hare) == {}

    scene_of(act)


def test_a_holder_whose_words_do_not_become_safe_does_nothing_further():
    async def act(world, hare, _mouse, _vole):
        await done(hare, put("a"))
        world.engine.split(("hare",))
        answered = []
        hare.want(put("b"), answered.append)
        await asyncio.sleep(3)
        hare.want(put("c"), answered.append)
        assert "c" not in globals_of(hare)
        world.engine.heal()
        await asyncio.sleep(3)
        assert globals_of(hare) == {"a": 1, "b": 1, "c": 1}
        assert answered == [None, None]

    scene_of(act)


def test_nothing_is_said_without_the_pen():
    async def act(_world, hare, mouse, _vole):
        await done(mouse, put("a"))
        with pytest.raises(AssertionError, match="committed without the pen"):
            put("b")(hare.broker)

    scene_of(act)


def test_a_cluster_is_founded_once():
    async def act(_world, hare, mouse, vole):
        assert await hare.pen.found([VhostAdded("/"), VhostAdded("other")])
        assert not await mouse.pen.found([])
        await done(vole, put("later"))
        for node in (mouse, vole):
            assert sorted(node.broker.vhosts) == ["/", "other"]
        # The founder's broker is what it wrote down: it is not told of it.
        assert hare.broker.vhosts == {}

    scene_of(act)


def test_who_starts_later_begins_with_the_snapshot():
    async def act(world, hare, _mouse, _vole):
        hare.writing.snapshot_records_min = 10
        for number in range(30):
            await done(hare, put("a", number))
        await asyncio.sleep(1)
        assert world.engine.logs["metadata"].records[0].sequence > 10
        await world.kill("vole")
        vole = await world.boot("vole")
        await asyncio.sleep(1)
        assert globals_of(vole) == {"a": 29}
        assert vole.copy.is_whole
        await done(vole, put("b"))

    scene_of(act)


def test_with_all_nodes_well_and_all_of_them_busy_nothing_is_ever_undone():
    async def client(world, node, count):
        for number in range(count):
            await done(node, put(f"{node.name}-{number}"))
            await asyncio.sleep(world.delay())

    async def act(world, *nodes):
        clients = [client(world, each, 30) for each in nodes for _ in range(2)]
        await asyncio.gather(*clients)
        assert world.lost == []
        await asyncio.sleep(1)
        assert {len(globals_of(each)) for each in nodes} == {90}

    for seed in range(3):
        scene_of(act, seed)


def test_many_who_want_to_have_heard_the_latest_have_it_read_once_more_at_most(monkeypatch):
    async def act(_world, hare, mouse, _vole):
        readings, heard = [], []
        catch_up = mouse.reading.catch_up

        async def count(last):
            readings.append(last)
            await catch_up(last)

        monkeypatch.setattr(mouse.reading, "catch_up", count)
        for following in mouse.chores.running:
            following.cancel()
        await done(hare, put("a", 1))
        mouse.pen.when_caught_up(lambda: heard.append(globals_of(mouse).get("a")))
        # It is being read by now, and what comes next may not be in it.
        await asyncio.sleep(0)
        await done(hare, put("a", 2))
        for _ in range(50):
            mouse.pen.when_caught_up(lambda: heard.append(globals_of(mouse)["a"]))
        await asyncio.sleep(0.5)
        assert heard[1:] == [2] * 50
        assert len(readings) == 2

    scene_of(act)


def test_without_a_majority_nobody_waits_for_the_latest_for_long():
    async def act(world, hare, mouse, _vole):
        await done(hare, put("a"))
        world.engine.split(("mouse",))
        heard = []
        mouse.pen.when_caught_up(lambda: heard.append("the first"))
        await asyncio.sleep(0.5)
        mouse.pen.when_caught_up(lambda: heard.append("the second"))
        assert heard == []
        await asyncio.sleep(0.6)
        assert heard == ["the first"]
        await asyncio.sleep(0.5)
        assert heard == ["the first", "the second"]

    scene_of(act)
