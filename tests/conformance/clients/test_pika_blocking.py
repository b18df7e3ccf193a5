"""pika's BlockingConnection: messages in, messages out, and who owns them in between."""

import pika
import pytest
from pika import BasicProperties, DeliveryMode
from pika.exceptions import (
    ChannelClosedByBroker,
    ConnectionClosedByBroker,
    UnroutableError,
)

from tests.conformance.clients.waiting import until

MEBIBYTE = 1024 * 1024


def gather(channel, queue, **options):
    """Consume into a list of (delivery tag, redelivered, body)."""
    taken = []

    def on_message(_channel, method, _properties, body):
        taken.append((method.delivery_tag, method.redelivered, body))

    tag = channel.basic_consume(queue, on_message, **options)
    return tag, taken


def bodies(taken):
    return [body for _, _, body in taken]


def publish(channel, queue, *messages):
    for message in messages:
        channel.basic_publish("", queue, message)


def wait_counts(channel, queue, ready, consumers):
    """Until the queue has so many; RabbitMQ may count before it has stored what was sent first."""

    def counts():
        found = channel.queue_declare(queue, passive=True).method
        return found.message_count, found.consumer_count

    until(channel.connection, lambda: counts() == (ready, consumers), f"{ready}, {consumers}")


def get_all(channel, queue):
    taken = []
    while True:
        method, _, body = channel.basic_get(queue, auto_ack=True)
        if method is None:
            return taken
        taken.append((method.redelivered, body))


def test_what_is_published_is_consumed_in_order(connection, channel, queue):
    _, taken = gather(channel, queue, auto_ack=True)
    publish(channel, queue, b"one", b"two", b"three")
    until(connection, lambda: len(taken) == 3)
    assert taken == [(1, False, b"one"), (2, False, b"two"), (3, False, b"three")]
    wait_counts(channel, queue, 0, 1)


def test_a_delivery_tells_where_it_came_from(connection, channel, queue):
    taken = []
    tag = channel.basic_consume(
        queue, lambda *delivery: taken.append(delivery), auto_ack=True, consumer_tag="the tag"
    )
    channel.basic_publish("", queue, b"x")
    until(connection, lambda: taken)
    method = taken[0][1]
    assert tag == method.consumer_tag == "the tag"
    assert (method.exchange, method.routing_key) == ("", queue)


def test_get_takes_one_and_says_how_many_are_left(channel, queue):
    publish(channel, queue, b"one", b"two")
    method, _, body = channel.basic_get(queue)
    assert (body, method.message_count, method.redelivered) == (b"one", 1, False)
    channel.basic_ack(method.delivery_tag)
    method, _, body = channel.basic_get(queue, auto_ack=True)
    assert (body, method.message_count) == (b"two", 0)
    assert channel.basic_get(queue) == (None, None, None)


def test_declare_counts_messages_and_consumers(channel, queue):
    wait_counts(channel, queue, 0, 0)
    publish(channel, queue, b"x", b"y")
    wait_counts(channel, queue, 2, 0)
    gather(channel, queue)
    wait_counts(channel, queue, 0, 1)


def test_purge_counts_what_it_threw_away_and_spares_the_unacknowledged(channel, queue):
    publish(channel, queue, b"held", b"x", b"y")
    held = channel.basic_get(queue)[0]
    assert channel.queue_purge(queue).method.message_count == 2
    channel.basic_nack(held.delivery_tag)
    assert get_all(channel, queue) == [(True, b"held")]


def test_delete_counts_what_it_threw_away(channel, queue):
    publish(channel, queue, b"x", b"y")
    wait_counts(channel, queue, 2, 0)
    assert channel.queue_delete(queue).method.message_count == 2
    assert channel.queue_delete(queue).method.message_count == 0


def test_empty_bodies_arrive_empty(connection, channel, queue):
    _, taken = gather(channel, queue, auto_ack=True)
    publish(channel, queue, b"", b"after")
    until(connection, lambda: len(taken) == 2)
    assert bodies(taken) == [b"", b"after"]


@pytest.mark.parametrize("size", [MEBIBYTE, 20 * MEBIBYTE], ids=["1 MiB", "20 MiB"])
def test_big_bodies_arrive_whole(connection, channel, queue, size):
    body = bytes(range(256)) * (size // 256)
    _, taken = gather(channel, queue, auto_ack=True)
    channel.basic_publish("", queue, body)
    until(connection, lambda: taken)
    assert taken[0][2] == body


@pytest.mark.parametrize("size", [131064, 131065, 4088, 4089], ids=str)
def test_bodies_at_the_edge_of_a_frame_arrive_whole(channel, queue, size):
    channel.basic_publish("", queue, b"x" * size)
    assert len(channel.basic_get(queue, auto_ack=True)[2]) == size


def test_a_consumer_with_smaller_frames_gets_the_same_body(connect, channel, queue):
    body = bytes(range(256)) * 400
    channel.basic_publish("", queue, body)
    small = connect(frame_max=4096).channel()
    wait_counts(channel, queue, 1, 0)
    assert small.basic_get(queue, auto_ack=True)[2] == body


def test_the_properties_arrive_as_they_were_sent(channel, queue):
    sent = BasicProperties(
        content_type="text/plain",
        content_encoding="utf-8",
        headers={"ears": 2},
        delivery_mode=2,
        priority=3,
        correlation_id="correlation",
        reply_to="reply",
        expiration="60000",
        message_id="message",
        timestamp=1700000000,
        type="hare",
        user_id="guest",
        app_id="app",
        cluster_id="cluster",
    )
    channel.basic_publish("", queue, b"x", sent)
    assert channel.basic_get(queue, auto_ack=True)[1] == sent


def test_an_unroutable_mandatory_message_comes_back(connection, channel):
    returned = []
    channel.add_on_return_callback(lambda *each: returned.append(each))
    channel.basic_publish("", "nobody", b"x", BasicProperties(message_id="m"), mandatory=True)
    until(connection, lambda: returned)
    _, method, properties, body = returned[0]
    assert (method.reply_code, method.reply_text) == (312, "NO_ROUTE")
    assert (method.exchange, method.routing_key) == ("", "nobody")
    assert (properties.message_id, body) == ("m", b"x")


def test_an_unroutable_message_without_mandatory_is_dropped(channel):
    channel.confirm_delivery()
    channel.basic_publish("", "nobody", b"x")


def test_a_confirmed_mandatory_message_without_a_route_raises(channel, queue):
    channel.confirm_delivery()
    channel.basic_publish("", queue, b"x", mandatory=True)
    with pytest.raises(UnroutableError) as refused:
        channel.basic_publish("", "nobody", b"y", mandatory=True)
    assert [message.body for message in refused.value.messages] == [b"y"]
    assert refused.value.messages[0].method.reply_text == "NO_ROUTE"


def test_a_confirmed_message_is_there_for_another_connection(connect, channel, queue):
    channel.confirm_delivery()
    persistent = BasicProperties(delivery_mode=DeliveryMode.Persistent.value)
    for number in range(50):
        channel.basic_publish("", queue, b"%d" % number, persistent)
    other = connect().channel()
    wait_counts(other, queue, 50, 0)


def test_prefetch_limits_what_is_out_and_an_ack_brings_the_next(connection, channel, queue):
    channel.basic_qos(prefetch_count=2)
    publish(channel, queue, b"1", b"2", b"3", b"4", b"5")
    _, taken = gather(channel, queue)
    wait_counts(channel, queue, 3, 1)
    until(connection, lambda: len(taken) == 2)
    channel.basic_ack(taken[0][0])
    until(connection, lambda: len(taken) == 3)
    wait_counts(channel, queue, 2, 1)
    channel.basic_ack(taken[2][0], multiple=True)
    until(connection, lambda: len(taken) == 5)
    assert bodies(taken) == [b"1", b"2", b"3", b"4", b"5"]


def test_prefetch_is_per_consumer_unless_global(connect, channel, queue):
    publish(channel, queue, *[b"x"] * 10)
    each = connect().channel()
    each.basic_qos(prefetch_count=2)
    gather(each, queue)
    gather(each, queue)
    wait_counts(each, queue, 6, 2)
    together = connect().channel()
    together.basic_qos(prefetch_count=3, global_qos=True)
    gather(together, queue)
    gather(together, queue)
    wait_counts(together, queue, 3, 4)


def test_consumers_take_strict_turns(connection, channel, queue):
    _, first = gather(channel, queue, auto_ack=True)
    _, second = gather(channel, queue, auto_ack=True)
    publish(channel, queue, *[b"%d" % number for number in range(6)])
    until(connection, lambda: len(first) + len(second) == 6)
    assert bodies(first) == [b"0", b"2", b"4"]
    assert bodies(second) == [b"1", b"3", b"5"]


def test_a_consumer_of_higher_priority_goes_first(connection, channel, queue):
    channel.basic_qos(prefetch_count=2)
    _, low = gather(channel, queue, arguments={"x-priority": 1})
    _, high = gather(channel, queue, arguments={"x-priority": 9})
    publish(channel, queue, b"1", b"2", b"3")
    until(connection, lambda: len(low) + len(high) == 3)
    assert bodies(high) == [b"1", b"2"]
    assert bodies(low) == [b"3"]


def test_nack_puts_messages_back_in_their_places_marked_redelivered(connection, channel, queue):
    publish(channel, queue, b"1", b"2", b"3", b"4")
    tag, taken = gather(channel, queue)
    until(connection, lambda: len(taken) == 4)
    channel.basic_cancel(tag)
    channel.basic_nack(taken[1][0])
    channel.basic_nack(taken[3][0])
    channel.basic_nack(taken[0][0])
    channel.basic_ack(taken[2][0])
    assert get_all(channel, queue) == [(True, b"1"), (True, b"2"), (True, b"4")]


def test_nack_multiple_returns_all_up_to_the_tag(channel, queue):
    publish(channel, queue, b"1", b"2", b"3", b"4")
    tags = [channel.basic_get(queue)[0].delivery_tag for _ in range(3)]
    channel.basic_nack(tags[1], multiple=True)
    assert get_all(channel, queue) == [(True, b"1"), (True, b"2"), (False, b"4")]
    channel.basic_nack(0, multiple=True, requeue=False)
    assert get_all(channel, queue) == []


def test_reject_returns_or_drops_one_message(channel, queue):
    publish(channel, queue, b"back", b"gone")
    back, gone = (channel.basic_get(queue)[0].delivery_tag for _ in range(2))
    channel.basic_reject(gone, requeue=False)
    channel.basic_reject(back, requeue=True)
    assert get_all(channel, queue) == [(True, b"back")]


def test_recover_redelivers_what_is_out(connection, channel, queue):
    publish(channel, queue, b"1", b"2")
    _, taken = gather(channel, queue)
    until(connection, lambda: len(taken) == 2)
    channel.basic_recover(requeue=True)
    until(connection, lambda: len(taken) == 4)
    assert taken[2:] == [(3, True, b"1"), (4, True, b"2")]


def test_recover_without_requeue_is_not_implemented(channel):
    with pytest.raises(ConnectionClosedByBroker) as refused:
        channel.basic_recover(requeue=False)
    assert refused.value.args == (540, "NOT_IMPLEMENTED - requeue=false")


def test_closing_the_channel_returns_what_it_held(connection, channel, queue):
    publish(channel, queue, b"1", b"2")
    holder = connection.channel()
    holder.basic_get(queue)
    holder.close()
    wait_counts(channel, queue, 2, 0)
    assert get_all(channel, queue) == [(True, b"1"), (False, b"2")]


def test_a_cancelled_consumer_gets_no_more_and_keeps_what_it_has(connection, channel, queue):
    publish(channel, queue, b"1")
    tag, taken = gather(channel, queue)
    until(connection, lambda: taken)
    assert channel.basic_cancel(tag) == []
    publish(channel, queue, b"2")
    wait_counts(channel, queue, 1, 0)
    channel.basic_ack(taken[0][0])
    assert get_all(channel, queue) == [(False, b"2")]
    assert bodies(taken) == [b"1"]


def test_deleting_the_queue_cancels_its_consumers(connection, channel, queue):
    cancelled = []
    channel.add_on_cancel_callback(lambda frame: cancelled.append(frame.method.consumer_tag))
    tag, _ = gather(channel, queue)
    connection.channel().queue_delete(queue)
    until(connection, lambda: cancelled)
    assert cancelled == [tag]


def test_a_transaction_publishes_and_acknowledges_at_commit(connect, channel, queue):
    publish(channel, queue, b"in")
    worker = connect().channel()
    worker.tx_select()
    method, _, _ = worker.basic_get(queue)
    worker.basic_publish("", queue, b"out")
    worker.basic_ack(method.delivery_tag)
    wait_counts(worker, queue, 0, 0)
    worker.tx_commit()
    worker.close()
    assert get_all(channel, queue) == [(False, b"out")]


def test_a_rollback_forgets_publishes_and_acks_but_does_not_redeliver(connect, channel, queue):
    publish(channel, queue, b"in")
    worker = connect().channel()
    worker.tx_select()
    method, _, _ = worker.basic_get(queue)
    worker.basic_publish("", queue, b"out")
    worker.basic_ack(method.delivery_tag)
    worker.tx_rollback()
    assert get_all(channel, queue) == []
    worker.basic_ack(method.delivery_tag)  # The rolled back ack left it unacknowledged.
    worker.tx_rollback()
    worker.close()
    wait_counts(channel, queue, 1, 0)
    assert get_all(channel, queue) == [(True, b"in")]


def test_an_ack_of_a_tag_twice_closes_the_channel(channel, queue):
    publish(channel, queue, b"x")
    tag = channel.basic_get(queue)[0].delivery_tag
    channel.basic_ack(tag)
    channel.basic_ack(tag)
    with pytest.raises(ChannelClosedByBroker) as refused:
        wait_counts(channel, queue, 0, 0)
    assert refused.value.args == (406, "PRECONDITION_FAILED - unknown delivery tag 1")


def test_consume_iterates_until_it_is_idle(channel, queue):
    publish(channel, queue, b"1", b"2")
    taken = []
    for method, _, body in channel.consume(queue, inactivity_timeout=0.2):
        if method is None:
            break
        taken.append(body)
        channel.basic_ack(method.delivery_tag)
    assert taken == [b"1", b"2"]
    assert channel.cancel() == 0


def test_the_url_of_a_connection_works(broker, queue):
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        wait_counts(connection.channel(), queue, 0, 0)
