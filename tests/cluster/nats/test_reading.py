"""Entries in order, each once, whatever becomes of the consumer they come from."""

import contextlib

import pytest

from leveret.cluster.nats.connection import ask
from leveret.cluster.nats.reading import PULL_ENTRIES, entries_from
from leveret.cluster.nats.stream import Stream
from leveret.cluster.ports import NoSuchLog
from tests.cluster.until import until


async def filled(client, count):
    stream = Stream(client, "jobs")
    await stream.make(3, ())
    for number in range(count):
        assert await stream.put(b"%d" % (number + 1), number)
    return stream


async def taken(entries, count):
    return [await anext(entries) for _ in range(count)]


def numbered(first, last):
    return [(number, b"%d" % number) for number in range(first, last + 1)]


def test_more_than_one_pull_has(play_client):
    async def scene(client):
        count = 2 * PULL_ENTRIES + 5
        stream = await filled(client, count)
        async with contextlib.aclosing(entries_from(stream, 1)) as entries:
            assert await taken(entries, count) == numbered(1, count)
        async with contextlib.aclosing(entries_from(stream, 100)) as entries:
            assert await taken(entries, 5) == numbered(100, 104)

    play_client(scene)


def test_what_was_purged_is_left_out(play_client):
    async def scene(client):
        stream = await filled(client, 10)
        await stream.purge(6)
        async with contextlib.aclosing(entries_from(stream, 1)) as entries:
            assert await taken(entries, 5) == numbered(6, 10)

    play_client(scene)


def test_when_the_consumer_goes_another_takes_its_place(play_client):
    async def scene(client):
        stream = await filled(client, 3)
        async with contextlib.aclosing(entries_from(stream, 1)) as entries:
            assert await taken(entries, 3) == numbered(1, 3)
            for consumer in (await ask(client, f"CONSUMER.NAMES.{stream.id}"))["consumers"]:
                await ask(client, f"CONSUMER.DELETE.{stream.id}.{consumer}")
            for number in (3, 4):
                assert await stream.put(b"%d" % (number + 1), number)
            assert await taken(entries, 2) == numbered(4, 5)

    play_client(scene)


def test_whoever_stops_reading_leaves_no_consumer(play_client):
    async def scene(client):
        stream = await filled(client, 3)

        async def consumers_number():
            return (await ask(client, f"CONSUMER.NAMES.{stream.id}"))["total"]

        async def no_consumer():
            return await consumers_number() == 0

        async with contextlib.aclosing(entries_from(stream, 1)) as entries:
            await taken(entries, 1)
            assert await consumers_number() == 1
        await until(no_consumer)

    play_client(scene)


def test_another_stream_of_the_same_name_is_not_read_for_the_first(play_client):
    async def scene(client):
        stream = await filled(client, 1)
        async with contextlib.aclosing(entries_from(stream, 1)) as entries:
            await taken(entries, 1)
            await stream.ask("STREAM.DELETE")
            await filled(client, 5)
            with pytest.raises(NoSuchLog):
                await anext(entries)

    play_client(scene)


def test_a_stream_that_is_deleted_ends_it(play_client):
    async def scene(client):
        stream = await filled(client, 1)
        async with contextlib.aclosing(entries_from(stream, 1)) as entries:
            await taken(entries, 1)
            await stream.ask("STREAM.DELETE")
            with pytest.raises(NoSuchLog):
                await anext(entries)

    play_client(scene)
