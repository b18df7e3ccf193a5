"""One look at a broker: whose host, at what time, over which span of time rates are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leveret.broker.broker import Broker
    from leveret.broker.users import User
    from leveret.management.host import Host
    from leveret.management.query import Query
    from leveret.statistics.span import Span
    from leveret.statistics.statistics import Statistics


@dataclass(frozen=True, slots=True)
class Look:
    """now: seconds since 1970. user: who looks; None where anybody may."""

    host: Host
    query: Query
    now: float
    user: User | None

    @property
    def broker(self) -> Broker:
        return self.host.broker

    @property
    def statistics(self) -> Statistics:
        return self.host.statistics

    @property
    def span(self) -> Span:
        """What of the past is asked for. Raises BadRequest."""
        return self.query.span

    @property
    def node(self) -> str:
        """The node's name."""
        return self.host.broker.node
