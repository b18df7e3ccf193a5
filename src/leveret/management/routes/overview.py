"""The overview: the whole broker on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.management.answers import Item
from leveret.management.elsewhere.overview import overview_of_all
from leveret.management.resource import ADMINISTRATOR, MANAGEMENT, MONITORING, Resource
from leveret.management.views.overview import OVERVIEW, Overview
from leveret.management.visible import visible_connections

if TYPE_CHECKING:
    from leveret.management.answers import Answer
    from leveret.management.call import Call


def show(call: Call) -> Answer:
    overview = Overview(
        call.listed_vhosts(),
        visible_connections(call),
        is_monitoring=call.may(MONITORING) or call.may(ADMINISTRATOR),
        is_short=call.query.flag("disable_stats"),
    )
    return Item(overview, OVERVIEW)


RESOURCES = (
    Resource(
        "/overview",
        MANAGEMENT,
        "The broker: versions, totals, rates.",
        get=show,
        among={"GET": overview_of_all},
    ),
)
