"""pika's AsyncioConnection: the same broker through callbacks."""

import asyncio
import contextlib

import pika
import pytest
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.exceptions import (
    AMQPConnectionError,
    ChannelClosedByBroker,
    ConnectionClosedByBroker,
    ProbableAuthenticationError,
)

from tests.conformance.clients.waiting import wait_until


class Opened:
    """A connection whose callbacks have become things to await."""

    def __init__(self, parameters):
        loop = asyncio.get_running_loop()
        self.open = loop.create_future()
        self.closed = loop.create_future()
        self.connection = AsyncioConnection(
            parameters,
            on_open_callback=self.open.set_result,
            on_open_error_callback=lambda _connection, error: self.open.set_exception(error),
            on_close_callback=lambda _connection, reason: self.closed.set_result(reason),
        )

    async def channel(self):
        opened = asyncio.get_running_loop().create_future()
        self.connection.channel(on_open_callback=opened.set_result)
        return await opened


@contextlib.asynccontextmanager
async def connected(broker, **options):
    opened = Opened(pika.ConnectionParameters(broker.host, broker.port, **options))
    await opened.open
    yield opened
    if opened.connection.is_open:
        opened.connection.close()
    await opened.closed


async def reply(method, *arguments, **options):
    """Call a channel method and wait for its answer, or for the channel's end."""
    answered = asyncio.get_running_loop().create_future()

    def on_close(_channel, reason):
        if not answered.done():
            answered.set_exception(reason)

    method.__self__.add_on_close_callback(on_close)
    method(*arguments, callback=answered.set_result, **options)
    return (await answered).method


def run(scenario):
    asyncio.run(asyncio.wait_for(scenario, 30))


def test_publish_and_consume_with_confirms(broker, unique):
    async def scenario():
        async with connected(broker) as opened:
            channel = await opened.channel()
            await reply(channel.queue_declare, unique("queue"))
            confirmed, taken = [], []
            await reply(channel.confirm_delivery, ack_nack_callback=confirmed.append)

            def on_message(_channel, method, _properties, body):
                taken.append(body)
                channel.basic_ack(method.delivery_tag)

            channel.basic_consume(unique("queue"), on_message)
            for number in range(100):
                channel.basic_publish("", unique("queue"), b"%d" % number)
            await wait_until(lambda: len(taken) == 100)
            await wait_until(lambda: confirmed and confirmed[-1].method.delivery_tag == 100)
            assert taken == [b"%d" % number for number in range(100)]
            assert {type(frame.method) for frame in confirmed} == {pika.spec.Basic.Ack}

    run(scenario())


def test_a_return_comes_before_its_confirm(broker):
    async def scenario():
        async with connected(broker) as opened:
            channel = await opened.channel()
            seen = []
            channel.add_on_return_callback(lambda *each: seen.append(each[3]))
            await reply(
                channel.confirm_delivery,
                ack_nack_callback=lambda frame: seen.append(frame.method.delivery_tag),
            )
            channel.basic_publish("", "nobody", b"x", mandatory=True)
            await wait_until(lambda: len(seen) == 2)
            assert seen == [b"x", 1]

    run(scenario())


def test_a_refusal_closes_the_channel_alone(broker):
    async def scenario():
        async with connected(broker) as opened:
            channel = await opened.channel()
            with pytest.raises(ChannelClosedByBroker) as refused:
                await reply(channel.queue_declare, "nowhere", passive=True)
            assert refused.value.args == (404, "NOT_FOUND - no queue 'nowhere' in vhost '/'")
            assert (await opened.channel()).is_open

    run(scenario())


def test_a_fatal_refusal_closes_the_connection(broker):
    async def scenario():
        async with connected(broker) as opened:
            channel = await opened.channel()
            channel.exchange_declare("x", exchange_type="unheard-of")
            reason = await opened.closed
            assert isinstance(reason, ConnectionClosedByBroker)
            assert reason.args == (503, "COMMAND_INVALID - unknown exchange type 'unheard-of'")

    run(scenario())


def test_deleting_the_queue_cancels_its_consumers(broker, unique):
    async def scenario():
        async with connected(broker) as opened:
            channel = await opened.channel()
            cancelled = asyncio.get_running_loop().create_future()
            await reply(channel.queue_declare, unique("queue"))
            channel.add_on_cancel_callback(cancelled.set_result)
            tag = channel.basic_consume(unique("queue"), print)
            other = await opened.channel()
            await reply(other.queue_delete, unique("queue"))
            assert (await cancelled).method.consumer_tag == tag

    run(scenario())


def test_flow_and_qos_are_answered(broker):
    async def scenario():
        async with connected(broker) as opened:
            channel = await opened.channel()
            await reply(channel.basic_qos, prefetch_count=10, global_qos=True)
            answered = asyncio.get_running_loop().create_future()
            channel.flow(True, callback=answered.set_result)
            assert await answered is True

    run(scenario())


def test_the_secret_of_a_connection_can_be_renewed(broker):
    async def scenario():
        async with connected(broker) as opened:
            renewed = asyncio.get_running_loop().create_future()
            opened.connection.update_secret("guest", "it expires", renewed.set_result)
            assert isinstance((await renewed).method, pika.spec.Connection.UpdateSecretOk)

    run(scenario())


def test_a_wrong_password_is_refused(broker):
    async def scenario():
        wrong = pika.PlainCredentials("guest", "wrong")
        with pytest.raises(AMQPConnectionError) as refused:
            async with connected(broker, credentials=wrong):
                pass
        assert isinstance(refused.value, ProbableAuthenticationError)

    run(scenario())
