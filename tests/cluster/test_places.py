"""What stands for a queue, by where its messages are."""

import asyncio

import pytest

from leveret.broker.broker import Broker
from leveret.broker.changes import QueueDeclared
from leveret.broker.queues.queue import Queue, QueueOptions
from leveret.cluster.links.memory import MemoryNetwork
from leveret.cluster.metadata.changes import QueueHoused
from leveret.cluster.places import ClusterPlaces
from leveret.cluster.remote.homes import Homes
from leveret.cluster.remote.queue import RemoteQueue
from tests.broker.domain import HandAgenda, random_bytes

DECLARED = QueueDeclared(7, "/", "jobs", QueueOptions(durable=True))


@pytest.fixture
def agenda():
    return HandAgenda()


@pytest.fixture
def broker(agenda):
    return Broker(agenda.hand, random_bytes())


@pytest.fixture
def vhost(broker):
    return broker.add_vhost("/")


@pytest.fixture
def places(broker):
    return ClusterPlaces("hare", Homes(broker, MemoryNetwork().links_of("hare")))


def test_at_its_home_it_is_the_queue_itself(places, vhost):
    places.place(vhost, DECLARED, QueueHoused("/", "jobs", "hare"))
    assert isinstance(vhost.queues["jobs"], Queue)
    assert vhost.queues["jobs"].number == 7


def test_elsewhere_it_is_remote(places, vhost):
    async def scene():
        places.place(vhost, DECLARED, QueueHoused("/", "jobs", "mouse"))

    asyncio.run(scene())
    queue = vhost.queues["jobs"]
    assert isinstance(queue, RemoteQueue)
    assert queue.home == "mouse"


def test_one_with_a_log_is_nobodys_until_this_node_has_read_it(places, vhost):
    async def scene():
        places.place(vhost, DECLARED, QueueHoused("/", "jobs", "hare", "q7.1", ("hare", "mouse")))

    asyncio.run(scene())
    queue = vhost.queues["jobs"]
    assert isinstance(queue, RemoteQueue)
    assert queue.is_mirrored
