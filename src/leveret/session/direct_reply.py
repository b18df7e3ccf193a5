"""A direct reply-to consumer: answers come straight from the publisher's session to this one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from leveret.wire.methods import BasicDeliver

if TYPE_CHECKING:
    from leveret.broker.message import Message
    from leveret.session.channel import Channel


class DirectReply:
    """The one consumer of `amq.rabbitmq.reply-to` a channel may have.

    name: what reply_to becomes in requests from this channel.
    """

    __slots__ = ("_channel", "is_deleted", "name", "tag")

    # Replies pass by every queue: nothing of them is stored.
    number: ClassVar[int] = 0
    may_refuse: ClassVar[bool] = False
    tally: ClassVar[None] = None

    def __init__(self, channel: Channel, tag: str) -> None:
        self.is_deleted = False
        self._channel = channel
        self.tag = tag
        self.name = channel.access.vhost.reply_consumers.add(self)

    def refuses(self, _message: Message) -> bool:
        """A client is sent whatever comes for it."""
        return False

    def publish(self, message: Message) -> None:
        """An answer has come."""
        channel = self._channel
        deliver = BasicDeliver(
            consumer_tag=self.tag,
            # Replies need no acknowledgement and use up no tag.
            delivery_tag=channel.delivery_tag + 1,
            exchange=message.exchange,
            routing_key=message.routing_key,
        )
        channel.send_content(deliver, message)

    def end(self) -> None:
        self.is_deleted = True
        self._channel.access.vhost.reply_consumers.remove(self.name)
