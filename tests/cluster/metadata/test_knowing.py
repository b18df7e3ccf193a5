"""What a node's broker knows of the metadata: what it has read, and what it did itself."""

from leveret.cluster.metadata.copying import Copy
from leveret.cluster.metadata.knowing import Knowing
from leveret.cluster.metadata.writing import Writing
from tests.cluster.metadata.test_writing import put, scene_of


def test_what_it_did_it_knows_before_it_is_in_the_log():
    async def act(desk):
        knowing = Knowing(desk.copy, desk.writing)
        before = knowing.ordinal
        desk.writing.say(put("a"))
        assert knowing.ordinal == before + 1
        desk.writing.say(put("b"))
        desk.writing.flush()
        assert knowing.ordinal == before + 1
        await desk.rest()
        await desk.read()
        assert knowing.ordinal == desk.copy.ordinal == before + 1

    scene_of(act)


def test_who_reads_hears_of_each_record():
    async def act(desk):
        log = await desk.engine.logs_of("mouse").open("m", 3)
        copy = Copy(lambda _changes: None)
        knowing, known = Knowing(copy, Writing(log, copy, None)), []
        knowing.on_growth(lambda: known.append(knowing.ordinal))
        desk.writing.say(put("a"))
        await desk.rest()
        async for record in log.read(1, 1000):
            copy.take(record)
        assert known[-1] == desk.writing.newest
        assert known == sorted(known)

    scene_of(act)
