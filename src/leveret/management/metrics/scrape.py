"""One visit of Prometheus: whose metrics are read, and of what part of the node."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias, cast

if TYPE_CHECKING:
    from leveret.broker.broker import Broker
    from leveret.broker.exchanges.exchange import Exchange
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.vhost import Vhost
    from leveret.management.host import Host
    from leveret.session.channel import Channel
    from leveret.session.session import Session
    from leveret.statistics.totals import Totals

    Counted: TypeAlias = AnyQueue | Exchange | Channel


class Scrape:
    """endpoint: which page is asked for: aggregated, per-object, detailed, memory-breakdown.

    vhosts: the names of those that are asked for; None for all.
    """

    def __init__(
        self, host: Host, endpoint: str = "aggregated", vhosts: frozenset[str] | None = None
    ) -> None:
        self.host = host
        self.endpoint = endpoint
        self._vhosts = vhosts

    @property
    def broker(self) -> Broker:
        return self.host.broker

    @cached_property
    def totals(self) -> Totals:
        """What was counted since the start."""
        return self.host.statistics.totals()

    def counts(self, thing: Counted) -> dict[str, int]:
        """What was counted of one thing."""
        return self.host.statistics.counts(thing)

    def vhosts(self) -> list[Vhost]:
        """Those that are asked for and there."""
        there = self.broker.vhosts.values()
        return [each for each in there if self._vhosts is None or each.name in self._vhosts]

    def sessions(self) -> list[Session]:
        """Every connection that is in a vhost."""
        return cast("list[Session]", list(self.broker.connections))
