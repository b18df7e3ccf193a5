"""The log of the metadata is read as it comes, and up to where somebody has to know."""

import asyncio

from leveret.cluster.memory_log import MemoryEngine
from leveret.cluster.metadata.copying import Copy
from leveret.cluster.metadata.reading import FOLLOWED_S, Reading
from tests.cluster.metadata.world import play


class Log:
    """A log that counts how often it is read, beside being followed."""

    def __init__(self, log):
        self._log = log
        self.reads = 0

    def __getattr__(self, name):
        return getattr(self._log, name)

    def read(self, first, last):
        self.reads += 1
        return self._log.read(first, last)


async def opened(name="hare"):
    log = Log(await MemoryEngine((name,)).logs_of(name).open("metadata", 1))
    return log, Reading(log, Copy(lambda _changes: None))


def test_who_follows_has_read_what_he_takes_over():
    async def scene():
        log, reading = await opened()
        following = asyncio.create_task(reading.follow())
        await asyncio.sleep(0)
        assert await reading.take_over()
        assert await reading.take_over()
        assert log.reads == 0
        following.cancel()

    play(scene())


def test_who_does_not_follow_reads_for_himself():
    async def scene():
        log, reading = await opened()
        assert await reading.take_over()
        assert log.reads == 1

    play(scene())


def test_one_who_follows_and_hears_nothing_waits_a_moment_and_reads_for_himself():
    async def scene():
        log, reading = await opened()

        async def hear_nothing(_first):
            await asyncio.Event().wait()
            yield

        log.follow = hear_nothing
        following = asyncio.create_task(reading.follow())
        await asyncio.sleep(0)
        begun = asyncio.get_running_loop().time()
        assert await reading.take_over()
        assert asyncio.get_running_loop().time() - begun >= FOLLOWED_S
        assert log.reads == 1
        following.cancel()

    play(scene())
