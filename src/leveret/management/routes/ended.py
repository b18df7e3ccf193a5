"""The last connections that have ended, for whoever might have seen them while they were there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.answers import Listing
from leveret.management.elsewhere.ways import rows_of_all
from leveret.management.resource import MANAGEMENT, MONITORING, Resource
from leveret.management.views.ended import ENDED

if TYPE_CHECKING:
    from leveret.management.answers import Answer
    from leveret.management.call import Call

BY_END: Final = ("ended_at",)


def list_all(call: Call) -> Answer:
    sees_all, name = call.may(MONITORING), call.user.name
    ended = [each for each in call.broker.connections.ended if sees_all or each.user == name]
    return Listing(ended, ENDED, BY_END)


RESOURCES: Final = (
    Resource(
        "/ended-connections",
        MANAGEMENT,
        "The last connections that have ended, and why: all, or the user's own.",
        get=list_all,
        among={"GET": rows_of_all(*BY_END)},
    ),
)
