"""All routes: those of the API, and the pages beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.console import files as console
from leveret.management.routes import (
    aliveness,
    bindings,
    certificates,
    channels,
    cluster,
    connections,
    consumers,
    definitions,
    ended,
    events,
    exchanges,
    explaining,
    features,
    health_checks,
    limits,
    live,
    logins,
    messages,
    nodes,
    overview,
    parameters,
    permissions,
    policies,
    queue_messages,
    queues,
    sessions,
    unroutable,
    users,
    vhosts,
    whoami,
)
from leveret.management.routes.description import description_of, pages_of

if TYPE_CHECKING:
    from leveret.management.resource import Resource

API: Final = "/api"

# Where two paths match, the first counts: fixed words come before names.
_DESCRIBED: Final[tuple[Resource, ...]] = (
    *aliveness.RESOURCES,
    *bindings.RESOURCES,
    *certificates.RESOURCES,
    *cluster.RESOURCES,
    *connections.RESOURCES,
    *channels.RESOURCES,
    *consumers.RESOURCES,
    *definitions.RESOURCES,
    *ended.RESOURCES,
    *events.RESOURCES,
    *exchanges.RESOURCES,
    *explaining.RESOURCES,
    *features.RESOURCES,
    *health_checks.RESOURCES,
    *limits.RESOURCES,
    *live.RESOURCES,
    *logins.RESOURCES,
    *messages.RESOURCES,
    *nodes.RESOURCES,
    *overview.RESOURCES,
    *parameters.RESOURCES,
    *permissions.RESOURCES,
    *policies.RESOURCES,
    *queue_messages.RESOURCES,
    *queues.RESOURCES,
    *sessions.RESOURCES,
    *unroutable.RESOURCES,
    *users.RESOURCES,
    *vhosts.RESOURCES,
    *whoami.RESOURCES,
)
RESOURCES: Final[tuple[Resource, ...]] = (*_DESCRIBED, *description_of(_DESCRIBED))
# Not below /api: their paths are whole.
PAGES: Final[tuple[Resource, ...]] = (*pages_of(RESOURCES), *console.PAGES)
