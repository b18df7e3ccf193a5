"""What the client tests share: names that are cleaned up, and pika connections that are closed."""

import contextlib
from collections.abc import Callable, Iterator

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError, ChannelClosedByBroker

from tests.brokers import Endpoint

Name = Callable[[str], str]
Connect = Callable[..., pika.BlockingConnection]


@pytest.fixture
def unique(unique: Name, broker: Endpoint) -> Iterator[Name]:
    """As the suite's, and the queue and the exchange of each name are gone after the test."""
    names: set[str] = set()

    def remembered(kind: str) -> str:
        names.add(unique(kind))
        return unique(kind)

    yield remembered
    if not names:
        return
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        channel = connection.channel()
        for name in names:
            channel.exchange_delete(name)
        for name in names:
            try:
                channel.queue_delete(name)
            except ChannelClosedByBroker:  # A connection that just ended takes its own queue along.
                channel = connection.channel()


@pytest.fixture
def connect(broker: Endpoint, unique: Name) -> Iterator[Connect]:
    """Open pika connections; the arguments are those of pika.ConnectionParameters."""
    del unique  # Named so that connections end first: they may hold exclusive queues.
    opened: list[pika.BlockingConnection] = []

    def opening(**parameters: object) -> pika.BlockingConnection:
        where = pika.ConnectionParameters(broker.host, broker.port, **parameters)
        opened.append(pika.BlockingConnection(where))
        return opened[-1]

    yield opening
    for connection in opened:
        with contextlib.suppress(AMQPError):
            connection.close()


@pytest.fixture
def connection(connect: Connect) -> pika.BlockingConnection:
    return connect()


@pytest.fixture
def channel(connection: pika.BlockingConnection) -> BlockingChannel:
    return connection.channel()


@pytest.fixture
def queue(channel: BlockingChannel, unique: Name) -> str:
    """An empty queue that any connection may use."""
    return channel.queue_declare(unique("queue")).method.queue
