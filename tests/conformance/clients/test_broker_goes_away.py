"""A broker that stops says so (320), and a client that knows how to comes back to the next one.

RabbitMQ takes too long to restart for a test: its answer was read off `rabbitmqctl stop_app`.
"""

import asyncio
import threading

import aio_pika
import pika
import pytest
from pika.exceptions import ConnectionClosedByBroker

import leveret
from tests.conformance.clients.waiting import PATIENCE_S, wait_until

FORCED = (320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'")


def test_a_broker_that_stops_says_so():
    running = leveret.running(port=0)
    broker = running.__enter__()
    connection = pika.BlockingConnection(pika.URLParameters(broker.url))
    connection.channel().queue_declare("", exclusive=True)
    stopping = threading.Thread(target=running.__exit__, args=(None, None, None))
    stopping.start()
    with pytest.raises(ConnectionClosedByBroker) as forced:
        connection.process_data_events(time_limit=PATIENCE_S)
    stopping.join()
    assert forced.value.args == FORCED


def test_a_robust_connection_comes_back_with_its_queues_and_consumers():
    async def scenario():
        taken = []
        async with leveret.Broker(port=0) as broker:
            port = broker.port
            connection = await aio_pika.connect_robust(broker.url, reconnect_interval=0.05)
            channel = await connection.channel()
            exchange = await channel.declare_exchange("hares", aio_pika.ExchangeType.TOPIC)
            queue = await channel.declare_queue("burrow")
            await queue.bind(exchange, "brown.#")
            await queue.consume(taken.append, no_ack=True)
            await exchange.publish(aio_pika.Message(b"before"), "brown.hare")
            await wait_until(lambda: len(taken) == 1)
        reconnected = asyncio.Event()
        connection.reconnect_callbacks.add(lambda *_: reconnected.set())
        async with leveret.Broker(port=port) as broker:
            await asyncio.wait_for(reconnected.wait(), PATIENCE_S)
            async with await aio_pika.connect(broker.url) as other:
                publisher = await (await other.channel()).get_exchange("hares")
                await publisher.publish(aio_pika.Message(b"after"), "brown.hare")
            await wait_until(lambda: len(taken) == 2)
            await connection.close()
        assert [message.body for message in taken] == [b"before", b"after"]

    asyncio.run(asyncio.wait_for(scenario(), 30))
