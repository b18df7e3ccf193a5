"""Queues: listed, shown, declared, deleted, purged."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

from leveret.broker.arguments import QUORUM
from leveret.broker.queues.queue import QueueOptions
from leveret.management import fields
from leveret.management.answers import (
    CREATED,
    NO_CONTENT,
    BadRequest,
    Item,
    Json,
    Listing,
    NotThere,
)
from leveret.management.resource import ADMINISTRATOR, MANAGEMENT, VHOST, Resource
from leveret.management.views.queues import (
    BARE_QUEUE,
    BARE_QUEUE_WITH_TOTALS,
    QUEUE,
    QUEUE_DETAILED,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.vhost import Vhost
    from leveret.management.answers import Answer
    from leveret.management.call import Call
    from leveret.management.view import View

name_of: Final = attrgetter("name")
# What RabbitMQ does to a mirrored queue; as there, it is no error for others.
ACTIONS: Final = ("sync", "cancel_sync")


def list_queues(call: Call) -> Answer:
    return _listed(call.visible_vhosts(), _view(call))


def list_queues_of_vhost(call: Call) -> Answer:
    return _listed([call.vhost], _view(call))


def list_detailed(call: Call) -> Answer:
    """All there is to tell, whatever the query says."""
    return _listed(call.visible_vhosts(), QUEUE)


def _listed(vhosts: Iterable[Vhost], view: View[AnyQueue]) -> Answer:
    """In the order of vhosts and names. (Sorted here, by names alone: ten thousand take 3 ms.)"""
    queues = [
        vhost.queues[name] for vhost in sorted(vhosts, key=name_of) for name in sorted(vhost.queues)
    ]
    return Listing(queues, view)


def _view(call: Call) -> View[AnyQueue]:
    if not call.query.flag("disable_stats"):
        return QUEUE
    return BARE_QUEUE_WITH_TOTALS if call.query.flag("enable_queue_totals") else BARE_QUEUE


def show_queue(call: Call) -> Answer:
    view = BARE_QUEUE if call.query.flag("disable_stats") else QUEUE_DETAILED
    return Item(_queue(call), view)


def declare_queue(call: Call) -> Answer:
    """201 for a new one, 204 for one that is there and is as told."""
    name, body = call.path["name"], call.body()
    options = QueueOptions(
        durable=fields.boolean(body, "durable"),
        auto_delete=fields.boolean(body, "auto_delete"),
        arguments=fields.arguments(body),
    )
    _check_node(call, body.get("node", call.broker.node))
    fields.check_name("queue", name)
    count = len(call.vhost.queues)
    call.access(call.vhost).declare_queue(name, options)
    return CREATED if len(call.vhost.queues) > count else NO_CONTENT


def _check_node(call: Call, node: object) -> None:
    """There is but this one to put a queue on."""
    if not isinstance(node, str):
        raise BadRequest(["not_string", "node"])
    here = call.broker.node.partition("@")[2]
    asked = node if "@" in node else f"{node}@{here}"
    if asked != call.broker.node:
        raise BadRequest(f"Node {asked} could not be contacted")


def delete_queue(call: Call) -> Answer:
    queue = _queue(call)
    is_unused, is_empty = call.query.flag("if-unused"), call.query.flag("if-empty")
    access = call.access(call.vhost)
    access.delete_queue(queue.name, if_unused=is_unused, if_empty=is_empty)
    return NO_CONTENT


def purge_queue(call: Call) -> Answer:
    call.access(call.vhost).purge_queue(_queue(call).name)
    return NO_CONTENT


def act(call: Call) -> Answer:
    (action,) = call.required("action")
    _queue(call)
    if action not in ACTIONS:
        raise BadRequest(["unknown", action])
    return NO_CONTENT


def show_quorum(call: Call) -> Answer:
    """Each member of a quorum queue: on one node, its leader."""
    if _queue(call).type != QUORUM:
        raise BadRequest("classic_queue_not_supported")
    return Json([{"Node Name": call.broker.node, "Raft State": "leader"}])


def _queue(call: Call) -> AnyQueue:
    queue = call.vhost.queues.get(call.path["name"])
    if queue is None:
        raise NotThere
    return queue


RESOURCES: Final = (
    Resource("/queues", MANAGEMENT, "The queues of all vhosts.", get=list_queues),
    Resource("/queues/detailed", MANAGEMENT, "The same, with statistics.", get=list_detailed),
    Resource("/queues/{vhost}", VHOST, "The queues of a vhost.", get=list_queues_of_vhost),
    Resource(
        "/queues/{vhost}/{name}",
        VHOST,
        "One queue.",
        get=show_queue,
        put=declare_queue,
        delete=delete_queue,
    ),
    Resource(
        "/queues/{vhost}/{name}/contents",
        VHOST,
        "What waits in a queue: DELETE purges it.",
        delete=purge_queue,
    ),
    Resource(
        "/queues/{vhost}/{name}/actions",
        ADMINISTRATOR,
        "What may be done to a queue: sync, cancel_sync.",
        post=act,
    ),
    Resource(
        "/queues/quorum/{vhost}/{name}/status",
        VHOST,
        "The members of a quorum queue.",
        get=show_quorum,
    ),
)
