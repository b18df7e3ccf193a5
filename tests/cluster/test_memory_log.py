"""The faults that only the engine in memory can be given; all else is in tests/cluster/logs."""

import asyncio
from random import Random

from leveret.cluster.memory_log import MemoryEngine

WORD = 1


def survivors(seed):
    """How many of ten records outlive a writer that is killed in the middle."""

    async def scene():
        engine = MemoryEngine(("a", "b", "c"), Random(seed))
        log = await engine.logs_of("a").open("jobs", 3)
        await log.take_over()
        for _ in range(10):
            log.append(WORD, b"x")
        engine.kill("a")
        return [each.kind for each in engine.logs["jobs"].records].count(WORD)

    return asyncio.run(scene())


def test_what_was_on_its_way_when_its_writer_died_may_have_arrived_or_not():
    assert len({survivors(seed) for seed in range(20)}) > 1


def test_the_same_seed_has_the_same_end():
    assert [survivors(seed) for seed in range(5)] == [survivors(seed) for seed in range(5)]


def test_two_of_three_have_the_majority_and_one_alone_has_none():
    engine = MemoryEngine(("a", "b", "c"))
    engine.split(("a",))
    assert [engine.reaches(node) for node in engine.nodes] == [False, True, True]
    engine.kill("b")
    assert not engine.reaches("c")
    engine.heal()
    assert engine.reaches("a")
