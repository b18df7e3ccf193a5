"""Queues: listed, shown, declared, deleted, purged."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

from leveret.broker.arguments import QUORUM
from leveret.broker.queues.distant import DistantQueue
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
from leveret.management.elsewhere.queues import queue_alone
from leveret.management.elsewhere.rows import OfAll, Row
from leveret.management.elsewhere.ways import at, at_home, rows_of_all
from leveret.management.resource import ADMINISTRATOR, MANAGEMENT, VHOST, Resource
from leveret.management.views.departures import departures
from leveret.management.views.queues import (
    BARE_QUEUE,
    BARE_QUEUE_WITH_TOTALS,
    DOWN_QUEUE,
    QUEUE,
    QUEUE_DETAILED,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.queues.queue import Queue
    from leveret.broker.streams.stream import Stream
    from leveret.broker.vhost import Vhost
    from leveret.management.answers import Answer, Handler
    from leveret.management.call import Call
    from leveret.management.look import Look
    from leveret.management.view import View

name_of: Final = attrgetter("name")
# What RabbitMQ does to a mirrored queue; as there, it is no error for others.
ACTIONS: Final = ("sync", "cancel_sync")


def list_queues(call: Call) -> Answer:
    return _listed(call, call.visible_vhosts(), _view(call))


def list_queues_of_vhost(call: Call) -> Answer:
    return _listed(call, [call.vhost], _view(call))


def list_detailed(call: Call) -> Answer:
    """All there is to tell, whatever the query says."""
    return _listed(call, call.visible_vhosts(), QUEUE)


def _listed(call: Call, vhosts: Iterable[Vhost], view: View[AnyQueue]) -> Answer:
    """In the order of vhosts and names. (Sorted here, by names alone: ten thousand take 3 ms.)

    In a cluster those whose homes do not tell of them are told as down."""
    queues = [
        vhost.queues[name] for vhost in sorted(vhosts, key=name_of) for name in sorted(vhost.queues)
    ]
    if call.look.host.peers is None:
        return Listing(queues, view)
    told = [each for each in queues if call.look.tells_of(each)]
    return Listing([_known(each, call.look) for each in told], OfAll(view))


def _known(queue: AnyQueue, look: Look) -> AnyQueue | Row:
    return Row(DOWN_QUEUE.render(queue, look)) if isinstance(queue, DistantQueue) else queue


def _view(call: Call) -> View[AnyQueue]:
    if not call.query.flag("disable_stats"):
        return QUEUE
    return BARE_QUEUE_WITH_TOTALS if call.query.flag("enable_queue_totals") else BARE_QUEUE


def show_queue(call: Call) -> Answer:
    """As in RabbitMQ one whose home is down is listed, and not there when it is asked for."""
    return Item(_queue(call), BARE_QUEUE if call.query.flag("disable_stats") else QUEUE_DETAILED)


def declare_queue(call: Call) -> Answer:
    """201 for a new one, 204 for one that is there and is as told."""
    name, body = call.path["name"], call.body()
    options = QueueOptions(
        durable=fields.boolean(body, "durable"),
        auto_delete=fields.boolean(body, "auto_delete"),
        arguments=fields.arguments(body),
    )
    _check_node(call)
    fields.check_name("queue", name)
    count = len(call.vhost.queues)
    call.access(call.vhost).declare_queue(name, options)
    return CREATED if len(call.vhost.queues) > count else NO_CONTENT


def _check_node(call: Call) -> None:
    """It is put on this one; what is asked of another comes to it."""
    asked = _home_asked_for(call)
    if asked == call.broker.node:
        return
    peers = call.host.peers
    is_known = peers is not None and asked in peers.members
    raise BadRequest(f"Node {repr(asked) if is_known else asked} could not be contacted")


def _home_asked_for(call: Call) -> str:
    """The name of a node; who names none means the one that is asked. Raises BadRequest."""
    node = call.body().get("node", call.broker.node)
    if node == call.broker.node:
        return call.broker.node
    if not isinstance(node, str):
        raise BadRequest(["not_string", "node"])
    here = call.broker.node.partition("@")[2]
    return node if "@" in node else f"{node}@{here}"


def _where_asked(call: Call, handler: Handler) -> Answer | Awaitable[Answer]:
    """A queue is declared by the node that is to be its home."""
    return at(call, _home_asked_for(call), handler)


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


def show_departures(call: Call) -> Answer:
    """What has become of its messages."""
    return Json(departures(_queue(call).tally))


def show_quorum(call: Call) -> Answer:
    """Each member of a quorum queue, as its leader sees it."""
    queue = _queue(call)
    if queue.type != QUORUM:
        raise BadRequest("classic_queue_not_supported")
    copies = call.look.copies_of(queue)
    states = dict.fromkeys(copies.members, "noproc") | dict.fromkeys(copies.online, "follower")
    states[call.look.node] = "leader"
    return Json([{"Node Name": node, "Raft State": state} for node, state in states.items()])


def _queue(call: Call) -> Queue | Stream:
    """Raises NotThere, also where its home is down: one that lives would have been asked."""
    queue = call.vhost.queues.get(call.path["name"])
    if queue is None or isinstance(queue, DistantQueue):
        raise NotThere
    return queue


_LISTED: Final = {"GET": rows_of_all("vhost", "name")}

RESOURCES: Final = (
    Resource("/queues", MANAGEMENT, "The queues of all vhosts.", get=list_queues, among=_LISTED),
    Resource(
        "/queues/detailed",
        MANAGEMENT,
        "The same, with statistics.",
        get=list_detailed,
        among=_LISTED,
    ),
    Resource(
        "/queues/{vhost}",
        VHOST,
        "The queues of a vhost.",
        get=list_queues_of_vhost,
        among=_LISTED,
    ),
    Resource(
        "/queues/{vhost}/{name}",
        VHOST,
        "One queue.",
        get=show_queue,
        put=declare_queue,
        delete=delete_queue,
        among={"GET": queue_alone, "PUT": _where_asked, "DELETE": at_home},
    ),
    Resource(
        "/queues/{vhost}/{name}/contents",
        VHOST,
        "What waits in a queue: DELETE purges it.",
        delete=purge_queue,
        commits=(),
        among={"DELETE": at_home},
    ),
    Resource(
        "/queues/{vhost}/{name}/actions",
        ADMINISTRATOR,
        "What may be done to a queue: sync, cancel_sync.",
        post=act,
        among={"POST": at_home},
        commits=(),
    ),
    Resource(
        "/queues/{vhost}/{name}/departures",
        VHOST,
        "How messages have left a queue: acknowledged, dead-lettered or dropped and why, purged.",
        get=show_departures,
        among={"GET": at_home},
    ),
    Resource(
        "/queues/quorum/{vhost}/{name}/status",
        VHOST,
        "The members of a quorum queue.",
        get=show_quorum,
        among={"GET": at_home},
    ),
)
