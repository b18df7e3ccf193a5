"""Class basic, but for publish and ack (channel.py), and class confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.arguments import QUORUM, check_consumer, queue_type
from leveret.broker.errors import NotAllowed, PreconditionFailed, Unsupported
from leveret.broker.names import generate
from leveret.broker.queues.distant import DistantQueue, Got
from leveret.broker.reply_to import PSEUDO_QUEUE
from leveret.broker.streams.stream import Stream
from leveret.session import distant, telling, tracing, unacked
from leveret.session.confirms import Confirms
from leveret.session.consumer import Consumer
from leveret.session.direct_reply import DirectReply
from leveret.session.later import Later
from leveret.session.queue import queue_name
from leveret.wire import methods

if TYPE_CHECKING:
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.session.channel import Channel


def qos(channel: Channel, method: methods.BasicQos) -> None:
    """RabbitMQ: without global for each consumer to come, with global for the whole channel."""
    if method.prefetch_size:
        raise Unsupported(f"prefetch_size!=0 ({method.prefetch_size})")
    channel.send(methods.BasicQosOk())
    # Deliveries that a higher limit lets through come behind qos-ok.
    if method.global_:
        channel.limit(method.prefetch_count)
    else:
        channel.prefetch_count = method.prefetch_count
        if channel.is_limited:
            # RabbitMQ: whoever asks for the one gives up the other.
            channel.limit(0)


def consume(channel: Channel, method: methods.BasicConsume) -> Later | None:
    tag = method.consumer_tag or generate("amq.ctag-", channel.session.random_bytes)
    direct_reply = channel.direct_reply
    if tag in channel.consumers or (direct_reply is not None and direct_reply.tag == tag):
        raise NotAllowed(f"attempt to reuse consumer tag '{tag}'")
    if method.queue == PSEUDO_QUEUE:
        _listen(channel, method, tag)
        return None
    queue = channel.access.readable_queue(queue_name(channel, method.queue))
    kind = queue_type(queue.options.arguments)
    check_consumer(str(queue), kind, method.arguments)
    if isinstance(queue, Stream):
        queue.check_reader(
            method.arguments,
            prefetch_count=channel.prefetch_count,
            no_ack=method.no_ack,
            is_limited=channel.is_limited,
        )
    if kind == QUORUM and channel.is_limited:
        raise Unsupported(f"{queue} does not support global qos")
    consumer = Consumer(channel, queue, method, tag)
    if isinstance(queue, DistantQueue):
        return distant.consume(channel, queue, consumer, lambda: _begin(channel, consumer, method))
    queue.subscribe(consumer)
    _begin(channel, consumer, method)
    return None


def _begin(channel: Channel, consumer: Consumer, method: methods.BasicConsume) -> None:
    """Its queue has taken the consumer."""
    if channel.access.vhost.firehose is not None:
        consumer.trace(is_on=True)
    channel.consumers[consumer.tag] = consumer
    telling.consumer_created(consumer, method.arguments)
    consumer.rules_changed()
    _say_consuming(channel, method, consumer.tag)
    # Deliveries come behind consume-ok.
    consumer.reconsider()


def _listen(channel: Channel, method: methods.BasicConsume, tag: str) -> None:
    if not method.no_ack:
        raise PreconditionFailed("reply consumer cannot acknowledge")
    if channel.direct_reply is not None:
        raise PreconditionFailed("reply consumer already set")
    channel.direct_reply = DirectReply(channel, tag)
    _say_consuming(channel, method, tag)


def _say_consuming(channel: Channel, method: methods.BasicConsume, tag: str) -> None:
    if not method.nowait:
        channel.send(methods.BasicConsumeOk(consumer_tag=tag))


def cancel(channel: Channel, method: methods.BasicCancel) -> methods.BasicCancelOk:
    """Cancelling what is not there is no error."""
    channel.cancel(method.consumer_tag)
    return methods.BasicCancelOk(consumer_tag=method.consumer_tag)


def cancelled(_channel: Channel, _method: methods.BasicCancelOk) -> None:
    """The client has seen our basic.cancel."""


def get(channel: Channel, method: methods.BasicGet) -> methods.BasicGetEmpty | Later | None:
    queue = channel.access.readable_queue(queue_name(channel, method.queue))
    if not method.no_ack:
        _refuse_beyond_unacked(channel)
    if isinstance(queue, DistantQueue):
        return distant.get(
            channel, queue, lambda got: _hand_out(channel, queue, got, no_ack=method.no_ack)
        )
    taken = queue.get()
    if taken is None and queue.is_loading:
        return Later(queue.when_loaded, lambda: get(channel, method))
    if taken is None:
        channel.tally.of(queue, channel).get_empty += 1
        return methods.BasicGetEmpty()
    _hand_out(channel, queue, Got(*taken, queue.ready.count), no_ack=method.no_ack)
    return None


def _hand_out(channel: Channel, queue: AnyQueue, got: Got, *, no_ack: bool) -> None:
    """basic.get-ok with what was found."""
    message, redelivered, left = got
    channel.tally.of(queue, channel).count_get(no_ack=no_ack, redelivered=redelivered)
    channel.delivery_tag += 1
    if not no_ack:
        channel.got(queue, message)
    if message.is_stored:
        (queue.settle if no_ack else queue.mark_delivered)(message)
    found = methods.BasicGetOk(
        delivery_tag=channel.delivery_tag,
        redelivered=redelivered,
        exchange=message.exchange,
        routing_key=message.routing_key,
        message_count=left,
    )
    channel.send_content(found, message)
    tracing.delivered(channel, queue, message, redelivered=redelivered)
    channel.session.answered(len(message.content))


def _refuse_beyond_unacked(channel: Channel) -> None:
    if len(channel.unacked) >= channel.session.unacked_max:
        raise PreconditionFailed(
            f"channel {channel.number} holds {len(channel.unacked)} unacknowledged messages, as "
            "many as unacked_max allows: acknowledge them before you get more"
        )


def ack(channel: Channel, method: methods.BasicAck) -> None:
    channel.ack(method.delivery_tag, method.multiple)


def nack(channel: Channel, method: methods.BasicNack) -> None:
    how = unacked.requeue if method.requeue else unacked.reject
    channel.settle(method.delivery_tag, how, multiple=method.multiple)


def reject(channel: Channel, method: methods.BasicReject) -> None:
    how = unacked.requeue if method.requeue else unacked.reject
    channel.settle(method.delivery_tag, how, multiple=False)


def recover(channel: Channel, method: methods.BasicRecover) -> None:
    _refuse_to_redeliver_here(method)
    unacked.refuse_streams(channel.unacked, channel.unacked)
    # Redeliveries come behind recover-ok.
    channel.send(methods.BasicRecoverOk())
    channel.recover()


def recover_async(channel: Channel, method: methods.BasicRecoverAsync) -> None:
    _refuse_to_redeliver_here(method)
    unacked.refuse_streams(channel.unacked, channel.unacked)
    channel.recover()


def _refuse_to_redeliver_here(method: methods.BasicRecover | methods.BasicRecoverAsync) -> None:
    """Without requeue, the book asks for redelivery to the original recipient."""
    if not method.requeue:
        raise Unsupported("requeue=false")


def select_confirms(channel: Channel, _method: methods.ConfirmSelect) -> methods.ConfirmSelectOk:
    if channel.transaction is not None:
        raise PreconditionFailed("cannot switch from tx to confirm mode")
    if channel.confirms is None:
        channel.confirms = Confirms(channel.number)
    return methods.ConfirmSelectOk()


def flow(_channel: Channel, method: methods.ChannelFlow) -> methods.ChannelFlowOk:
    """RabbitMQ pushes back by not reading; asking it to stop sending is refused."""
    if not method.active:
        raise Unsupported("active=false")
    return methods.ChannelFlowOk(active=True)


def request_access(_channel: Channel, _method: methods.AccessRequest) -> methods.AccessRequestOk:
    """A leftover of AMQP 0-8: every realm is granted, permissions are asked by name."""
    return methods.AccessRequestOk(ticket=1)
