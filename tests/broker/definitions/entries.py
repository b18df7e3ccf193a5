"""Entries from few words, and a broker to put them into."""

from leveret.broker.broker import Broker
from leveret.broker.definitions.document import (
    DefinedBinding,
    DefinedExchange,
    DefinedPermission,
    DefinedQueue,
    DefinedTopicPermission,
    DefinedUser,
    DefinedVhost,
)
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.permissions import EVERYTHING
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.topic_permissions import TopicPermission
from leveret.broker.users import User
from tests.broker.domain import HandAgenda, random_bytes


def new_broker():
    return Broker(HandAgenda().hand, random_bytes())


def user(name="ada", password_hash=b"salthash", *, password=None, **options):
    return DefinedUser(User(name, password_hash, **options), password)


def vhost(name="/"):
    return DefinedVhost(name)


def permission(name="ada", place="/", granted=EVERYTHING):
    return DefinedPermission(name, place, granted)


def topic_permission(name="ada", place="/", exchange="logs", write="a", read="b"):
    return DefinedTopicPermission(name, place, exchange, TopicPermission(write, read))


def exchange(name="logs", kind="direct", place="/", **options):
    return DefinedExchange(place, name, kind, ExchangeOptions(**{"durable": True, **options}))


def queue(name="jobs", place="/", **options):
    return DefinedQueue(place, name, QueueOptions(**{"durable": True, **options}))


def binding(source="logs", destination="jobs", kind="queue", key="k", place="/", **arguments):
    return DefinedBinding(place, source, kind, destination, key, arguments)


def everything():
    """One of each, and what they need."""
    return [
        user(),
        vhost(),
        permission(),
        topic_permission(),
        exchange(),
        queue(),
        binding(),
        binding("logs", "amq.fanout", "exchange", a=1),
    ]
