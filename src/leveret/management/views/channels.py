"""A channel, as RabbitMQ's management API shows it; of one alone also its consumers."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from leveret.management.view import ABSENT, View
from leveret.management.views.connections import GARBAGE_COLLECTION, at_rest
from leveret.management.views.consumers import CONSUMER
from leveret.session.figures import Figures, figures

if TYPE_CHECKING:
    from leveret.management.look import Look
    from leveret.management.view import Column
    from leveret.session.channel import Channel

_FIGURES: Final = tuple(each.name for each in fields(Figures))


def name_of(channel: Channel) -> str:
    """The connection's, and the number in brackets."""
    return f"{channel.session.peer.name} ({channel.number})"


def connection_details(channel: Channel, _look: Look) -> dict[str, Any]:
    peer = channel.session.peer
    return {"name": peer.name, "peer_host": peer.peer_host, "peer_port": peer.peer_port}


def idle_since(channel: Channel, look: Look) -> object:
    """Left out while it is busy."""
    return look.statistics.idle_since(channel) or ABSENT


def message_stats(channel: Channel, look: Look) -> object:
    return look.statistics.message_stats(channel, look.span) or ABSENT


def state(channel: Channel, _look: Look) -> str:
    return "flow" if channel.session.throttle.is_shown else "running"


def consumer_details(channel: Channel, look: Look) -> list[dict[str, Any]]:
    return [CONSUMER.render(each, look) for each in channel.consumers.values()]


def counts(channel: Channel, _look: Look) -> dict[str, Any]:
    """What is out, and what waits; its limits and modes."""
    told = figures(channel)
    return {name: getattr(told, name) for name in _FIGURES}


_COLUMNS: Final[dict[str, Column[Channel]]] = {
    "connection_details": connection_details,
    "garbage_collection": lambda *_: GARBAGE_COLLECTION,
    "idle_since": idle_since,
    "message_stats": message_stats,
    "name": lambda channel, _: name_of(channel),
    "node": lambda _, look: look.node,
    "number": lambda channel, _: channel.number,
    "pending_raft_commands": lambda *_: 0,
    "reductions": lambda *_: 0,
    "reductions_details": at_rest,
    "state": state,
    "user": lambda channel, _: channel.access.user.name,
    "user_who_performed_action": lambda channel, _: channel.access.user.name,
    "vhost": lambda channel, _: channel.access.vhost.name,
}
_OF_ONE: Final[dict[str, Column[Channel]]] = {
    "consumer_details": consumer_details,
    # Figures of pairs, such as this channel and a queue: with rates_mode "basic" there are none.
    "deliveries": lambda *_: [],
    "publishes": lambda *_: [],
}

CHANNEL: Final[View[Channel]] = View(_COLUMNS, groups=(counts,))
CHANNEL_ALONE: Final[View[Channel]] = View({**_COLUMNS, **_OF_ONE}, groups=(counts,))
