"""Class queue. An empty name means the queue this channel declared last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.arguments import STREAM
from leveret.broker.errors import NotFound
from leveret.broker.queues.distant import DistantQueue
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.reply_to import PSEUDO_QUEUE
from leveret.session import distant
from leveret.wire import methods

if TYPE_CHECKING:
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.session.channel import Channel
    from leveret.session.later import Later


def queue_name(channel: Channel, name: str) -> str:
    """The name itself, or that of the last declared queue. Raises NotFound."""
    if name or channel.last_queue:
        return name or channel.last_queue
    raise NotFound("no previously declared queue")


def declare(channel: Channel, method: methods.QueueDeclare) -> methods.QueueDeclareOk | Later:
    if is_direct_reply(channel, method.queue):
        return methods.QueueDeclareOk(queue=method.queue, message_count=0, consumer_count=1)
    queue = _declared(channel, method)
    channel.last_queue = queue.name
    if isinstance(queue, DistantQueue):
        return distant.declare(channel, queue)
    return methods.QueueDeclareOk(
        queue=queue.name,
        message_count=queue.ready.count,
        # RabbitMQ counts none of a stream's.
        consumer_count=0 if queue.type == STREAM else len(queue.consumers),
    )


def _declared(channel: Channel, method: methods.QueueDeclare) -> AnyQueue:
    if method.passive:
        return channel.access.check_queue(method.queue)
    options = QueueOptions(
        # RabbitMQ: an exclusive queue is never durable.
        durable=method.durable and not method.exclusive,
        exclusive=method.exclusive,
        auto_delete=method.auto_delete,
        arguments=method.arguments,
    )
    return channel.access.declare_queue(method.queue, options)


def is_direct_reply(channel: Channel, name: str) -> bool:
    """Declaring the name of a direct reply-to consumer asks whether it is alive."""
    return name == PSEUDO_QUEUE or channel.access.vhost.reply_consumers.find(name) is not None


def bound(channel: Channel, method: methods.QueueBind | methods.QueueUnbind) -> tuple[str, str]:
    """The names of the queue and of the key. Raises NotFound."""
    name = queue_name(channel, method.queue)
    # Book 1.7.2.3.3: with neither queue nor key, the queue's name is the key.
    return name, method.routing_key if method.queue or method.routing_key else name


def bind(channel: Channel, method: methods.QueueBind) -> methods.QueueBindOk:
    name, key = bound(channel, method)
    channel.access.bind_queue(name, method.exchange, key, method.arguments)
    return methods.QueueBindOk()


def unbind(channel: Channel, method: methods.QueueUnbind) -> methods.QueueUnbindOk:
    name, key = bound(channel, method)
    channel.access.unbind_queue(name, method.exchange, key, method.arguments)
    return methods.QueueUnbindOk()


def purge(channel: Channel, method: methods.QueuePurge) -> methods.QueuePurgeOk | Later:
    queue = channel.access.readable_queue(queue_name(channel, method.queue))
    if isinstance(queue, DistantQueue):
        return distant.purge(channel, queue)
    count = queue.purge()
    if queue.number:
        # Gone for good, once it is answered.
        channel.session.durability.demand()
    return methods.QueuePurgeOk(message_count=count)


def delete(channel: Channel, method: methods.QueueDelete) -> methods.QueueDeleteOk | Later:
    name = queue_name(channel, method.queue)
    conditions = {"if_unused": method.if_unused, "if_empty": method.if_empty}
    queue = channel.access.deletable_queue(name)
    if isinstance(queue, DistantQueue):
        return distant.delete(channel, queue, **conditions)
    count = channel.access.delete_queue(name, **conditions)
    return methods.QueueDeleteOk(message_count=count)
