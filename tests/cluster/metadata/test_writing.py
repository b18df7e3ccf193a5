"""What the holder of the pen writes, record by record."""

import asyncio

import pytest

from leveret.broker.changes import GlobalParameterSet
from leveret.cluster.memory_log import MemoryEngine
from leveret.cluster.metadata.codec import decode_batch
from leveret.cluster.metadata.copying import (
    CHANGES,
    SNAPSHOT_BEGINS,
    SNAPSHOT_ENDS,
    SNAPSHOT_PART,
    TAKEN,
    Copy,
)
from leveret.cluster.metadata.writing import RECORD_BYTES, Writing, pieces
from leveret.cluster.ports import FENCE
from tests.cluster.metadata.world import NODES, play


def put(name, value=1):
    return GlobalParameterSet(name, value)


class Desk:
    """A node that reigns; what others wrote is of no interest here."""

    @classmethod
    async def open(cls):
        desk = cls()
        desk.engine = MemoryEngine(NODES)
        desk.log = await desk.engine.logs_of("hare").open("m", 3)
        desk.copy = Copy(lambda _changes: None)
        desk.copy.is_checking = True
        desk.writing = Writing(desk.log, desk.copy, asyncio.get_running_loop().call_soon)
        fence = await desk.log.take_over()
        await desk.read(fence)
        desk.writing.begin("hare 1")
        return desk

    async def read(self, last=1000):
        async for record in self.log.read(self.copy.sequence + 1, last):
            self.copy.take(record)

    async def rest(self):
        await asyncio.sleep(0.5)

    @property
    def kinds(self):
        return [each.kind for each in self.engine.logs["m"].records]

    @property
    def batches(self):
        kept = self.engine.logs["m"].records
        return [decode_batch(each.octets)[1] for each in kept if each.kind == CHANGES]


def scene_of(act):
    async def run():
        await act(await Desk.open())

    play(run())


def test_what_is_said_in_one_turn_is_one_record():
    async def act(desk):
        desk.writing.say(put("a"))
        desk.writing.say(put("b"))
        await desk.rest()
        desk.writing.say(put("c"))
        await desk.rest()
        assert desk.batches == [[put("a"), put("b")], [put("c")]]
        assert desk.kinds == [FENCE, TAKEN, CHANGES, CHANGES]

    scene_of(act)


def test_who_waits_for_what_was_said_hears_of_it_when_it_is_in_the_log():
    async def act(desk):
        heard = []
        desk.writing.when_safe(lambda: heard.append("nothing said"))
        assert heard == ["nothing said"]
        desk.writing.say(put("a"))
        desk.writing.when_safe(lambda: heard.append("a"))
        desk.writing.flush()
        desk.writing.say(put("b"))
        desk.writing.when_safe(lambda: heard.append("b"))
        assert heard == ["nothing said"]
        await desk.rest()
        assert heard == ["nothing said", "a", "b"]

    scene_of(act)


def test_who_waits_for_what_is_lost_is_never_told_that_it_is_safe():
    async def act(desk):
        heard = []
        desk.writing.on_lost = lambda: heard.append("lost")
        other = await desk.engine.logs_of("mouse").open("m", 3)
        desk.engine.split(("hare",))
        desk.writing.say(put("a"))
        desk.writing.when_safe(lambda: heard.append("a"))
        desk.writing.flush()
        await other.take_over()
        desk.engine.heal()
        await desk.rest()
        await desk.read()
        assert heard == ["lost"]
        # What is asked from now on has nothing to wait for.
        desk.writing.when_safe(lambda: heard.append("later"))
        assert heard == ["lost", "later"]

    scene_of(act)


def test_a_snapshot_says_all_and_cuts_the_log_before_it():
    async def act(desk):
        desk.writing.snapshot_records_min = 5
        desk.writing.snapshot_growth = 0
        for number in range(5):
            desk.writing.say(put("a", number))
            desk.writing.flush()
        await desk.rest()
        assert CHANGES in desk.kinds
        await desk.read()
        await desk.rest()
        assert desk.kinds == [SNAPSHOT_BEGINS, SNAPSHOT_PART, SNAPSHOT_ENDS]
        later = Copy(lambda _changes: None)
        async for record in desk.log.read(1, 1000):
            later.take(record)
        assert list(later.ledger.changes()) == [put("a", 4)]
        assert later.is_whole

    scene_of(act)


def test_no_snapshot_while_it_would_be_long_and_say_little_less():
    async def act(desk):
        desk.writing.snapshot_records_min = 5
        for number in range(8):
            desk.writing.say(put(f"a{number}"))
            desk.writing.flush()
        await desk.rest()
        await desk.read()
        await desk.rest()
        assert SNAPSHOT_BEGINS not in desk.kinds

    scene_of(act)


@pytest.mark.parametrize(("count_max", "sizes"), [(2, [2, 2, 1]), (5, [5]), (9, [5])])
def test_pieces_hold_so_many_and_no_more(count_max, sizes):
    changes = [put(name) for name in "abcde"]
    found = list(pieces(changes, count_max))
    assert [len(each) for each, _octets in found] == sizes
    assert [one for each, _octets in found for one in each] == changes


def test_a_large_piece_is_ended_before_a_log_would_refuse_it():
    changes = [put(name, "x" * (RECORD_BYTES // 2)) for name in "abcd"]
    assert [len(each) for each, _octets in pieces(changes, 99)] == [2, 2]


def test_nothing_comes_in_no_piece():
    assert list(pieces([], 0)) == []
