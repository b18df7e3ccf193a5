"""What is counted of one channel; see broker/tallies.py.

How many messages were published stands on the channel itself, where the hot path counts them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.tallies import Deliveries, VhostTally, count_publish, total
from leveret.broker.unroutable import Unrouted

if TYPE_CHECKING:
    from leveret.broker.message import Message
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.routing import Route
    from leveret.session.channel import Channel


class ChannelTally:
    """since: when it was opened, in seconds since 1970. deliveries: what it has had, by queue."""

    __slots__ = ("_gone", "deliveries", "drop_unroutable", "return_unroutable", "since")

    def __init__(self, since: float) -> None:
        self.since = since
        self.return_unroutable = self.drop_unroutable = 0
        self.deliveries: dict[AnyQueue, Deliveries] = {}
        # Of queues that are deleted.
        self._gone: Deliveries | None = None

    def of(self, queue: AnyQueue, channel: Channel) -> Deliveries:
        """What the channel has had of the queue."""
        known = self.deliveries.get(queue)
        if known is None:
            known = self.deliveries[queue] = Deliveries()
            queue.tally.begin(channel, known)
        return known

    @property
    def delivered(self) -> Deliveries | None:
        """All it has had; None when it has never tried."""
        if not self.deliveries and self._gone is None:
            return None
        parts = list(self.deliveries.values())
        return total([*parts, self._gone] if self._gone is not None else parts)

    def forget(self, queue: AnyQueue, vhost: VhostTally) -> None:
        """The queue is deleted; what is out of it may still be acknowledged."""
        if self.deliveries[queue].unacknowledged:
            return
        if self._gone is None:
            self._gone = Deliveries()
        deliveries = self.deliveries.pop(queue)
        self._gone.add(deliveries)
        vhost.delivered(queue.type, deliveries)

    def end(self, channel: Channel) -> None:
        """The channel is gone, and what was out is back."""
        vhost = channel.access.vhost.tally
        for queue, deliveries in self.deliveries.items():
            queue.tally.end(channel)
            vhost.delivered(queue.type, deliveries)
        if channel.confirms is not None:
            vhost.confirm += channel.confirms.confirmed
            vhost.received_confirm += channel.confirms.received


def published(channel: Channel, message: Message, route: Route, *, is_mandatory: bool) -> None:
    """The channel has published a message along a route that does not count it itself."""
    channel.published += 1
    vhost = channel.access.vhost.tally
    count_publish(vhost, route)
    if route.receivers:
        return
    note_unroutable(channel, message.address, is_returned=is_mandatory)
    for tally in (channel.tally, vhost):
        if is_mandatory:
            tally.return_unroutable += 1
        else:
            tally.drop_unroutable += 1


def note_unroutable(channel: Channel, address: bytes, *, is_returned: bool) -> None:
    """For people who ask where their messages went."""
    session, access = channel.session, channel.access
    noted = Unrouted(
        session.broker.agenda.wall_clock(),
        address,
        access.user.name,
        session.peer.name,
        channel.number,
        is_returned,
    )
    access.vhost.tally.unroutable.append(noted)
