"""What a channel tells the firehose, while its vhost is traced (broker/firehose.py).

A publish is told from publish.py, which sees every one of them then, since no route is remembered;
a basic.get from basic.py. A consumer tells its deliveries itself: it becomes a TracedConsumer, so
that one of a vhost that is not traced has nothing to ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.firehose import Client, reached

if TYPE_CHECKING:
    from leveret.broker.message import Message
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.routing import Route
    from leveret.session.channel import Channel


def published(channel: Channel, message: Message, copy_keys: tuple[str, ...], route: Route) -> None:
    """The channel's client published the message, to its own routing key and those of copies."""
    firehose = channel.access.vhost.firehose
    if firehose is None:
        return
    keys = (message.routing_key, *copy_keys)
    queues = reached(channel.access.vhost, route, keys)
    firehose.published(_client(channel), message, keys, queues)


def delivered(channel: Channel, queue: AnyQueue, message: Message, *, redelivered: bool) -> None:
    """The channel's client was given the message."""
    firehose = channel.access.vhost.firehose
    if firehose is not None:
        firehose.delivered(_client(channel), message, queue.name, redelivered=redelivered)


def _client(channel: Channel) -> Client:
    session = channel.session
    return Client(session.peer.name, channel.number, session.access.user.name)
