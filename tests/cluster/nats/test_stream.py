"""An entry is behind the one that it was to be put behind, once, or never."""

import asyncio

import pytest

from leveret.cluster.nats.entries import ENTRY_BYTES_MAX
from leveret.cluster.nats.stream import Extent, Stream
from leveret.cluster.ports import RECORD_BYTES_MAX, NoSuchLog


async def made(client, name="jobs"):
    stream = Stream(client, name)
    await stream.make(3, ())
    return stream


def test_an_entry_is_kept_behind_the_one_before(play_client):
    async def scene(client):
        stream = await made(client)
        assert await stream.extent() == Extent(1, 0)
        assert await stream.put(b"a", 0)
        assert await stream.put(b"b", 1)
        assert await stream.extent() == Extent(1, 2)
        assert [await stream.entry(number) for number in (1, 2, 3)] == [b"a", b"b", None]

    play_client(scene)


def test_an_entry_whose_answer_was_lost_is_found_and_not_put_twice(play_client):
    async def scene(client):
        stream = await made(client)
        large = b"x" * (RECORD_BYTES_MAX + ENTRY_BYTES_MAX)
        for _ in range(2):
            assert await stream.put(b"a", 0)
        for _ in range(2):
            assert await stream.put(large, 1)
        assert await stream.extent() == Extent(1, 2)

    play_client(scene)


def test_where_another_entry_is_none_is_put(play_client):
    async def scene(client):
        stream = await made(client)
        assert await stream.put(b"theirs", 0, is_fence=True)
        assert not await stream.put(b"ours", 0)
        assert await stream.put(b"theirs", 1)
        assert not await stream.put(b"ours", 0)
        assert await stream.extent() == Extent(1, 2)

    play_client(scene)


def test_where_all_was_purged_none_is_put_but_at_the_end(play_client):
    async def scene(client):
        stream = await made(client)
        for number in range(3):
            assert await stream.put(b"%d" % number, number)
        await stream.purge(4)
        assert await stream.extent() == Extent(4, 3)
        assert not await stream.put(b"late", 1)
        assert await stream.put(b"next", 3)

    play_client(scene)


def test_of_two_who_put_at_one_place_one_is_told_that_it_did(play_client):
    async def scene(client):
        stream = await made(client)
        for number in range(20):
            put = (stream.put(b"%d" % each, number) for each in range(3))
            assert sorted(await asyncio.gather(*put)) == [False, False, True]

    play_client(scene)


def test_a_stream_that_was_deleted_is_told_of(play_client):
    async def scene(client):
        stream = await made(client)
        await stream.ask("STREAM.DELETE")
        with pytest.raises(NoSuchLog):
            await stream.extent()
        async with asyncio.timeout(5):
            with pytest.raises(NoSuchLog):
                await stream.put(b"x", 0)

    play_client(scene)


def test_another_of_the_same_name_takes_nothing_that_was_meant_for_the_first(play_client):
    async def scene(client):
        stream = await made(client)
        assert await stream.put(b"a", 0)
        await stream.ask("STREAM.DELETE")
        other = await made(client)
        with pytest.raises(NoSuchLog):
            await stream.put(b"b", 0)
        with pytest.raises(NoSuchLog):
            await stream.extent()
        assert await other.put(b"c", 0)
        assert not await stream.put(b"b", 0)
        with pytest.raises(NoSuchLog):
            await stream.put(b"d", 1)
        assert await other.extent() == Extent(1, 1)

    play_client(scene)


def test_one_key_of_what_it_is_made_of_is_changed(play_client):
    async def scene(client):
        stream = await made(client)
        await stream.change("num_replicas", 1)
        assert (await stream.ask("STREAM.INFO"))["config"]["num_replicas"] == 1

    play_client(scene)
