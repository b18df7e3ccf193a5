"""Consumers, of all vhosts or of one. Who does not monitor sees those of his own connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.answers import BadRequest, Listing, NotThere
from leveret.management.resource import MANAGEMENT, MONITORING, Resource
from leveret.management.views.consumers import CONSUMER, consumers_of

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    queues = (queue for vhost in vhosts for queue in vhost.queues.values())
    consumers = [each for queue in queues if len(queue.consumers) for each in consumers_of(queue)]
    if not call.may(MONITORING):
        name = call.user.name
        consumers = [each for each in consumers if each.channel.access.user.name == name]
    return Listing(consumers, CONSUMER, is_paged=False)


RESOURCES: Final = (
    Resource("/consumers", MANAGEMENT, "All consumers.", get=list_consumers),
    Resource(
        "/consumers/{vhost}",
        MANAGEMENT,
        "The consumers in a vhost.",
        get=list_consumers_of_vhost,
    ),
)
