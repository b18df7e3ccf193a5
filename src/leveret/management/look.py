"""One look at a broker: whose host, at what time, over which span of time rates are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leveret.broker.queues.distant import DistantQueue
from leveret.peers import copies_of

if TYPE_CHECKING:
    from collections.abc import Container

    from leveret.broker.broker import Broker
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.users import User
    from leveret.management.host import Host
    from leveret.management.query import Query
    from leveret.peers import Copies
    from leveret.statistics.span import Span
    from leveret.statistics.statistics import Statistics


@dataclass(frozen=True, slots=True)
class Look:
    """now: seconds since 1970. user: who looks; None where anybody may.

    others: the nodes that tell of themselves within the same answer; EVERYBODY where another node
    has asked.
    """

    host: Host
    query: Query
    now: float
    user: User | None
    others: Container[str] = frozenset()

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

    def copies_of(self, queue: AnyQueue) -> Copies:
        """Where a queue is that is led here."""
        return copies_of(self.host.peers, self.node, queue)

    def tells_of(self, queue: AnyQueue) -> bool:
        """The queue is here, or will be, or nobody else tells of it since its home is down."""
        if not isinstance(queue, DistantQueue) or not queue.home:
            return True
        return queue.home not in self.others
