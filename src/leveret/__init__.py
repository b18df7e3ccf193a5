"""Leveret: a message broker in Python that speaks RabbitMQ.

    with leveret.running(port=0) as broker:
        connection = pika.BlockingConnection(pika.URLParameters(broker.url))

The names below are imported when they are first used, so that `import leveret` costs nothing.
"""

from typing import TYPE_CHECKING

from leveret.version import VERSION

if TYPE_CHECKING:
    from leveret.broker.errors import Refused as Refused
    from leveret.broker.permissions import Permission as Permission
    from leveret.broker.policies import Policy as Policy
    from leveret.broker.topic_permissions import TopicPermission as TopicPermission
    from leveret.broker.vhost_metadata import VhostMetadata as VhostMetadata
    from leveret.config import Settings as Settings
    from leveret.errors import StartRefused as StartRefused
    from leveret.testing.embedded import Broker as Broker
    from leveret.testing.embedded import running as running

__all__ = [
    "Broker",
    "Permission",
    "Policy",
    "Refused",
    "Settings",
    "StartRefused",
    "TopicPermission",
    "VhostMetadata",
    "__version__",
    "running",
]

__version__ = VERSION

_HOMES = {
    "Broker": "leveret.testing.embedded",
    "Permission": "leveret.broker.permissions",
    "Policy": "leveret.broker.policies",
    "Refused": "leveret.broker.errors",
    "Settings": "leveret.config",
    "StartRefused": "leveret.errors",
    "TopicPermission": "leveret.broker.topic_permissions",
    "VhostMetadata": "leveret.broker.vhost_metadata",
    "running": "leveret.testing.embedded",
}


def __getattr__(name: str) -> object:
    from importlib import import_module  # noqa: PLC0415

    if name not in _HOMES:
        raise AttributeError(f"module 'leveret' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
