"""What was counted in the whole node since it was started, also of what is long gone: for those who
keep their own history (Prometheus). None of these ever falls, but for `publishers` and `consumers`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from leveret.broker.arguments import CLASSIC, QUORUM, STREAM
from leveret.broker.queues.kinds import queues_here
from leveret.broker.tallies import Deliveries, VhostTally

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.broker import Broker
    from leveret.broker.tallies import Deaths
    from leveret.session.channel import Channel
    from leveret.session.session import Session


@dataclass(slots=True)
class Totals:
    """One node's.

    received_confirm: those of `published` that their publisher has asked to be confirmed.
    routed: places that messages went to.
    by_type: what was taken from queues, by queue type.
    dead_letters: by queue type, dead-letter strategy and reason; see broker/tallies.py.
    publishers: channels that have published; consumers: there are now.
    """

    published: int = 0
    confirmed: int = 0
    received_confirm: int = 0
    routed: int = 0
    unroutable_dropped: int = 0
    unroutable_returned: int = 0
    publishers: int = 0
    consumers: int = 0
    by_type: dict[str, Deliveries] = field(
        default_factory=lambda: {name: Deliveries() for name in (CLASSIC, QUORUM, STREAM)}
    )
    dead_letters: Deaths = field(default_factory=Counter)
    dead_letters_confirmed: int = 0
    connection_created: int = 0
    connection_closed: int = 0
    channel_created: int = 0
    channel_closed: int = 0
    queue_declared: int = 0
    queue_created: int = 0
    queue_deleted: int = 0
    disk_reads: int = 0
    disk_writes: int = 0
    recv_oct: int = 0
    send_oct: int = 0


def sum_up(broker: Broker) -> Totals:
    """What is gone and what is there."""
    gone = VhostTally()
    gone.add(broker.gone)
    totals = Totals(
        connection_created=broker.churn.connection_created,
        connection_closed=broker.churn.connection_closed,
        channel_created=broker.churn.channel_created,
        channel_closed=broker.churn.channel_closed,
    )
    for vhost in broker.vhosts.values():
        vhost.count_routes()
        gone.add(vhost.tally)
        for queue in queues_here(vhost):
            totals.disk_reads += queue.tally.disk_reads
            totals.disk_writes += queue.tally.disk_writes
            totals.consumers += len(queue.consumers)
    _add_tally(totals, gone)
    _add_sessions(totals, cast("Iterable[Session]", broker.connections))
    return totals


def _add_tally(totals: Totals, tally: VhostTally) -> None:
    totals.published += tally.publish
    totals.routed += tally.routed
    totals.unroutable_dropped += tally.drop_unroutable
    totals.unroutable_returned += tally.return_unroutable
    totals.confirmed += tally.confirm
    totals.received_confirm += tally.received_confirm
    for queue_type, deliveries in tally.deliveries.items():
        totals.by_type[queue_type].add(deliveries)
    totals.dead_letters += tally.deaths
    totals.dead_letters_confirmed += tally.letters_confirmed
    totals.queue_declared += tally.queue_declared
    totals.queue_created += tally.queue_created
    totals.queue_deleted += tally.queue_deleted
    totals.disk_reads += tally.disk_reads
    totals.disk_writes += tally.disk_writes
    totals.recv_oct += tally.recv_oct
    totals.send_oct += tally.send_oct


def _add_sessions(totals: Totals, sessions: Iterable[Session]) -> None:
    for session in sessions:
        totals.recv_oct += session.recv_oct
        totals.send_oct += session.send_oct
        for channel in session.channels.values():
            _add_channel(totals, channel)


def _add_channel(totals: Totals, channel: Channel) -> None:
    totals.publishers += channel.published > 0
    if channel.confirms is not None:
        totals.confirmed += channel.confirms.confirmed
        totals.received_confirm += channel.confirms.received
    for queue, deliveries in channel.tally.deliveries.items():
        totals.by_type[queue.type].add(deliveries)
