"""The overview: who this is, and how much of everything there is.

Rule: it counts what the asking user may see. Where the node listens is for those who monitor.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.broker.queues.kinds import queues_here
from leveret.management.view import ABSENT, View
from leveret.management.views.listeners import contexts_of_node, listeners
from leveret.management.views.registries import exchange_types
from leveret.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leveret.broker.vhost import Vhost
    from leveret.management.host import Host
    from leveret.management.look import Look
    from leveret.management.view import Column
    from leveret.session.session import Session


@dataclass(frozen=True, slots=True)
class Overview:
    """What of the broker a user sees.

    is_monitoring: also how the node is.
    is_short: without statistics, which cost more (`disable_stats`).
    """

    vhosts: list[Vhost]
    connections: Sequence[Session]
    is_monitoring: bool
    is_short: bool


def erlang_version(*_: object) -> str:
    """What it runs on: tools show it beside RabbitMQ's version."""
    return platform.python_version()


def erlang_full_version(*_: object) -> str:
    return f"{platform.python_implementation()} {platform.python_version()}, {platform.platform()}"


def cluster_name(_overview: object, look: Look) -> str:
    named = look.broker.parameters.cluster_name
    return look.host.settings.cluster_name or look.node if named is None else named


def object_totals(overview: Overview, _look: Look) -> dict[str, int]:
    """Queues whose home is another node are counted there."""
    queues = [queue for vhost in overview.vhosts for queue in queues_here(vhost)]
    told = {
        "connections": len(overview.connections),
        "exchanges": sum(len(vhost.exchanges) for vhost in overview.vhosts),
        "queues": len(queues),
    }
    if overview.is_short:
        return told
    told["channels"] = sum(len(each.channels) for each in overview.connections)
    if overview.is_monitoring:
        told["consumers"] = sum(len(queue.consumers) for queue in queues)
    return told


def message_stats(overview: Overview, look: Look) -> object:
    if overview.is_short:
        return ABSENT
    return look.statistics.message_stats(overview.vhosts, look.span)


def queue_totals(overview: Overview, look: Look) -> object:
    return ABSENT if overview.is_short else look.statistics.lengths(overview.vhosts, look.span)


def churn_rates(overview: Overview, look: Look) -> object:
    return ABSENT if overview.is_short else look.statistics.churn(look.span)


def _for_monitors(read: Callable[[Host], object]) -> Column[Overview]:
    def column(overview: Overview, look: Look) -> object:
        return read(look.host) if overview.is_monitoring and not overview.is_short else ABSENT

    return column


OVERVIEW: Final[View[Overview]] = View(
    {
        "management_version": lambda _, look: look.host.settings.product_version,
        "rates_mode": lambda _, look: look.statistics.RATES_MODE,
        "sample_retention_policies": lambda _, look: look.statistics.RETENTION,
        "exchange_types": lambda *_: exchange_types(),
        "product_version": lambda _, look: look.host.settings.product_version,
        "product_name": lambda _, look: look.host.settings.product,
        "rabbitmq_version": lambda _, look: look.host.settings.product_version,
        "leveret_version": lambda *_: VERSION,
        "cluster_name": cluster_name,
        "erlang_version": erlang_version,
        "erlang_full_version": erlang_full_version,
        "release_series_support_status": lambda *_: "supported",
        "disable_stats": lambda overview, _: overview.is_short,
        "enable_queue_totals": lambda _, look: look.query.flag("enable_queue_totals"),
        "message_stats": message_stats,
        "churn_rates": churn_rates,
        "queue_totals": queue_totals,
        "object_totals": object_totals,
        "statistics_db_event_queue": lambda overview, _: ABSENT if overview.is_short else 0,
        "node": lambda overview, look: look.node if overview.is_monitoring else ABSENT,
        "listeners": _for_monitors(listeners),
        "contexts": _for_monitors(contexts_of_node),
    }
)
