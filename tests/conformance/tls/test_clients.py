"""The clients that people use, over TLS, with a certificate."""

import asyncio

import aio_pika
import amqpstorm
import pika
import pytest

BODY = b"hello, burrow"


@pytest.fixture
def context(pki, hare):
    return pki.client_context(hare)


def pika_parameters(secured, context, credentials):
    return pika.ConnectionParameters(
        *secured.tls,
        credentials=credentials,
        ssl_options=pika.SSLOptions(context, "localhost"),
        socket_timeout=20,
    )


@pytest.mark.parametrize(
    "credentials",
    [pika.PlainCredentials("guest", "guest"), pika.credentials.ExternalCredentials()],
    ids=["PLAIN", "EXTERNAL"],
)
def test_pika(secured, context, credentials):
    with pika.BlockingConnection(pika_parameters(secured, context, credentials)) as connection:
        channel = connection.channel()
        channel.queue_declare("pika", exclusive=True)
        channel.basic_publish("", "pika", BODY * 100_000)
        assert channel.basic_get("pika", auto_ack=True)[2] == BODY * 100_000


@pytest.mark.parametrize("mechanism", ["plain", "external"])
def test_aio_pika(secured, context, mechanism):
    context.check_hostname = False

    async def talk():
        url = f"amqps://guest:guest@{secured.tls[0]}:{secured.tls_port}/?auth={mechanism}"
        connection = await aio_pika.connect(url, ssl_context=context)
        async with connection:
            channel = await connection.channel()
            queue = await channel.declare_queue("aio", exclusive=True)
            await channel.default_exchange.publish(aio_pika.Message(BODY), "aio")
            message = await queue.get(no_ack=True)
            return message.body

    assert asyncio.run(talk()) == BODY


def test_amqpstorm(secured, context):
    options = {"context": context, "server_hostname": "localhost"}
    with (
        amqpstorm.Connection(
            secured.tls[0],
            "guest",
            "guest",
            port=secured.tls_port,
            ssl=True,
            ssl_options=options,
            heartbeat=0,
        ) as connection,
        connection.channel() as channel,
    ):
        channel.queue.declare("storm", exclusive=True)
        channel.basic.publish(BODY, "storm")
        assert channel.basic.get("storm", no_ack=True).body == BODY.decode()
