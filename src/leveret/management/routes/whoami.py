"""Who asks, and what those may know who do not say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.answers import Json
from leveret.management.resource import ANYBODY, MANAGEMENT, Resource

if TYPE_CHECKING:
    from leveret.management.answers import Answer
    from leveret.management.call import Call

# How RabbitMQ's console is told that nobody logs in by OAuth.
NO_OAUTH: Final = {"enable_uaa": False, "uaa_client_id": "", "uaa_location": ""}


def show(call: Call) -> Answer:
    return Json({"name": call.user.name, "tags": sorted(call.user.tags)})


def show_auth(_call: Call) -> Answer:
    return Json(NO_OAUTH)


def show_version(call: Call) -> Answer:
    """RabbitMQ 4 answers with the bare text."""
    return Json(call.host.settings.product_version)


RESOURCES = (
    Resource("/whoami", MANAGEMENT, "The user who asks, and its tags.", get=show),
    Resource("/auth", ANYBODY, "How one may log in besides by name and password.", get=show_auth),
    Resource("/version", ANYBODY, "The version of RabbitMQ that is spoken.", get=show_version),
)
