"""The last publishes that went nowhere: to look at, by whoever may see who published them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.answers import Listing
from leveret.management.elsewhere.ways import rows_of_all
from leveret.management.resource import MANAGEMENT, MONITORING, VHOST, Resource
from leveret.management.views.unroutable import UNROUTABLE, Lost

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.vhost import Vhost
    from leveret.management.answers import Answer
    from leveret.management.call import Call

BY_TIME: Final = ("time",)


def list_all(call: Call) -> Answer:
    return _listing(call, call.broker.vhosts.values())


def list_in_vhost(call: Call) -> Answer:
    return _listing(call, [call.vhost])


def _listing(call: Call, vhosts: Iterable[Vhost]) -> Answer:
    sees_all, name = call.may(MONITORING), call.user.name
    lost = [
        Lost(vhost.name, each)
        for vhost in vhosts
        for each in vhost.tally.unroutable
        if sees_all or each.user == name
    ]
    return Listing(lost, UNROUTABLE, BY_TIME)


_LISTED: Final = {"GET": rows_of_all(*BY_TIME)}

RESOURCES: Final = (
    Resource(
        "/unroutable",
        MANAGEMENT,
        "The last publishes that found no queue: all, or the user's own.",
        get=list_all,
        among=_LISTED,
    ),
    Resource(
        "/unroutable/{vhost}",
        VHOST,
        "The last publishes of a virtual host that found no queue.",
        get=list_in_vhost,
        among=_LISTED,
    ),
)
