"""Entries from few words, and a broker to put them into."""

from leveret.broker.broker import Broker
from leveret.broker.definitions.document import (
    DefinedBinding,
    DefinedExchange,
    DefinedGlobalParameter,
    DefinedParameter,
    DefinedPermission,
    DefinedPolicy,
    DefinedQueue,
    DefinedTopicPermission,
    DefinedUser,
    DefinedVhost,
)
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.permissions import EVERYTHING
from leveret.broker.policies import Policy
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.topic_permissions import TopicPermission
from leveret.broker.users import User
from tests.broker.domain import HandAgenda, random_bytes


def new_broker():
    return Broker(HandAgenda().hand, random_bytes())


def user(name="ada", password_hash=b"salthash", *, password=None, limits=None, **options):
    return DefinedUser(User(name, password_hash, **options), password, limits or {})


def vhost(name="/", description="", tags=(), default_queue_type=None):
    return DefinedVhost(name, description, tags, default_queue_type)


def permission(name="ada", place="/", granted=EVERYTHING):
    return DefinedPermission(name, place, granted)


def topic_permission(name="ada", place="/", exchange="logs", write="a", read="b"):
    return DefinedTopicPermission(name, place, exchange, TopicPermission(write, read))


def global_parameter(name="where", value="here"):
    return DefinedGlobalParameter(name, value)


def policy(name="short", place="/", pattern="^jobs", **definition):
    said = {key.replace("_", "-"): value for key, value in definition.items()}
    return DefinedPolicy(place, Policy(name, pattern, said or {"max-length": 5}))


def operator_policy(name="bounded", place="/", definition=None):
    said = {"pattern": ".*", "definition": definition or {"max-length": 9}, "priority": 1}
    return DefinedParameter("operator_policy", place, name, {**said, "apply-to": "queues"})


def vhost_limits(place="/", **limits):
    said = {key.replace("_", "-"): value for key, value in limits.items()}
    return DefinedParameter("vhost-limits", place, "limits", said)


def shovel(name="away", place="/"):
    return DefinedParameter("shovel", place, name, {"src-queue": "a", "dest-queue": "b"})


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
        global_parameter(),
        policy(),
        operator_policy(),
        vhost_limits(max_connections=5),
        shovel(),
        exchange(),
        queue(),
        binding(),
        binding("logs", "amq.fanout", "exchange", a=1),
    ]
