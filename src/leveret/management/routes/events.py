"""The last events of the node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.answers import Listing
from leveret.management.elsewhere.ways import rows_of_all
from leveret.management.resource import MONITORING, Resource
from leveret.management.views.events import EVENT, fields_of

if TYPE_CHECKING:
    from leveret.broker.events import Event
    from leveret.management.answers import Answer
    from leveret.management.call import Call
    from leveret.management.look import Look

BY_TIME: Final = ("time",)


def list_all(call: Call) -> Answer:
    """text: those alone that say so where this user sees it."""
    told = list(call.broker.events.latest)
    wanted = call.query.text("text")
    if wanted:
        lowered = wanted.lower()
        told = [each for each in told if lowered in _said(each, call.look)]
    return Listing(told, EVENT, BY_TIME)


def _said(event: Event, look: Look) -> str:
    values = fields_of(event, look).values()
    return " ".join([event.name, event.by, *map(str, values)]).lower()


RESOURCES: Final = (
    Resource(
        "/events",
        MONITORING,
        "The last things that happened; with `text=`, those that say so anywhere.",
        get=list_all,
        among={"GET": rows_of_all(*BY_TIME)},
    ),
)
