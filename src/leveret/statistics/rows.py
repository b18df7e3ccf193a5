"""The counters of one thing as a row of numbers, and what its columns are called.

The names are RabbitMQ's. A group of columns is told as a whole or not at all: `publish` and its
like once something was published, `deliver` and its like once somebody tried to take something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.queues.distant import DistantQueue
from leveret.broker.streams.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.exchanges.exchange import Exchange
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.tallies import Churn, Deliveries, VhostTally
    from leveret.broker.vhost import Vhost
    from leveret.session.channel import Channel
    from leveret.session.session import Session
    from leveret.statistics.series import Row

FINE: Final = ("publish", "confirm", "return_unroutable", "drop_unroutable")
DELIVER: Final = (
    "get",
    "get_no_ack",
    "deliver",
    "deliver_no_ack",
    "redeliver",
    "ack",
    "deliver_get",
    "get_empty",
)
LENGTHS: Final = ("messages", "messages_ready", "messages_unacknowledged")
DISK: Final = ("disk_reads", "disk_writes")
DATA: Final = ("recv_oct", "send_oct")
CHURN: Final = (
    "connection_created",
    "connection_closed",
    "channel_created",
    "channel_closed",
    "queue_declared",
    "queue_created",
    "queue_deleted",
)

QUEUE: Final = ("publish", *DELIVER, *LENGTHS)
EXCHANGE: Final = ("publish_in", "publish_out")
CHANNEL: Final = (*FINE, *DELIVER)
VHOST: Final = (*FINE, *DELIVER, *DISK, *LENGTHS, *DATA)

_NO_DELIVERIES: Final = (0,) * len(DELIVER)


def deliveries_row(deliveries: Deliveries | None) -> Row:
    if deliveries is None:
        return _NO_DELIVERIES
    return (
        deliveries.get,
        deliveries.get_no_ack,
        deliveries.deliver,
        deliveries.deliver_no_ack,
        deliveries.redeliver,
        deliveries.ack,
        deliveries.deliver_get,
        deliveries.get_empty,
    )


def lengths_row(queue: AnyQueue) -> Row:
    ready = queue.ready.count
    # Who reads a stream takes nothing away.
    out = 0 if isinstance(queue, Stream) else queue.tally.unacknowledged
    return (ready + out, ready, out)


def queue_row(queue: AnyQueue) -> Row:
    tally = queue.tally
    return (tally.publish, *deliveries_row(tally.deliveries), *lengths_row(queue))


def is_untouched(queue: AnyQueue) -> bool:
    """Nothing has ever happened to it: its row is all zeros."""
    tally = queue.tally
    return not (tally.publish or queue.ready.count or tally.taken or tally.gone)


def exchange_row(exchange: Exchange) -> Row:
    return (exchange.publish_in, exchange.publish_out)


def channel_row(channel: Channel) -> Row:
    tally, confirms = channel.tally, channel.confirms
    return (
        channel.published,
        confirms.confirmed if confirms is not None else 0,
        tally.return_unroutable,
        tally.drop_unroutable,
        *deliveries_row(tally.delivered),
    )


def session_row(session: Session) -> Row:
    return (session.recv_oct, session.send_oct)


class VhostSum:
    """A vhost's row, of its own tally and of what is there: queues, sessions, channels."""

    def __init__(self, tally: VhostTally) -> None:
        self._fine = [
            tally.publish,
            tally.confirm,
            tally.return_unroutable,
            tally.drop_unroutable,
        ]
        self._deliver = [0] * len(DELIVER)
        self._disk = [tally.disk_reads, tally.disk_writes]
        self._lengths = [0] * len(LENGTHS)
        self._data = [tally.recv_oct, tally.send_oct]
        for gone in tally.deliveries.values():
            _add(self._deliver, deliveries_row(gone))

    def add_queue(self, queue: AnyQueue) -> None:
        """What is on another node is counted there."""
        if isinstance(queue, DistantQueue):
            return
        self._disk[0] += queue.tally.disk_reads
        self._disk[1] += queue.tally.disk_writes
        _add(self._lengths, lengths_row(queue))

    def add_session(self, session: Session) -> None:
        _add(self._data, session_row(session))
        for channel in session.channels.values():
            if channel.confirms is not None:
                self._fine[1] += channel.confirms.confirmed
            for deliveries in channel.tally.deliveries.values():
                _add(self._deliver, deliveries_row(deliveries))

    @property
    def row(self) -> Row:
        return (*self._fine, *self._deliver, *self._disk, *self._lengths, *self._data)


def vhost_row(vhost: Vhost, sessions: Iterable[Session]) -> Row:
    """All at once; see Statistics for how it is done in slices."""
    summed = VhostSum(vhost.tally)
    for queue in vhost.queues.values():
        if not is_untouched(queue):
            summed.add_queue(queue)
    for session in sessions:
        summed.add_session(session)
    return summed.row


def churn_row(churn: Churn, tallies: Iterable[VhostTally]) -> Row:
    each = list(tallies)
    return (
        churn.connection_created,
        churn.connection_closed,
        churn.channel_created,
        churn.channel_closed,
        sum(tally.queue_declared for tally in each),
        sum(tally.queue_created for tally in each),
        sum(tally.queue_deleted for tally in each),
    )


def _add(sums: list[int], row: Row) -> None:
    for column, value in enumerate(row):
        sums[column] += value
