"""Channels, to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.answers import BadRequest, Item, Listing
from leveret.management.elsewhere.ways import found_anywhere, rows_of_all
from leveret.management.resource import MANAGEMENT, VHOST, Resource
from leveret.management.views.channels import CHANNEL, CHANNEL_ALONE
from leveret.management.visible import (
    channels,
    find_channel,
    find_connection,
    visible_connections,
    visible_in_vhost,
)

if TYPE_CHECKING:
    from leveret.management.answers import Answer
    from leveret.management.call import Call
    from leveret.session.session import Session

BY_NAME: Final = ("name",)
# RabbitMQ knows of channels by their statistics alone.
NO_STATISTICS: Final = "Stats in management UI are disabled on this node"


def _listing(call: Call, connections: list[Session], *, is_paged: bool = False) -> Answer:
    if call.query.flag("disable_stats"):
        raise BadRequest(NO_STATISTICS)
    return Listing(channels(connections), CHANNEL, BY_NAME, is_paged=is_paged)


def list_all(call: Call) -> Answer:
    return _listing(call, visible_connections(call), is_paged=True)


def list_in_vhost(call: Call) -> Answer:
    return _listing(call, visible_in_vhost(call))


def list_of_connection(call: Call) -> Answer:
    return _listing(call, [find_connection(call, call.path["name"])])


def show(call: Call) -> Answer:
    return Item(find_channel(call, call.path["name"]), CHANNEL_ALONE)


_LISTED: Final = {"GET": rows_of_all("name")}

RESOURCES = (
    Resource(
        "/channels",
        MANAGEMENT,
        "Channels: all, or the user's own.",
        get=list_all,
        among=_LISTED,
    ),
    Resource(
        "/channels/{name}",
        MANAGEMENT,
        "One channel, with its consumers and its rates.",
        get=show,
        among={"GET": found_anywhere},
    ),
    Resource(
        "/connections/{name}/channels",
        MANAGEMENT,
        "A connection's channels.",
        get=list_of_connection,
        among={"GET": found_anywhere},
    ),
    Resource(
        "/vhosts/{vhost}/channels",
        VHOST,
        "Channels to a virtual host.",
        get=list_in_vhost,
        among=_LISTED,
    ),
)
