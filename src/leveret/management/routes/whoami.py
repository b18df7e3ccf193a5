"""Who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.management.answers import Json
from leveret.management.resource import MANAGEMENT, Resource

if TYPE_CHECKING:
    from leveret.management.answers import Answer
    from leveret.management.call import Call


def show(call: Call) -> Answer:
    return Json({"name": call.user.name, "tags": sorted(call.user.tags)})


RESOURCES = (Resource("/whoami", MANAGEMENT, "The user who asks, and its tags.", get=show),)
