"""Deliveries whose acknowledgement takes too long."""

import pytest

from leveret.broker.policies import Applied
from leveret.wire import methods
from tests.session.harness import World

TEXT = (
    "PRECONDITION_FAILED - delivery acknowledgement on channel {} timed out. "
    "Timeout value used: {} ms. "
    "This timeout value can be configured, see consumers doc guide to learn more"
)


def timed(ms):
    return {"x-consumer-timeout": ms}


def close_of(channel):
    """The channel.close that has come last."""
    close = channel.take()[-1]
    assert isinstance(close, methods.ChannelClose), close
    return close


def follow(channel, **definition):
    """A policy comes to hold for the queue."""
    policy = {name.replace("_", "-"): value for name, value in definition.items()}
    channel.world.vhost.queues["q"].follow(Applied("p", None, policy))


@pytest.fixture
def world():
    return World(consumer_timeout_ms=3000)


@pytest.fixture
def channel(world):
    channel = world.channel()
    channel.declare()
    return channel


def consuming(channel, *bodies, prefetch=0, **how):
    channel.call(methods.BasicQos(prefetch_count=prefetch))
    channel.consume(**how)
    channel.fill("q", *bodies)
    return channel.bodies()


def test_an_overdue_delivery_closes_its_channel_and_comes_back(world, channel):
    assert consuming(channel, b"a", b"b") == [b"a", b"b"]
    world.pass_time(2.999)
    assert channel.take() == []
    world.pass_time(0.001)
    assert close_of(channel) == methods.ChannelClose(406, TEXT.format(1, 3000), 0, 0)
    (report,) = world.reports
    assert report == (
        "closing channel 1 of peer: a message of queue 'q' in vhost '/' was not acknowledged "
        "within 3000 ms"
    )
    heir = world.channel()
    assert [heir.get().body, heir.get().method.redelivered] == [b"a", True]


def test_what_is_acknowledged_in_time_is_forgotten(world, channel):
    consuming(channel, b"a", b"b")
    world.pass_time(2)
    channel.ack(1)
    channel.ack(2)
    channel.fill("q", b"c")
    world.pass_time(2.5)
    assert channel.bodies() == [b"c"]
    world.pass_time(0.5)
    assert close_of(channel).reply_code == 406


def test_with_nothing_out_there_is_no_timer_left(world, channel):
    consuming(channel, b"a")
    channel.ack(1)
    world.pass_time(10)
    assert world.agenda.next_deadline() is None


def test_a_closed_channel_leaves_no_timer(world, channel):
    consuming(channel, b"a")
    channel.take()
    channel.close()
    assert world.agenda.next_deadline() is None


def test_a_message_that_basic_get_took_may_be_overdue_too(world, channel):
    channel.fill("q", b"a")
    channel.get()
    world.pass_time(3)
    assert close_of(channel).reply_text == TEXT.format(1, 3000)


def test_without_acknowledgement_nothing_is_overdue(world, channel):
    consuming(channel, b"a", no_ack=True)
    channel.fill("q", b"b")
    channel.say(methods.BasicCancel("c"))
    channel.take()
    channel.fill("q", b"b")
    channel.get(no_ack=True)
    world.pass_time(10)
    assert channel.take() == []
    assert world.agenda.next_deadline() is None


def test_a_cancelled_consumers_delivery_may_be_overdue(world, channel):
    consuming(channel, b"a")
    channel.call(methods.BasicCancel("c"))
    world.pass_time(3)
    assert close_of(channel).reply_code == 406


def test_what_a_transaction_has_acknowledged_is_not_overdue_until_it_is_rolled_back(world, channel):
    consuming(channel, b"a", b"b")
    channel.call(methods.TxSelect())
    channel.ack(2, multiple=True)
    world.pass_time(5)
    assert channel.take() == []
    channel.call(methods.TxRollback())
    world.channel().fill("q", b"c")
    assert channel.bodies() == [b"c"]
    world.pass_time(3)
    assert close_of(channel).reply_code == 406


def test_other_channels_go_on(world, channel):
    other = channel.client.channel()
    consuming(channel, b"a")
    world.pass_time(3)
    assert close_of(channel).reply_code == 406
    assert other.get().body == b"a"


@pytest.mark.parametrize(
    ("node", "queue", "consumer", "used"),
    [
        (3000, None, None, 3000),
        (3000, 500, None, 500),
        (3000, 5000, None, 5000),
        (3000, 5000, 100, 100),
        (3000, 500, 9000, 9000),
        (0, 500, None, 500),
        (0, None, 500, 500),
        (3000, 0, None, 0),
        (3000, 500, 0, 0),
        (0, None, None, 0),
    ],
)
def test_the_consumer_says_it_before_the_queue_and_the_queue_before_the_node(
    node, queue, consumer, used
):
    world = World(consumer_timeout_ms=node)
    channel = world.channel()
    channel.declare(arguments={} if queue is None else timed(queue))
    consuming(channel, b"a", arguments={} if consumer is None else timed(consumer))
    if used:
        world.pass_time(used / 1000 - 0.001)
        assert channel.take() == []
        world.pass_time(0.001)
        assert close_of(channel).reply_text == TEXT.format(1, used)
    else:
        world.pass_time(10)
        assert channel.take() == []


def test_consumers_of_one_channel_have_their_own_times(world, channel):
    channel.consume(tag="slow", arguments=timed(0))
    channel.consume(tag="fast", arguments=timed(1000))
    channel.fill("q", b"a")
    world.pass_time(0.5)
    channel.fill("q", b"b")
    assert [each.method.consumer_tag for each in channel.take()] == ["slow", "fast"]
    world.pass_time(0.999)
    assert channel.take() == []
    world.pass_time(0.001)
    assert close_of(channel).reply_text == TEXT.format(1, 1000)


def test_a_later_shorter_time_is_not_missed_behind_an_earlier_longer_one(world, channel):
    channel.consume(tag="slow", arguments=timed(9000))
    channel.fill("q", b"a")
    channel.take()
    channel.declare("r")
    channel.consume("r", tag="fast", arguments=timed(1000))
    world.pass_time(0.5)
    channel.fill("r", b"b")
    channel.take()
    world.pass_time(1)
    assert close_of(channel).reply_text == TEXT.format(1, 1000)


# Back to the queue -----------------------------------------------------------------------------


def test_a_policy_may_send_back_the_overdue_delivery_alone(world, channel):
    follow(channel, consumer_timeout=1000, consumer_timeout_action="requeue")
    consuming(channel, b"a", prefetch=2)
    world.pass_time(0.5)
    channel.fill("q", b"b")
    channel.take()
    other = world.channel()
    other.consume()
    world.pass_time(0.499)
    assert other.take() == []
    world.pass_time(0.001)
    (again,) = other.take()
    assert (again.body, again.method.redelivered) == (b"a", True)
    assert channel.take() == []
    channel.ack(2)
    channel.fill("q", b"c")
    assert channel.bodies() + other.bodies() == [b"c"]


def test_a_consumer_that_was_full_gets_more_when_what_it_held_has_gone_back(world, channel):
    follow(channel, consumer_timeout=1000, consumer_timeout_action="requeue")
    consuming(channel, b"a", b"b", prefetch=1)
    other = world.channel()
    assert [each.body for each in other.consume(no_ack=True)] == [b"b"]
    world.pass_time(1)
    assert other.bodies() == [b"a"]
    channel.fill("q", b"c", b"d")
    assert (channel.bodies(), other.bodies()) == ([b"d"], [b"c"])


def test_a_consumer_alone_gets_its_own_back(world, channel):
    follow(channel, consumer_timeout=1000, consumer_timeout_action="requeue")
    consuming(channel, b"a", prefetch=1)
    for tag in (2, 3):
        world.pass_time(1)
        (again,) = channel.take()
        assert (again.tag, again.method.redelivered) == (tag, True)
    channel.ack(3)
    world.pass_time(1)
    assert channel.take() == []


def test_a_late_acknowledgement_of_what_went_back_is_passed_over(world, channel):
    follow(channel, consumer_timeout=1000, consumer_timeout_action="requeue")
    consuming(channel, b"a", b"b", b"c", prefetch=3)
    channel.call(methods.BasicCancel("c"))
    world.pass_time(1)
    channel.ack(2)
    channel.say(methods.BasicNack(1, requeue=True), methods.BasicReject(3, requeue=True))
    assert channel.count() == 3
    assert channel.refusal(methods.BasicAck(4)).reply_text == (
        "PRECONDITION_FAILED - unknown delivery tag 4"
    )


def test_a_late_multiple_acknowledgement_counts_for_the_others(world, channel):
    channel.declare("r")
    channel.consume("r", tag="r", arguments=timed(0))
    channel.fill("r", b"x")
    channel.take()
    follow(channel, consumer_timeout=1000, consumer_timeout_action="requeue")
    channel.fill("q", b"a")
    channel.get()
    world.pass_time(1)
    assert channel.count() == 1
    channel.ack(2, multiple=True)
    assert channel.refusal(methods.BasicAck(3)).reply_text.endswith("unknown delivery tag 3")
    assert world.channel().count("r") == 0


def test_what_may_go_back_goes_back_before_what_closes_the_channel(world, channel):
    follow(channel, consumer_timeout=1000, consumer_timeout_action="requeue")
    channel.fill("q", b"a")
    channel.get()
    channel.declare("r")
    channel.fill("r", b"x")
    channel.get("r")
    world.pass_time(1)
    assert channel.count() == 1
    world.pass_time(2)
    assert close_of(channel).reply_text == TEXT.format(1, 3000)


def test_a_policy_counts_for_what_is_out_already(world, channel):
    consuming(channel, b"a")
    world.pass_time(2)
    follow(channel, consumer_timeout=1500)
    world.pass_time()
    assert close_of(channel).reply_text == TEXT.format(1, 1500)


def test_where_nobody_kept_times_a_policy_counts_from_when_it_came():
    world = World()
    channel = world.channel()
    channel.declare()
    consuming(channel, b"a")
    world.pass_time(100)
    follow(channel, consumer_timeout=1500)
    world.pass_time(1.499)
    assert channel.take() == []
    world.pass_time(0.001)
    assert close_of(channel).reply_text == TEXT.format(1, 1500)


def test_a_policy_taken_away_holds_no_more(world, channel):
    follow(channel, consumer_timeout=1000)
    consuming(channel, b"a")
    world.pass_time(0.5)
    follow(channel)
    world.pass_time(2)
    assert channel.take() == []
    world.pass_time(0.5)
    assert close_of(channel).reply_text == TEXT.format(1, 3000)


def test_times_are_kept_by_spans_however_many_deliveries_there_are(world, channel):
    consuming(channel)
    for _ in range(5000):
        world.pass_time(0.001)
        channel.fill("q", b"x")
        (content,) = channel.take()
        channel.ack(content.tag)
    overdue = channel.client.session.channels[1].overdue
    assert len(overdue._spans) < 1200


def test_an_overdue_delivery_is_never_found_early(world, channel):
    """Deliveries of one span count from the last of them."""
    consuming(channel)
    for _ in range(10):
        channel.fill("q", b"x")
        world.pass_time(0.0005)
    channel.take()
    world.pass_time(2.9945)
    assert channel.take() == []
    world.pass_time(0.004)
    assert close_of(channel).reply_code == 406
