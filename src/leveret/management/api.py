"""All routes: those of the API, and the pages beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.routes import whoami

if TYPE_CHECKING:
    from leveret.management.resource import Resource

API: Final = "/api"

# Where two paths match, the first counts: fixed words come before names.
RESOURCES: Final[tuple[Resource, ...]] = (*whoami.RESOURCES,)
# Not below /api: their paths are whole.
PAGES: Final[tuple[Resource, ...]] = ()
