"""Streams as pika and aio-pika use them."""

import asyncio
import datetime
import time

import aio_pika
import pika
import pytest

from leveret import Policy
from tests.conformance.clients.waiting import until, wait_until

STREAM = {"x-queue-type": "stream"}


@pytest.fixture
def written(connection, unique):
    """A stream with the numbers 0 to 9."""
    channel = connection.channel()
    channel.confirm_delivery()
    name = unique("stream")
    channel.queue_declare(name, durable=True, arguments=STREAM)
    for number in range(10):
        channel.basic_publish("", name, str(number).encode())
    yield name
    connection.channel().queue_delete(name)


def read(connection, name, offset, count):
    """Offsets and bodies that a new reader gets."""
    channel = connection.channel()
    channel.basic_qos(prefetch_count=100)
    found = []

    def take(its_channel, method, properties, body):
        found.append((properties.headers["x-stream-offset"], body))
        its_channel.basic_ack(method.delivery_tag)

    channel.basic_consume(name, take, arguments={"x-stream-offset": offset})
    until(connection, lambda: len(found) >= count)
    channel.close()
    return found


def numbers(first, end):
    return [(number, str(number).encode()) for number in range(first, end)]


def test_pika_reads_again_and_again_from_anywhere(connection, written):
    assert read(connection, written, "first", 10) == numbers(0, 10)
    assert read(connection, written, 7, 3) == numbers(7, 10)
    assert read(connection, written, "1h", 10) == numbers(0, 10)
    assert read(connection, written, "last", 1) == numbers(9, 10)


def test_pika_reads_what_comes(connection, written):
    channel = connection.channel()
    channel.basic_qos(prefetch_count=1)
    found = []

    def take(its_channel, method, properties, body):
        found.append((properties.headers["x-stream-offset"], body))
        its_channel.basic_ack(method.delivery_tag)

    channel.basic_consume(written, take)
    for count in (1, 2, 3):
        channel.basic_publish("", written, str(9 + count).encode())
        until(connection, lambda count=count: len(found) == count)
    assert [body for _offset, body in found] == [b"10", b"11", b"12"]


def test_pika_needs_a_prefetch(connection, written):
    channel = connection.channel()
    with pytest.raises(pika.exceptions.ChannelClosedByBroker) as refused:
        channel.basic_consume(written, print)
    assert refused.value.reply_code == 406
    assert "consumer prefetch count is not set" in refused.value.reply_text


async def read_on(connection, name, start, count):
    """So many numbers from there on. An iterator gives back what it has not come to when it ends,
    which a stream refuses."""
    channel = await connection.channel()
    await channel.set_qos(prefetch_count=20)
    queue = await channel.get_queue(name)
    found = []

    async def take(message):
        found.append(int(message.body))
        await message.ack()

    await queue.consume(take, arguments={"x-stream-offset": start})
    await wait_until(lambda: len(found) >= count)
    await channel.close()
    return found[:count]


def test_aio_pika_reads_where_it_left_off(broker, written):
    async def scenario():
        async with await aio_pika.connect(broker.url) as connection:
            assert await read_on(connection, written, "first", 5) == [0, 1, 2, 3, 4]
            assert await read_on(connection, written, 5, 5) == [5, 6, 7, 8, 9]

    asyncio.run(asyncio.wait_for(scenario(), 30))


def test_aio_pika_reads_from_a_time(broker, written, connection):
    time.sleep(1.1)
    since = datetime.datetime.now(tz=datetime.UTC).replace(microsecond=0)
    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_publish("", written, b"10")

    async def scenario():
        async with await aio_pika.connect(broker.url) as its_connection:
            assert await read_on(its_connection, written, since, 1) == [10]

    asyncio.run(asyncio.wait_for(scenario(), 30))


def fill(connection, name, first, end):
    channel = connection.channel()
    channel.confirm_delivery()
    for number in range(first, end):
        channel.basic_publish("", name, str(number).encode().rjust(100))
    channel.close()


def kept(connection, name, last):
    """What there is, up to the last number."""
    channel = connection.channel()
    channel.basic_qos(prefetch_count=1000)
    found = []

    def take(its_channel, method, _properties, body):
        found.append(int(body))
        its_channel.basic_ack(method.delivery_tag)

    channel.basic_consume(name, take, arguments={"x-stream-offset": "first"})
    until(connection, lambda: found and found[-1] == last)
    channel.close()
    assert found == list(range(found[0], last + 1))
    return found


def test_the_oldest_go_by_segments_when_there_are_too_many(connection, unique):
    limits = {"x-max-length-bytes": 15_000, "x-stream-max-segment-size-bytes": 10_000}
    name = unique("stream")
    connection.channel().queue_declare(name, durable=True, arguments={**STREAM, **limits})
    fill(connection, name, 0, 300)
    # RabbitMQ cuts a moment later.
    until(connection, lambda: kept(connection, name, 299)[0] > 0)
    assert 20 < len(kept(connection, name, 299)) < 250


def test_the_oldest_go_when_they_are_too_old(connection, unique):
    limits = {"x-max-age": "1s", "x-stream-max-segment-size-bytes": 10_000}
    name = unique("stream")
    connection.channel().queue_declare(name, durable=True, arguments={**STREAM, **limits})
    fill(connection, name, 0, 100)
    time.sleep(2.1)
    assert len(kept(connection, name, 99)) == 100
    fill(connection, name, 100, 300)
    until(connection, lambda: kept(connection, name, 299)[0] > 0)


def test_a_policy_goes_before_the_arguments(broker, connection, unique):
    name = unique("stream")
    limits = {"x-max-length-bytes": 10**9, "x-stream-max-segment-size-bytes": 10_000}
    connection.channel().queue_declare(name, durable=True, arguments={**STREAM, **limits})
    policy = Policy(name, f"^{name}$", {"max-length-bytes": 15_000}, apply_to="queues")
    broker.admin.set_policy(policy)
    try:
        fill(connection, name, 0, 300)
        until(connection, lambda: kept(connection, name, 299)[0] > 0)
    finally:
        broker.admin.clear_policy(name)
    first = kept(connection, name, 299)[0]
    fill(connection, name, 300, 500)
    assert kept(connection, name, 499)[0] == first


def test_a_policy_shortens_what_is_there(broker, connection, unique):
    name = unique("stream")
    segments = {"x-stream-max-segment-size-bytes": 10_000}
    connection.channel().queue_declare(name, durable=True, arguments={**STREAM, **segments})
    fill(connection, name, 0, 300)
    assert kept(connection, name, 299)[0] == 0
    policy = Policy(name, f"^{name}$", {"max-length-bytes": 15_000}, apply_to="queues")
    broker.admin.set_policy(policy)
    try:
        until(connection, lambda: kept(connection, name, 299)[0] > 0)
    finally:
        broker.admin.clear_policy(name)
