"""One sample of everything, in slices; and what is kept of all samples.

Rule: a thing that nothing has ever happened to has no series, and one that is gone none any more:
each sample makes a new table of those that are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, cast

from leveret.statistics import rows
from leveret.statistics.retention import BASIC, DETAILED, GLOBAL
from leveret.statistics.series import Series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leveret.broker.broker import Broker
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.vhost import Vhost
    from leveret.session.session import Session
    from leveret.statistics.retention import Policy
    from leveret.statistics.series import Row, Timeline

# Looked at before others have their turn, some milliseconds at most: what was never touched takes
# no time to speak of, anything else so many times as much.
SLICE_MAX: Final = 1000
_TOUCHED_WEIGHT: Final = 8
# How much the newest sample counts in a queue's capacity.
_NEWEST_SHARE: Final = 0.3
# Stand for the node as a whole: what came and went there, and the process that it is.
NODE: Final = "node"
PROCESS: Final = "process"
# Figures of the process, by name, always the same names.
ReadNode: TypeAlias = "Callable[[], dict[str, int]]"


class Sampling:
    """The samples of one broker."""

    def __init__(self, broker: Broker, timeline: Timeline, read_node: ReadNode = dict) -> None:
        self._broker = broker
        self._read_node = read_node
        self._timeline = timeline
        self._known: dict[object, Series] = {}
        self._found: dict[object, Series] = {}
        # Of queues with consumers: how often a message would have found one that takes it.
        self._capacities: dict[AnyQueue, float] = {}

    def of(self, thing: object) -> Series | None:
        return self._known.get(thing)

    def capacity(self, queue: AnyQueue) -> float:
        return self._capacities.get(queue, float(queue.consumers.can_take))

    def take(self, now_s: float) -> Iterator[None]:
        """Take one sample; stops between slices."""
        tick = self._timeline.advance(now_s)
        self._found = {}
        capacities: dict[AnyQueue, float] = {}
        for vhost in list(self._broker.vhosts.values()):
            vhost.count_routes()
            summed = rows.VhostSum(vhost.tally)
            yield from self._take_queues(vhost, summed, capacities)
            yield from self._take_sessions(vhost, summed)
            for exchange in list(vhost.exchanges.values()):
                if exchange.publish_in:
                    self._record(exchange, tick, rows.exchange_row(exchange), DETAILED)
            self._record(vhost, tick, summed.row, GLOBAL)
        self._record(NODE, tick, node_row(self._broker), GLOBAL)
        self._record(PROCESS, tick, tuple(self._read_node().values()), GLOBAL)
        self._known, self._capacities = self._found, capacities

    def _take_queues(
        self, vhost: Vhost, summed: rows.VhostSum, capacities: dict[AnyQueue, float]
    ) -> Iterator[None]:
        tick, looked_at = self._timeline.tick, 0
        for queue in list(vhost.queues.values()):
            looked_at += 1
            if not rows.is_untouched(queue):
                looked_at += _TOUCHED_WEIGHT
                summed.add_queue(queue)
                self._record(queue, tick, rows.queue_row(queue), BASIC)
            if len(queue.consumers):
                newest = float(queue.consumers.can_take)
                before = self._capacities.get(queue, newest)
                capacities[queue] = before + (newest - before) * _NEWEST_SHARE
            if looked_at >= SLICE_MAX:
                looked_at = 0
                yield

    def _take_sessions(self, vhost: Vhost, summed: rows.VhostSum) -> Iterator[None]:
        tick, looked_at = self._timeline.tick, 0
        for session in cast("list[Session]", self._broker.connections.in_vhost(vhost.name)):
            summed.add_session(session)
            self._record(session, tick, rows.session_row(session), BASIC)
            for channel in list(session.channels.values()):
                row = rows.channel_row(channel)
                if any(row):
                    self._record(channel, tick, row, BASIC)
                looked_at += _TOUCHED_WEIGHT
            looked_at += _TOUCHED_WEIGHT
            if looked_at >= SLICE_MAX:
                looked_at = 0
                yield

    def _record(self, thing: object, tick: int, row: Row, policy: Policy) -> None:
        series = self._known.get(thing)
        if series is None:
            # What is new began with nothing; of what the first sample finds nobody knows.
            series = Series(tick, (0,) * len(row) if tick > 1 else row)
        self._found[thing] = series
        series.record(tick, row, policy)


def node_row(broker: Broker) -> Row:
    tallies = [broker.gone, *(vhost.tally for vhost in broker.vhosts.values())]
    return rows.churn_row(broker.churn, tallies)
