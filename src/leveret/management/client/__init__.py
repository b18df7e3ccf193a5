"""A small typed client of the management API, for programs and for the tests.

    client = Client("http://guest:guest@localhost:15672")
    client.declare_queue("jobs", arguments={"x-max-length": 1000})
    client.publish("amq.default", "jobs", b"hello")
    assert client.queue("jobs").messages == 1

`client.py` has a method for each thing one does, `request.py` knows HTTP, `things.py` what comes
back. It blocks, and works with RabbitMQ too.
"""

from leveret.management.client.client import Client
from leveret.management.client.request import ApiRefused, ApiUnreachable
from leveret.management.client.things import (
    Binding,
    Channel,
    Connection,
    Consumer,
    Exchange,
    Health,
    Message,
    MessageStats,
    Named,
    Node,
    Overview,
    Page,
    Permission,
    Policy,
    Queue,
    Rate,
    TopicPermission,
    User,
    Vhost,
)

__all__ = [
    "ApiRefused",
    "ApiUnreachable",
    "Binding",
    "Channel",
    "Client",
    "Connection",
    "Consumer",
    "Exchange",
    "Health",
    "Message",
    "MessageStats",
    "Named",
    "Node",
    "Overview",
    "Page",
    "Permission",
    "Policy",
    "Queue",
    "Rate",
    "TopicPermission",
    "User",
    "Vhost",
]
