"""Where logs lie, and who leads them; all else is in tests/cluster/logs."""

import asyncio

import pytest

from leveret.cluster.nats.logs import LOOK_EVERY_S, pause_between_looks
from leveret.cluster.nats.naming import node_of
from leveret.cluster.nats.patience import patiently
from leveret.cluster.nats.stream import Stream
from tests.cluster.logs.test_log import say, words, written
from tests.cluster.until import until


def test_a_log_is_led_where_it_is_told_to(play):
    async def scene(cluster):
        log = await written(cluster)
        for node in ("vole", "hare", "hare", "mouse"):
            await cluster.logs("hare").move_leader("jobs", node)
            assert await cluster.logs("hare").leader_of("jobs") == node
            await say(log, node.encode())
        assert await words(log) == [b"vole", b"hare", b"hare", b"mouse"]
        with pytest.raises(LookupError):
            await cluster.logs("hare").move_leader("jobs", "badger")

    play(scene)


def test_a_log_is_written_while_its_replicas_change(play):
    async def scene(cluster):
        log, said = await written(cluster), []

        async def write():
            while True:
                said.append(b"%d" % len(said))
                await say(log, said[-1])

        writing = asyncio.create_task(write())
        for replicas in (1, 3):
            await cluster.logs("mouse").change_replicas("jobs", replicas)
            count = len(said)
            await until(lambda count=count: len(said) > count + 20)
        writing.cancel()
        found = await words(log)
        assert found[: len(said) - 1] == said[:-1]
        assert len(found) - len(said) in {-1, 0}

    play(scene)


def test_a_log_lies_on_the_nodes_that_are_named(play):
    async def scene(cluster):
        await cluster.logs("vole").open("one", 1, ("mouse",))
        assert await cluster.logs("vole").leader_of("one") == "mouse"
        log = await cluster.logs("vole").open("two", 2, ("mouse", "hare"))
        await log.take_over()
        with pytest.raises(LookupError):
            await cluster.logs("vole").move_leader("two", "vole")
        await say(log, b"x")
        await cluster.logs("hare").change_replicas("one", 1, ("vole",))

        async def has_moved():
            return await cluster.logs("hare").leader_of("one") == "vole"

        await until(has_moved)

    play(scene)


def test_a_log_gives_up_the_copy_that_is_on_none_of_the_named_nodes(play):
    async def scene(cluster):
        logs = cluster.logs("hare")
        log = await logs.open("three", 3)
        await log.take_over()
        await say(log, b"x")
        await logs.change_replicas("three", 2, ("hare", "mouse"))
        stream = Stream(logs._client, "three")

        async def servers():
            # Nobody answers while the copy that goes hands over that it leads.
            return await patiently("three", stream.servers)

        async def is_on_both():
            return {node_of(each) for each in await servers()} == {"hare", "mouse"}

        await until(is_on_both)
        assert await words(log) == [b"x"]
        await logs.change_replicas("three", 3)

        async def is_on_all():
            return len(await servers()) == 3

        await until(is_on_all)

    play(scene)


def test_each_of_a_few_logs_is_looked_at_as_often_and_hundreds_cost_no_more():
    for count in (1, 10, 40):
        assert pause_between_looks(count) * (count + 1) == pytest.approx(LOOK_EVERY_S)
    assert pause_between_looks(500) == pause_between_looks(100) == 0.1


def test_who_takes_a_log_over_does_not_take_its_own_fence_for_another(play):
    async def scene(cluster):
        logs = cluster.logs("hare")
        log = await logs.open("jobs", 3)
        looked = []
        logs._look = looked.append
        await log.take_over()
        await asyncio.sleep(0.5)
        assert looked == []
        await (await cluster.logs("mouse").open("jobs", 3)).take_over()
        await until(lambda: looked)

    play(scene)
