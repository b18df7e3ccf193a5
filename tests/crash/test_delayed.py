"""kill -9 while a delayed exchange holds messages: what was confirmed comes, and not too soon."""

import time

import pika
import pytest

from tests.crash.node import Node

COUNT = 300
DELAYS_MS = (200, 1500, 4000)
PATIENCE_S = 30.0


def delayed(delay_ms):
    return pika.BasicProperties(delivery_mode=2, headers={"x-delay": delay_ms})


def publish(port):
    """Confirmed messages for three times to come, and when they were published."""
    with pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port)) as connection:
        channel = connection.channel()
        channel.exchange_declare(
            "later", "x-delayed-message", durable=True, arguments={"x-delayed-type": "fanout"}
        )
        channel.queue_declare("due", durable=True)
        channel.queue_bind("due", "later")
        channel.confirm_delivery()
        published = {}
        for number in range(COUNT):
            delay_ms = DELAYS_MS[number % len(DELAYS_MS)]
            published[f"{number}"] = time.time() + delay_ms / 1000
            channel.basic_publish("later", "", f"{number}".encode(), delayed(delay_ms))
        return published


def consume(port, expected):
    """When each body came first, until all have, or nothing comes for long."""
    came = {}
    with pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port)) as connection:
        channel = connection.channel()
        for method, properties, body in channel.consume("due", inactivity_timeout=PATIENCE_S):
            if method is None:
                break
            assert properties.headers["x-delay"] < 0
            came.setdefault(body.decode(), time.time())
            channel.basic_ack(method.delivery_tag)
            if came.keys() == expected:
                break
        channel.cancel()
        declared = channel.queue_declare("due", passive=True)
        assert declared.method.message_count == 0
    return came


@pytest.mark.slow
@pytest.mark.parametrize("kill_after_s", [0.0, 1.0])
def test_what_was_confirmed_comes_and_not_too_soon(tmp_path, kill_after_s):
    with Node(tmp_path) as node:
        due = publish(node.port)
        time.sleep(kill_after_s)
        node.kill()
        node.start()
        came = consume(node.port, due.keys())
        assert came.keys() == due.keys()
        # A tenth of a second for clocks that are read at different moments.
        assert all(came[body] > at - 0.1 for body, at in due.items())
        # A kill could lose the last acknowledgements; with the node stopped they are all written.
        assert node.stop() == 0
        node.start()
        assert consume_nothing(node.port)


def consume_nothing(port):
    with pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port)) as connection:
        channel = connection.channel()
        time.sleep(0.5)
        return channel.queue_declare("due", passive=True).method.message_count == 0
