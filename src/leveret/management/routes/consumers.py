"""Consumers, of all vhosts or of one. Who does not monitor sees those of his own connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.answers import BadRequest, Listing, NotThere
from leveret.management.elsewhere.ways import rows_of_all
from leveret.management.resource import MANAGEMENT, MONITORING, Resource
from leveret.management.views.consumers import CONSUMER, consumers_of
from leveret.peers import EVERYBODY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.vhost import Vhost
    from leveret.management.answers import Answer
    from leveret.management.call import Call

NO_STATISTICS: Final = "Stats in management UI are disabled on this node"


def list_consumers(call: Call) -> Answer:
    return _listed(call, call.broker.vhosts.values())


def list_consumers_of_vhost(call: Call) -> Answer:
    if call.path["vhost"] not in call.broker.vhosts:
        raise NotThere
    return _listed(call, [call.vhost])


def _listed(call: Call, vhosts: Iterable[Vhost]) -> Answer:
    if call.query.flag("disable_stats"):
        raise BadRequest(NO_STATISTICS)
    queues = (queue for vhost in vhosts for queue in _asked_for(call, vhost))
    consumers = [each for queue in queues if len(queue.consumers) for each in consumers_of(queue)]
    if not call.may(MONITORING) and not _is_of_queue(call):
        name = call.user.name
        consumers = [each for each in consumers if each.channel.access.user.name == name]
    return Listing(consumers, CONSUMER, is_paged=False)


def _is_of_queue(call: Call) -> bool:
    """Another node shows a queue, with its consumers, to one who may see it."""
    return call.look.others is EVERYBODY and "queue" in call.query


def _asked_for(call: Call, vhost: Vhost) -> Iterable[AnyQueue]:
    if not _is_of_queue(call):
        return vhost.queues.values()
    queue = vhost.queues.get(call.query.text("queue") or "")
    return [] if queue is None else [queue]


_LISTED: Final = {"GET": rows_of_all()}

RESOURCES: Final = (
    Resource("/consumers", MANAGEMENT, "All consumers.", get=list_consumers, among=_LISTED),
    Resource(
        "/consumers/{vhost}",
        MANAGEMENT,
        "The consumers in a vhost.",
        get=list_consumers_of_vhost,
        among=_LISTED,
    ),
)
