"""The pages there are, RabbitMQ's registries, and which families stand on each.

default             all families, one line for all things
per-object          all families, one line for each
detailed            those that are asked for: ?family=NAME&family=...&vhost=NAME
memory-breakdown    what the memory is for
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.metrics import (
    attempts,
    channels,
    connections,
    counts,
    exchanges,
    node,
    queues,
)
from leveret.management.metrics.family import PREFIX
from leveret.management.metrics.memory import MEMORY
from leveret.management.metrics.pages import page
from leveret.management.metrics.scrape import Scrape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from leveret.management.host import Host
    from leveret.management.metrics.family import AnyFamily


DETAILED_PREFIX: Final = f"{PREFIX}detailed_"
# How dashboards know whose metrics they are.
WHOSE: Final[tuple[AnyFamily, ...]] = (node.BUILD, node.IDENTITY)
ALARMS: Final[tuple[AnyFamily, ...]] = (node.STARTED, node.ALARMS)

USUAL: Final[tuple[AnyFamily, ...]] = (
    counts.CHURN,
    node.USE,
    node.LIMITS,
    node.DISK,
    attempts.BY_PROTOCOL,
    queues.LENGTHS,
    queues.HOLDINGS,
    channels.FIGURES,
    channels.PUBLISHES,
    channels.DELIVERIES,
    connections.OCTETS,
    connections.PACKETS,
    queues.PUBLISHED,
    node.PRESENT,
    counts.BY_PROTOCOL,
    counts.BY_TYPE,
    *counts.DEAD_LETTERED,
)

# Families of /metrics/detailed, in the order in which they are shown.
DETAILED: Final[dict[str, AnyFamily]] = {
    family.name: family
    for family in (
        counts.CHURN,
        node.USE,
        node.LIMITS,
        node.DISK,
        attempts.BY_PROTOCOL,
        attempts.BY_SOURCE,
        queues.LENGTHS,
        queues.HOLDINGS,
        queues.CONSUMERS,
        channels.FIGURES,
        channels.PUBLISHES,
        channels.DELIVERIES,
        connections.OCTETS,
        connections.PACKETS,
        queues.PUBLISHED,
        exchanges.PUBLISHES,
        queues.DELIVERIES,
        exchanges.VHOSTS,
        exchanges.BINDINGS,
        exchanges.NAMES,
        MEMORY,
    )
}


def answer(host: Host, registry: str, query: Sequence[tuple[str, str]]) -> Iterator[bytes] | None:
    """The page of a registry, in pieces; None where there is none."""
    write = PAGES.get(registry)
    return None if write is None else write(host, query)


def default(host: Host, _query: Sequence[tuple[str, str]]) -> Iterator[bytes]:
    """Aggregated, unless the settings want every object told here already."""
    if host.settings.http.has_metrics_per_object:
        families = (*ALARMS, *USUAL, attempts.BY_SOURCE, *WHOSE)
        yield from page(families, Scrape(host, "per-object"), is_aggregated=False)
    else:
        yield from page((*ALARMS, *USUAL, *WHOSE), Scrape(host, "aggregated"), is_aggregated=True)


def per_object(host: Host, _query: Sequence[tuple[str, str]]) -> Iterator[bytes]:
    families = (*USUAL, attempts.BY_SOURCE, *WHOSE)
    yield from page(families, Scrape(host, "per-object"), is_aggregated=False)


def detailed(host: Host, query: Sequence[tuple[str, str]]) -> Iterator[bytes]:
    """As in RabbitMQ: a family that nobody knows is passed over, and a vhost narrows down what is
    told of queues."""
    wanted = {value for name, value in query if name == "family"}
    families = [family for name, family in DETAILED.items() if name in wanted]
    vhosts = frozenset(value for name, value in query if name == "vhost")
    scrape = Scrape(host, "detailed", vhosts or None)
    yield from page((*families, *WHOSE), scrape, DETAILED_PREFIX, is_aggregated=False)


def memory_breakdown(host: Host, _query: Sequence[tuple[str, str]]) -> Iterator[bytes]:
    yield from page((MEMORY, *WHOSE), Scrape(host, "memory-breakdown"), is_aggregated=False)


PAGES: Final[dict[str, Callable[[Host, Sequence[tuple[str, str]]], Iterator[bytes]]]] = {
    "default": default,
    "per-object": per_object,
    "detailed": detailed,
    "memory-breakdown": memory_breakdown,
}
