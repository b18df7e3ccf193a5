"""The writer on a log in memory: each reign is a line, and what it tells is safe."""

import asyncio
from random import Random

import pytest

from leveret.cluster.memory_log import MemoryEngine
from tests.cluster.chaos import writing

NODES = ("hare", "mouse", "vole")


@pytest.mark.slow
def test_writers_depose_each_other_and_tell_what_is_in_the_log(monkeypatch, capsys):
    monkeypatch.setattr(writing, "IDLE_S", (0.05, 0.2))
    monkeypatch.setattr(writing, "BURST", 1)  # The log in memory takes one each millisecond.
    read = asyncio.run(written())
    told = capsys.readouterr().out.splitlines()
    assert len({line.split()[0] for line in told}) > 3
    assert set(told) <= set(read)
    assert len(set(read)) == len(read)


async def written():
    engine = MemoryEngine(NODES)
    logs = [await engine.logs_of(node).open(writing.LOG, 3) for node in NODES]
    writers = [
        writing.Writer(log, node, Random(node)) for node, log in zip(NODES, logs, strict=True)
    ]
    tasks = [asyncio.create_task(writer.live()) for writer in writers]
    await asyncio.sleep(1.5)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    fence = await logs[0].take_over()
    return [
        record.octets.decode()
        async for record in logs[0].read(1, fence)
        if record.kind == writing.RECORD
    ]
