"""A real node whose disk takes no more: it stays up, confirms nothing falsely, and goes on later.

The disk is as full as a limit on the size of its files makes it, which can be lifted again: no
file takes as much as one message has.
"""

import contextlib
import sys
import time

import pika
import pytest
from pika.exceptions import AMQPError
from pika.spec import BasicProperties

from tests.crash.node import Node

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits a process from outside")

PATIENCE_S = 15.0
ROOM_OCTETS = 4096
BODY_OCTETS = 10_000
PERSISTENT = BasicProperties(delivery_mode=2)


class Client:
    """A connection with a channel that confirms. confirmed: how many of the publishes were."""

    def __init__(self, port):
        self.confirmed = 0
        self.published = 0
        self.told = []
        self.connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port))
        self.connection.add_on_connection_blocked_callback(
            lambda _, frame: self.told.append(("blocked", frame.method.reason))
        )
        self.connection.add_on_connection_unblocked_callback(
            lambda *_: self.told.append(("unblocked", ""))
        )
        self.channel = self.connection.channel()
        # pika's own way of confirming waits for each; here many are under way.
        self.channel._impl.confirm_delivery(self._confirmed)

    def _confirmed(self, frame):
        method = frame.method
        assert isinstance(method, pika.spec.Basic.Ack)
        self.confirmed = max(self.confirmed, method.delivery_tag)

    def publish(self, count):
        for _ in range(count):
            self.published += 1
            body = b"%d " % self.published + b"x" * BODY_OCTETS
            self.channel._impl.basic_publish("", "jobs", body, PERSISTENT)

    def until(self, condition, what):
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, f"still waiting for {what}"
            self.connection.process_data_events(time_limit=0.02)


@pytest.fixture
def node(tmp_path):
    with Node(tmp_path) as node:
        yield node


@pytest.fixture
def connect(node):
    """Clients, which are closed with the test; the node may be dead by then."""
    clients = []

    def connecting():
        clients.append(Client(node.port))
        return clients[-1]

    yield connecting
    for client in clients:
        with contextlib.suppress(AMQPError):
            client.connection.close()


@pytest.fixture
def publisher(connect):
    client = connect()
    client.channel.queue_declare("jobs", durable=True)
    return client


def fill(node, publisher):
    """Publish until the disk takes no more and the publisher has been told."""
    publisher.publish(50)
    publisher.until(lambda: publisher.confirmed == 50, "confirms")
    node.limit_files(ROOM_OCTETS)

    def is_told():
        # Only who publishes while the alarm is on is told.
        publisher.publish(1)
        return publisher.told

    publisher.until(is_told, "connection.blocked")
    assert publisher.told == [("blocked", "low on disk")]


def numbers_in(port):
    """What waits, in order."""
    with pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port)) as connection:
        channel = connection.channel()
        numbers = []
        for method, _properties, body in channel.consume("jobs", inactivity_timeout=1.0):
            if method is None:
                return numbers
            numbers.append(int(body.split()[0]))
            channel.basic_ack(method.delivery_tag)
        return numbers


@pytest.mark.slow
def test_a_full_disk_blocks_publishers_and_heals_when_there_is_room(node, publisher, connect):
    fill(node, publisher)
    # Longer than it takes to try again.
    until = time.monotonic() + 2.5
    while time.monotonic() < until:
        publisher.connection.process_data_events(time_limit=0.02)
    assert publisher.confirmed == 50
    assert publisher.told == [("blocked", "low on disk")]
    # Others are served all the while.
    passive = connect().channel.queue_declare("jobs", passive=True)
    assert passive.method.message_count >= 50
    node.limit_files(1 << 40)
    publisher.until(lambda: ("unblocked", "") in publisher.told, "connection.unblocked")
    publisher.until(lambda: publisher.confirmed == publisher.published, "all confirms")
    assert numbers_in(node.port) == list(range(1, publisher.published + 1))


@pytest.mark.slow
def test_what_was_confirmed_outlives_a_node_that_dies_on_a_full_disk(node, publisher):
    fill(node, publisher)
    assert publisher.confirmed == 50
    node.kill()
    node.start()
    numbers = numbers_in(node.port)
    assert numbers[:50] == list(range(1, 51))
    assert numbers == sorted(set(numbers))
