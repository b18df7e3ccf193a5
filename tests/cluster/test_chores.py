"""Tasks and timers that end with their owner."""

import asyncio
import logging

from leveret.cluster.chores import Chores


def test_what_runs_ends_with_its_owner():
    async def scene():
        chores, ended, called = Chores(), [], []

        async def work():
            try:
                await asyncio.sleep(100)
            finally:
                ended.append(1)

        chores.start(work())
        chores.later(0.01, lambda: called.append(1))
        await asyncio.sleep(0)
        await chores.end()
        assert ended == [1]
        await asyncio.sleep(0.03)
        assert not called

    asyncio.run(scene())


def test_nothing_begins_after_the_end():
    async def scene():
        chores, begun = Chores(), []

        async def work():
            begun.append(1)

        await chores.end()
        chores.start(work())
        await asyncio.sleep(0)
        assert not begun

    asyncio.run(scene())


def test_a_failure_is_heard_of(caplog):
    async def scene():
        chores = Chores()

        async def work():
            raise ValueError("no more")

        chores.start(work())
        await asyncio.sleep(0.01)
        await chores.end()

    with caplog.at_level(logging.ERROR):
        asyncio.run(scene())
    assert "a task of the cluster failed" in caplog.text
    assert "no more" in caplog.text
