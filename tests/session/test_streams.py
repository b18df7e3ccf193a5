"""Streams on the wire: what a channel refuses, and what waits for the disk."""

import pytest

from leveret.broker.policies import Policy
from leveret.wire import methods
from leveret.wire.properties import Properties
from tests.session.harness import PERSISTENT

STREAM = {"x-queue-type": "stream"}


@pytest.fixture
def channel(durable):
    """A channel with a stream `s`, and room for ten deliveries to each of its consumers."""
    channel = durable.channel()
    channel.say(methods.QueueDeclare(queue="s", durable=True, arguments=STREAM))
    durable.sync()
    channel.say(methods.BasicQos(prefetch_count=10))
    channel.take()
    return channel


def read(channel, offset="first", tag="c", **how):
    """Subscribe; what there is comes once it is fetched."""
    found = channel.consume("s", tag, arguments={"x-stream-offset": offset}, **how)
    channel.world.pass_time()
    return [*found, *channel.take()]


def written(channel, *bodies, properties=PERSISTENT):
    for body in bodies:
        channel.publish(body, key="s", properties=properties)
    channel.world.sync()


def test_what_is_read_stays_and_has_its_offset(channel):
    written(channel, b"a", b"b")
    for tag in "xy":
        found = read(channel, tag=tag)
        assert [each.body for each in found] == [b"a", b"b"]
        assert [each.properties.headers for each in found] == [
            {"x-stream-offset": 0},
            {"x-stream-offset": 1},
        ]
        assert not any(each.method.redelivered for each in found)


def test_acknowledgements_in_any_order_make_room(channel):
    written(channel, *(bytes([65 + each]) for each in range(15)))
    assert len(read(channel)) == 10
    channel.ack(7)
    assert [each.body for each in channel.take()] == [b"K"]
    channel.ack(3)
    channel.ack(11)
    assert [each.body for each in channel.take()] == [b"L", b"M"]
    channel.ack(13, multiple=True)
    assert [each.body for each in channel.take()] == [b"N", b"O"]


@pytest.mark.parametrize("properties", [None, Properties(delivery_mode=1), PERSISTENT])
def test_a_confirm_waits_for_the_disk_whatever_the_message_says(channel, properties):
    channel.call(methods.ConfirmSelect())
    channel.publish(b"a", key="s", properties=properties)
    assert channel.take() == []
    channel.world.sync()
    assert channel.take() == [methods.BasicAck(1)]
    channel.declare("q")
    channel.publish(b"b", key="q")
    assert channel.take() == [methods.BasicAck(2)]


@pytest.mark.parametrize("properties", [None, PERSISTENT])
def test_so_does_a_commit(channel, properties):
    channel.call(methods.TxSelect())
    channel.publish(b"a", key="s", properties=properties)
    channel.say(methods.TxCommit())
    assert channel.take() == []
    channel.world.sync()
    assert channel.take() == [methods.TxCommitOk()]


def test_one_message_for_a_stream_and_a_queue_is_two_where_the_queue_need_not_keep_it(channel):
    channel.declare_durable("q")
    for queue in ("s", "q"):
        channel.say(methods.QueueBind(queue=queue, exchange="amq.fanout"))
        channel.world.sync()
    channel.take()
    channel.publish(b"passing", exchange="amq.fanout")
    channel.publish(b"lasting", exchange="amq.fanout", properties=PERSISTENT)
    store = channel.world.engine.messages
    queue, stream = (channel.world.vhost.queues[name] for name in ("q", "s"))
    assert len(store.positions(stream.number)) == 2
    assert len(store.positions(queue.number)) == 1
    channel.world.sync()
    assert [each.body for each in (channel.get("q"), channel.get("q"))] == [b"passing", b"lasting"]
    assert [each.body for each in read(channel)] == [b"passing", b"lasting"]


class TestRefused:
    def closed(self, channel, *said):
        channel.say(*said)
        close = channel.client.closed_with()
        return close.reply_code, close.reply_text

    def test_giving_back(self, channel):
        written(channel, b"a")
        read(channel)
        code, text = self.closed(channel, methods.BasicNack(1, requeue=True))
        assert code == 540
        assert text == (
            "NOT_IMPLEMENTED - basic.nack and basic.reject not supported by stream queues "
            "queue 's' in vhost '/'"
        )

    @pytest.mark.parametrize(
        "said",
        [
            methods.BasicReject(1, requeue=False),
            methods.BasicNack(0, multiple=True, requeue=False),
            methods.BasicRecover(requeue=True),
            methods.BasicRecoverAsync(requeue=True),
        ],
    )
    def test_rejecting_and_recovering(self, channel, said):
        written(channel, b"a")
        read(channel)
        assert self.closed(channel, said)[0] == 540

    def test_what_a_queue_had_given_along_with_it_is_not_lost(self, channel):
        channel.declare("q")
        channel.fill("q", b"job")
        channel.consume("q", "q")
        written(channel, b"a")
        read(channel)
        assert self.closed(channel, methods.BasicNack(2, multiple=True, requeue=False))[0] == 540
        assert channel.world.channel().get("q").body == b"job"

    def test_getting_and_purging(self, channel):
        assert self.closed(channel, methods.BasicGet(queue="s"))[0] == 540

    def test_reading_without_acknowledgements(self, channel):
        said = methods.BasicConsume(queue="s", no_ack=True)
        assert self.closed(channel, said)[0] == 540

    def test_reading_without_prefetch(self, channel):
        channel.call(methods.BasicQos(prefetch_count=0))
        close = channel.refusal(methods.BasicConsume(queue="s"))
        assert close.reply_text == (
            "PRECONDITION_FAILED - consumer prefetch count is not set for 'queue 's' in vhost '/''"
        )


def test_a_stream_says_how_many_messages_it_has_and_counts_no_consumers(channel):
    written(channel, b"a", b"b")
    read(channel)
    found = channel.call(methods.QueueDeclare(queue="s", passive=True))
    assert (found.message_count, found.consumer_count) == (2, 0)


def test_it_is_deleted_with_its_messages_and_readers_whatever_was_said(channel):
    written(channel, b"a")
    read(channel)
    other = channel.world.channel()
    other.say(methods.QueueDelete(queue="s", if_unused=True, if_empty=True))
    channel.world.sync()
    assert other.take() == [methods.QueueDeleteOk(message_count=0)]
    channel.world.pass_time()
    assert channel.take() == [methods.BasicCancel("c", nowait=True)]


def test_a_limit_for_the_consumer_takes_the_channels_away(channel):
    channel.call(methods.BasicQos(prefetch_count=1, global_=True))
    channel.call(methods.BasicQos(prefetch_count=5))
    assert read(channel) == []


def test_a_policy_shortens_a_stream_at_once(channel):
    policy = {"max-length-bytes": 0, "stream-max-segment-size-bytes": 1}
    parameters = channel.world.broker.parameters
    parameters.set_policy("/", Policy("steps", "s", {**policy, "max-length-bytes": 10**6}))
    written(channel, b"a", b"b", b"c")
    parameters.set_policy("/", Policy("steps", "s", policy, apply_to="streams"))
    channel.world.sync()
    channel.world.pass_time()
    assert read(channel) == []
    parameters.clear_policy("/", "steps")
    written(channel, b"d")
    channel.world.pass_time()
    (found,) = channel.take()
    assert (found.body, found.properties.headers) == (b"d", {"x-stream-offset": 3})
