"""A broker that is killed while it is fed a stream: what it confirmed is there, each message with
the offset that it had.
"""

import contextlib
import threading

import pika
import pytest
from pika.exceptions import AMQPError

from tests.crash.node import Node

LIVES = 3
STREAM = {"x-queue-type": "stream", "x-stream-max-segment-size-bytes": 20_000}


class Publisher(threading.Thread):
    """Publishes numbers and notes the last that was confirmed, until the broker is gone."""

    def __init__(self, port, first):
        super().__init__()
        self.confirmed = first - 1
        self._port = port

    def run(self):
        with contextlib.suppress(AMQPError, ConnectionError):
            parameters = pika.ConnectionParameters("127.0.0.1", self._port)
            with pika.BlockingConnection(parameters) as connection:
                channel = connection.channel()
                channel.confirm_delivery()
                while True:
                    number = self.confirmed + 1
                    # Every other one need not survive elsewhere.
                    properties = pika.BasicProperties(delivery_mode=1 + number % 2)
                    channel.basic_publish("", "s", str(number).encode(), properties)
                    self.confirmed = number


def everything(port):
    """Offsets and numbers of all there is."""
    parameters = pika.ConnectionParameters("127.0.0.1", port)
    with pika.BlockingConnection(parameters) as connection:
        channel = connection.channel()
        channel.basic_qos(prefetch_count=1000)
        found = []
        count = channel.queue_declare("s", passive=True).method.message_count
        reading = channel.consume("s", arguments={"x-stream-offset": "first"})
        while len(found) < count:
            method, properties, body = next(reading)
            found.append((properties.headers["x-stream-offset"], int(body)))
            channel.basic_ack(method.delivery_tag)
        channel.cancel()
        return found


@pytest.mark.slow
def test_what_was_confirmed_is_there_with_its_offset(tmp_path):
    found = []
    with Node(tmp_path) as node:
        parameters = pika.ConnectionParameters("127.0.0.1", node.port)
        with pika.BlockingConnection(parameters) as connection:
            connection.channel().queue_declare("s", durable=True, arguments=STREAM)
        for _ in range(LIVES):
            publisher = Publisher(node.port, len(found))
            publisher.start()
            publisher.join(1.0)
            node.kill()
            publisher.join()
            node.start()
            before, found = found, everything(node.port)
            assert found[: len(before)] == before
            assert [offset for offset, _number in found] == list(range(len(found)))
            assert [number for _offset, number in found] == list(range(len(found)))
            assert len(found) > publisher.confirmed > len(before)
