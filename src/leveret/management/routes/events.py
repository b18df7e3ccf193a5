"""The last events of the node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.answers import Listing
from leveret.management.elsewhere.ways import rows_of_all
from leveret.management.resource import MONITORING, Resource
from leveret.management.views.events import EVENT

if TYPE_CHECKING:
    from leveret.management.answers import Answer
    from leveret.management.call import Call

BY_TIME: Final = ("time",)


def list_all(call: Call) -> Answer:
    return Listing(list(call.broker.events.latest), EVENT, BY_TIME)


RESOURCES: Final = (
    Resource(
        "/events",
        MONITORING,
        "The last things that happened, as the event exchange tells them.",
        get=list_all,
        among={"GET": rows_of_all(*BY_TIME)},
    ),
)
