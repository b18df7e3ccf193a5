"""leveretctl's commands on channels and consumers: who is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from leveret.control.elsewhere import rows_of_all
from leveret.control.verbs.columns import fields, listing
from leveret.control.verbs.connections import sessions
from leveret.session.consumer import Consumer
from leveret.session.figures import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from leveret.broker.broker import Broker
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.control.call import Call, Reply
    from leveret.control.messages import Plain
    from leveret.session.channel import Channel
    from leveret.session.figures import Figures

Read: TypeAlias = "Callable[[Row], Plain]"
Subscription: TypeAlias = "tuple[AnyQueue, Consumer]"


class Row:
    """A channel whose columns are being read."""

    __slots__ = ("_figures", "channel")

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self._figures: Figures | None = None

    @property
    def figures(self) -> Figures:
        if self._figures is None:
            self._figures = figures(self.channel)
        return self._figures


def list_channels(call: Call) -> Reply:
    channels = [
        Row(each) for session in sessions(call.broker) for each in session.channels.values()
    ]
    return listing(call.words("columns"), channels, _OF_CHANNEL)


def list_consumers(call: Call) -> Reply:
    """A vhost that is not there has none."""
    found = list(_subscriptions(call.broker, call.text("vhost")))
    return listing(call.words("columns"), found, _OF_CONSUMER)


def _subscriptions(broker: Broker, vhost_name: str) -> Iterator[Subscription]:
    vhost = broker.vhosts.get(vhost_name)
    for queue in [] if vhost is None else vhost.queues.values():
        for consumer in queue.consumers:
            if isinstance(consumer, Consumer):
                yield queue, consumer


def _figure(name: str) -> Read:
    def read(row: Row) -> Plain:
        value: int = getattr(row.figures, name)
        return value

    return read


def _name(row: Row) -> Plain:
    return f"{row.channel.session.peer.name} ({row.channel.number})"


_OF_CHANNEL: Mapping[str, Read] = {
    "pid": lambda row: row.channel.pid,
    "connection": lambda row: row.channel.session.pid,
    "name": _name,
    "number": lambda row: row.channel.number,
    "user": lambda row: row.channel.access.user.name,
    "vhost": lambda row: row.channel.access.vhost.name,
    "transactional": _figure("transactional"),
    "confirm": _figure("confirm"),
    "consumer_count": _figure("consumer_count"),
    "messages_unacknowledged": _figure("messages_unacknowledged"),
    "messages_uncommitted": _figure("messages_uncommitted"),
    "acks_uncommitted": _figure("acks_uncommitted"),
    "messages_unconfirmed": _figure("messages_unconfirmed"),
    "prefetch_count": _figure("prefetch_count"),
    "global_prefetch_count": _figure("global_prefetch_count"),
}


def _is_active(found: Subscription) -> Plain:
    queue, consumer = found
    return queue.consumers.activity(consumer).is_active


def _activity(found: Subscription) -> Plain:
    queue, consumer = found
    return queue.consumers.activity(consumer).value


_OF_CONSUMER: Mapping[str, Callable[[Subscription], Plain]] = {
    "queue_name": lambda found: found[0].name,
    "channel_pid": lambda found: found[1].channel.pid,
    "consumer_tag": lambda found: found[1].tag,
    "ack_required": lambda found: not found[1].no_ack,
    "prefetch_count": lambda found: found[1].prefetch_count,
    "active": _is_active,
    "activity_status": _activity,
    "arguments": lambda found: fields(found[1].arguments),
}

AMONG = {"list_channels": rows_of_all, "list_consumers": rows_of_all}
VERBS = {"list_channels": list_channels, "list_consumers": list_consumers}
