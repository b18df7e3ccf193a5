"""Streams on logs of several nodes: offsets are what they were, whoever leads."""

import pytest

from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.mirrors.mirror import PURGED_MIN
from leveret.cluster.mirrors.records import MESSAGE
from tests.broker.domain import message
from tests.broker.streams.hand import Reading
from tests.cluster.mirrors.leading import NODES
from tests.cluster.mirrors.living import MirroredWorld, scene

SEGMENT = {"x-stream-max-segment-size-bytes": 1}


class StreamWorld(MirroredWorld):
    """A node that leads one stream."""

    async def lead(self, **arguments):
        table = {"x-queue-type": "stream", **SEGMENT}
        table.update((name.replace("_", "-"), value) for name, value in arguments.items())
        shared = await self.logs.open("q7.1", 3)
        recovered = await self.store.lead(7, shared, is_stream=True)
        self.stream = self.vhost.make_queue("s", QueueOptions(durable=True, arguments=table), 7)
        self.stream.recover(recovered)
        return self

    async def write(self, *bodies, **described):
        for body in bodies:
            made = message(body, is_persistent=True, **described)
            made.position = self._next_position()
            self.store.append(made, (7,))
            made.is_stored = True
            self.stream.publish(made)
        await self.settle(3)

    async def read(self, offset="first"):
        reading = Reading(self.stream, x_stream_offset=offset)
        await self.settle(5)
        reading.leave()
        return list(zip(reading.offsets, reading.got, strict=True))

    async def next(self, **arguments):
        """Whoever leads it after this node."""
        return await StreamWorld(self.faults, NODES[1]).lead(**arguments)


def records(world):
    return [each.kind for each in world.faults.logs["q7.1"].records]


@scene
async def test_the_next_leader_has_the_same_offsets():
    first = await StreamWorld().lead()
    await first.write(*"abc")
    second = await first.next()
    assert await second.read() == [(0, "a"), (1, "b"), (2, "c")]
    await second.write("d")
    assert await second.read(2) == [(2, "c"), (3, "d")]


@scene
async def test_offsets_go_on_behind_what_was_cut_off():
    limit = {"x_max_length_bytes": 1}
    first = await StreamWorld().lead(**limit)
    await first.write(*"abc")
    assert first.stream.ready.count == 0
    second = await first.next(**limit)
    assert (second.stream.ready.first, second.stream.ready.end) == (3, 3)
    await second.write("d")
    assert second.stream.ready.end == 4


@scene
async def test_the_newest_stays_in_the_log_when_all_was_cut_off():
    limit = {"x_max_length_bytes": 1}
    first = await StreamWorld().lead(**limit)
    await first.write(*["m"] * PURGED_MIN)
    await first.settle()
    assert records(first).count(MESSAGE) == 1
    second = await first.next(**limit)
    assert second.stream.ready.end == PURGED_MIN


@scene
async def test_what_the_catalogue_of_one_node_would_know_is_not_told():
    first = await StreamWorld().lead(x_max_length_bytes=1)
    await first.write(*"abc")
    kinds = {type(each).__name__ for each in first.engine.catalogue.changes}
    assert not kinds & {"StreamGrew", "StreamCut"}


@scene
async def test_blocks_are_as_large_and_as_old_as_they_were():
    first = await StreamWorld().lead()
    await first.write("a")
    first.agenda.pass_time(100)
    await first.write("bcd")
    second = await first.next()
    mine, theirs = first.stream.ready.blocks, second.stream.ready.blocks
    assert [each.octets for each in mine] == [each.octets for each in theirs]
    assert [each.first_offset for each in mine] == [each.first_offset for each in theirs]
    assert theirs[1].last_s - theirs[0].last_s == pytest.approx(100)


@scene
async def test_what_need_not_survive_elsewhere_survives_in_a_stream():
    first = await StreamWorld().lead()
    made = message("passing")
    made.position = first._next_position()
    first.stream.publish(made)
    await first.settle(3)
    second = await first.next()
    assert await second.read() == [(0, "passing")]


@scene
async def test_a_damaged_message_leaves_a_gap():
    first = await StreamWorld().lead(x_stream_max_segment_size_bytes=10**6)
    await first.write("a", "broken", "c")
    kept = first.faults.logs["q7.1"]
    at = next(i for i, each in enumerate(kept.records) if b"broken" in each.octets)
    damaged = kept.records[at].octets.replace(b"broken", b"brOken")
    kept.records[at] = type(kept.records[at])(kept.records[at].sequence, MESSAGE, damaged)
    second = await first.next(x_stream_max_segment_size_bytes=10**6)
    assert await second.read() == [(0, "a"), (2, "c")]
    await second.write("d")
    assert await second.read(1) == [(2, "c"), (3, "d")]


@scene
async def test_a_reader_gets_nothing_while_it_is_paused():
    first = await StreamWorld().lead()
    await first.write("a")
    first.stream.pause(NODES[0])
    reading = Reading(first.stream, x_stream_offset="first")
    await first.settle(3)
    assert reading.got == []
    first.stream.go_on()
    await first.settle(3)
    assert reading.got == ["a"]
