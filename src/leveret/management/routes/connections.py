"""Connections: to look at, and to close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.answers import NO_CONTENT, Item, Json, Listing, NotAuthorised
from leveret.management.elsewhere.ways import everywhere, found_anywhere, rows_of_all
from leveret.management.resource import ADMINISTRATOR, MANAGEMENT, MONITORING, VHOST, Resource
from leveret.management.views.connections import (
    CONNECTION,
    CONNECTION_ALONE,
    CONNECTION_IN_BRIEF,
)
from leveret.management.views.standing import standing
from leveret.management.visible import (
    NOT_YOURS,
    connection_to_close,
    find_connection,
    sessions,
    visible_connections,
    visible_in_vhost,
)

if TYPE_CHECKING:
    from leveret.management.answers import Answer
    from leveret.management.call import Call
    from leveret.session.session import Session

BY_NAME: Final = ("name",)
# What the peer is told when nobody says why, in RabbitMQ's words.
CLOSED: Final = "Closed via management plugin"


def list_all(call: Call) -> Answer:
    is_brief = call.query.flag("disable_stats")
    view = CONNECTION_IN_BRIEF if is_brief else CONNECTION
    return Listing(visible_connections(call), view, BY_NAME)


def list_in_vhost(call: Call) -> Answer:
    return Listing(visible_in_vhost(call), CONNECTION, BY_NAME, is_paged=False)


def show(call: Call) -> Answer:
    return Item(find_connection(call, call.path["name"]), CONNECTION_ALONE)


def show_standing(call: Call) -> Answer:
    """Whether it goes on, and why not."""
    return Json(standing(find_connection(call, call.path["name"])))


def close(call: Call) -> Answer:
    connection_to_close(call, call.path["name"]).close_forced(_reason(call))
    return NO_CONTENT


def list_of_user(call: Call) -> Answer:
    _refuse_others(call, is_monitoring=call.may(MONITORING))
    return Listing(_of_user(call), CONNECTION_IN_BRIEF, BY_NAME)


def close_of_user(call: Call) -> Answer:
    """All of them; none is no error."""
    _refuse_others(call, is_monitoring=call.may(ADMINISTRATOR))
    reason = _reason(call)
    for session in _of_user(call):
        session.close_forced(reason)
    return NO_CONTENT


def _of_user(call: Call) -> list[Session]:
    return sessions(call.broker.connections.of_user(call.path["user"]))


def _refuse_others(call: Call, *, is_monitoring: bool) -> None:
    if not is_monitoring and call.path["user"] != call.user.name:
        raise NotAuthorised(NOT_YOURS)


def _reason(call: Call) -> str:
    """HTTP has headers in Latin-1; who writes UTF-8 there means it."""
    written = call.headers.get("x-reason", CLOSED)
    return written.encode("latin-1", "replace").decode("utf-8", "replace")


_LISTED: Final = {"GET": rows_of_all("name")}

RESOURCES = (
    Resource(
        "/connections",
        MANAGEMENT,
        "Connections: all, or the user's own.",
        get=list_all,
        among=_LISTED,
    ),
    Resource(
        "/connections/username/{user}",
        MANAGEMENT,
        "The connections of a user; DELETE closes them, with the reason in the header X-Reason.",
        get=list_of_user,
        delete=close_of_user,
        commits=(),
        among={**_LISTED, "DELETE": everywhere},
    ),
    Resource(
        "/connections/{name}",
        MANAGEMENT,
        "One connection; DELETE closes it, with the reason in the header X-Reason.",
        get=show,
        delete=close,
        commits=(),
        among={"GET": found_anywhere, "DELETE": found_anywhere},
    ),
    Resource(
        "/connections/{name}/standing",
        MANAGEMENT,
        "Whether a connection is blocked or slowed down, why, and since when.",
        get=show_standing,
        among={"GET": found_anywhere},
    ),
    Resource(
        "/vhosts/{vhost}/connections",
        VHOST,
        "Connections to a virtual host.",
        get=list_in_vhost,
        among=_LISTED,
    ),
)
