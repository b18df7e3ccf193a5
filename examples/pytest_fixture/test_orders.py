"""Test code that speaks AMQP against a real broker, started for the test run: no container.

Run it with pytest. A broker takes a fraction of a second to start, so a fixture may as well
start one per test; scope="session" shares one.
"""

import pika
import pytest

import leveret


@pytest.fixture(scope="session")
def broker():
    with leveret.running(port=0) as broker:
        yield broker


@pytest.fixture
def channel(broker):
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        yield connection.channel()


def test_an_order_waits_for_the_warehouse(channel):
    channel.queue_declare("orders", exclusive=True)
    channel.basic_publish(exchange="", routing_key="orders", body=b"one carrot")
    _method, _properties, body = channel.basic_get("orders", auto_ack=True)
    assert body == b"one carrot"
