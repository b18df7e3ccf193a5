"""The last events of the node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.answers import Listing
from leveret.management.elsewhere.ways import rows_of_all
from leveret.management.resource import MONITORING, Resource
from leveret.management.views.events import EVENT, fields_of
from leveret.unhurried import Slice

if TYPE_CHECKING:
    from leveret.broker.events import Event
    from leveret.management.answers import Answer
    from leveret.management.call import Call
    from leveret.management.look import Look

BY_TIME: Final = ("time",)


async def list_all(call: Call) -> Answer:
    """text: those alone that say so where this user sees it."""
    told = call.broker.events.latest
    wanted = call.query.text("text")
    if wanted:
        told = await _saying(wanted.lower(), told, call.look)
    return Listing(told, EVENT, BY_TIME)


async def _saying(wanted: str, told: list[Event], look: Look) -> list[Event]:
    found, current = [], Slice()
    for each in told:
        if wanted in _said(each, look):
            found.append(each)
        if current.is_over:
            await current.give_way()
    return found


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
