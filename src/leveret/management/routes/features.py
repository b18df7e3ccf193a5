"""What this broker can do, as RabbitMQ's feature flags and deprecated features.

Rule: a flag is listed when what it stands for is here, and is always enabled: there is no older
node to wait for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.answers import NO_CONTENT, BadRequest, Json
from leveret.management.resource import ADMINISTRATOR, MANAGEMENT, Resource

if TYPE_CHECKING:
    from leveret.management.answers import Answer
    from leveret.management.call import Call

_AGENT: Final = "rabbitmq_management_agent"
# RabbitMQ 3.10's, with its words: name, description, provided by.
_FLAGS: Final = (
    ("drop_unroutable_metric", "Count unroutable publishes to be dropped in stats", _AGENT),
    ("empty_basic_get_metric", "Count AMQP `basic.get` on empty queues in stats", _AGENT),
    (
        "implicit_default_bindings",
        "Default bindings are now implicit, instead of being stored in the database",
        "rabbit",
    ),
    ("quorum_queue", "Support queues of type `quorum`", "rabbit"),
    ("stream_queue", "Support queues of type `stream`", "rabbit"),
    ("user_limits", "Configure connection and channel limits for a user", "rabbit"),
    ("virtual_host_metadata", "Virtual host metadata (description, tags, etc)", "rabbit"),
)
_DOCUMENTS: Final = {
    "quorum_queue": "https://www.rabbitmq.com/quorum-queues.html",
    "stream_queue": "https://www.rabbitmq.com/stream.html",
}
FLAGS: Final = tuple(
    {
        "name": name,
        "desc": description,
        "doc_url": _DOCUMENTS.get(name, ""),
        "state": "enabled",
        "stability": "stable",
        "provided_by": provider,
    }
    for name, description, provider in _FLAGS
)
EXTENSIONS: Final = ({"javascript": "dispatcher.js"},)


def list_extensions(_call: Call) -> Answer:
    """The console's own code, as RabbitMQ has it."""
    return Json(EXTENSIONS)


def list_flags(_call: Call) -> Answer:
    return Json(FLAGS)


def enable_flag(call: Call) -> Answer:
    """They are enabled. Raises BadRequest for one that is not there."""
    if call.path["name"] not in {flag["name"] for flag in FLAGS}:
        raise BadRequest("unsupported")
    return NO_CONTENT


def list_deprecated(_call: Call) -> Answer:
    """RabbitMQ 3.13 lists here what version 4 has no more; Leveret gives nothing of it up."""
    return Json([])


RESOURCES = (
    Resource("/extensions", MANAGEMENT, "What extends the console.", get=list_extensions),
    Resource("/feature-flags", ADMINISTRATOR, "RabbitMQ's feature flags.", get=list_flags),
    Resource(
        "/feature-flags/{name}/enable", ADMINISTRATOR, "Enable a feature flag.", put=enable_flag
    ),
    Resource(
        "/deprecated-features", MANAGEMENT, "Features that will go: none.", get=list_deprecated
    ),
    Resource(
        "/deprecated-features/used", MANAGEMENT, "Those in use: none.", get=list_deprecated
    ),
)  # fmt: skip
