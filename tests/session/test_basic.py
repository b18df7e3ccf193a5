"""Class basic on the wire: get, consume, cancel, qos, settle, recover."""

import pytest

from leveret.wire import methods


@pytest.fixture
def filled(channel):
    channel.declare()
    channel.fill("q", b"a", b"b", b"c")
    return channel


def delivered(*bodies, tag="c", first=1, redelivered=()):
    """Deliveries as they are expected: consumer, delivery tag, redelivered, body."""
    return [
        (tag, number, body in redelivered, body) for number, body in enumerate(bodies, start=first)
    ]


def seen(contents):
    return [
        (each.method.consumer_tag, each.tag, each.method.redelivered, each.body)
        for each in contents
    ]


# Get -------------------------------------------------------------------------------------------


def test_get_takes_the_oldest_message(filled):
    first = filled.get()
    assert first.method == methods.BasicGetOk(1, False, "", "q", 2)
    assert first.body == b"a"
    assert filled.get().method == methods.BasicGetOk(2, False, "", "q", 1)


def test_get_finds_an_empty_queue_empty(channel):
    channel.declare()
    assert channel.call(methods.BasicGet(queue="q")) == methods.BasicGetEmpty()


def test_what_was_got_without_ack_is_gone(world, filled):
    filled.get(no_ack=True)
    filled.close()
    assert world.channel().count() == 2


def test_what_was_got_and_not_acknowledged_comes_back(world, filled):
    filled.get()
    filled.close()
    assert world.channel().get().method.redelivered


@pytest.mark.parametrize("no_ack", [True, False])
def test_the_store_hears_what_was_got(durable, no_ack):
    channel = durable.channel()
    queue = channel.declare_durable()
    channel.fill_stored("q", b"a")
    store = durable.engine.messages
    assert len(store.kept) == 1
    channel.get(no_ack=no_ack)
    assert store.marks == ({} if no_ack else {(queue.number, *store.kept): 1})
    assert len(store.kept) == (0 if no_ack else 1)


def test_get_waits_for_a_message_that_is_on_the_disk_alone(durable):
    channel = durable.channel()
    lazy = {"x-queue-mode": "lazy"}
    channel.say(methods.QueueDeclare(queue="q", durable=True, arguments=lazy))
    durable.sync()
    bodies = [b"%d" % number for number in range(300)]
    channel.fill_stored("q", *bodies)
    channel.take()
    got = []
    for _ in bodies:
        channel.say(methods.BasicGet(queue="q", no_ack=True))
        got += channel.bodies()
    channel.say(methods.BasicGet(queue="q", no_ack=True))
    assert got == bodies[: len(got)]
    assert len(got) < len(bodies)
    while got != bodies:
        durable.pass_time()
        got += [each.body for each in channel.take() if each != methods.BasicGetEmpty()]
    assert channel.get() is None


@pytest.mark.parametrize("end", [methods.QueuePurge, methods.QueueDelete])
def test_get_waits_no_longer_when_there_is_nothing_left(durable, end):
    channel, other = durable.channel(), durable.channel()
    lazy = {"x-queue-mode": "lazy"}
    channel.say(methods.QueueDeclare(queue="q", durable=True, arguments=lazy))
    durable.sync()
    channel.fill_stored("q", *[b"x"] * 300)
    channel.take()
    for _ in range(300):
        channel.say(methods.BasicGet(queue="q"))
    channel.take()
    other.say(end(queue="q"))
    durable.sync()
    durable.pass_time()
    assert len(other.take()) == 1
    answer = channel.take()[0]
    if end is methods.QueuePurge:
        assert answer == methods.BasicGetEmpty()
    else:
        assert answer.reply_code == 404


# Consume and cancel ----------------------------------------------------------------------------


def test_a_consumer_gets_what_waits_and_what_comes(filled):
    assert seen(filled.consume()) == delivered(b"a", b"b", b"c")
    filled.fill("q", b"d")
    assert seen(filled.take()) == delivered(b"d", first=4)


def test_a_delivery_names_exchange_and_key(channel):
    channel.declare()
    channel.call(methods.QueueBind(queue="q", exchange="amq.direct", routing_key="k"))
    channel.consume()
    for exchange, key in [("amq.direct", "k"), ("", "q"), ("amq.direct", "k")]:
        channel.publish(b"x", exchange=exchange, key=key)
    assert [(each.method.exchange, each.method.routing_key) for each in channel.take()] == [
        ("amq.direct", "k"),
        ("", "q"),
        ("amq.direct", "k"),
    ]


def test_a_consumer_without_a_tag_gets_one(channel):
    channel.declare()
    answer = channel.call(methods.BasicConsume(queue="q"))
    assert answer.consumer_tag.startswith("amq.ctag-")


def test_a_tag_is_used_once(channel):
    channel.declare()
    channel.consume()
    channel.say(methods.BasicConsume(queue="q", consumer_tag="c"))
    close = channel.client.closed_with()
    assert close.reply_text == "NOT_ALLOWED - attempt to reuse consumer tag 'c'"


def test_with_nowait_deliveries_come_unannounced(filled):
    filled.say(methods.BasicConsume(queue="q", consumer_tag="c", nowait=True))
    assert seen(filled.take()) == delivered(b"a", b"b", b"c")


def test_a_quorum_queue_knows_no_limit_of_a_channel_and_no_exclusive_consumer(channel):
    channel.declare(durable=True, arguments={"x-queue-type": "quorum"})
    channel.consume(tag="a", exclusive=True)
    channel.consume(tag="b", exclusive=True)
    channel.call(methods.BasicQos(prefetch_count=5, global_=True))
    channel.say(methods.BasicConsume(queue="q"))
    close = channel.client.closed_with()
    assert (close.reply_code, close.reply_text) == (
        540,
        "NOT_IMPLEMENTED - queue 'q' in vhost '/' does not support global qos",
    )


def test_a_limit_set_while_gets_and_transactions_hold_messages(channel):
    channel.declare()
    channel.fill("q", *[b"x"] * 10)
    channel.get()
    channel.consume()
    for _ in range(2):
        channel.get()
    channel.call(methods.TxSelect())
    channel.ack(1)
    channel.ack(2)
    channel.call(methods.BasicQos(prefetch_count=10, global_=True))
    # Nine went to the consumer, of which one waits for the commit.
    assert channel.client.session.channels[1].room == 1
    channel.call(methods.TxCommit())
    assert channel.client.session.channels[1].room == 2


def test_an_exclusive_consumer_is_alone(world, channel):
    channel.declare()
    channel.consume(exclusive=True)
    close = world.channel().refusal(methods.BasicConsume(queue="q"))
    assert close.reply_text == "ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use"


def test_a_priority_is_an_integer(channel):
    channel.declare()
    close = channel.refusal(methods.BasicConsume(queue="q", arguments={"x-priority": "high"}))
    assert close.reply_code == 406


def test_a_higher_priority_is_served_first(channel):
    channel.declare()
    channel.consume(tag="low")
    channel.consume(tag="high", arguments={"x-priority": 5})
    channel.fill("q", b"a", b"b")
    assert {each.method.consumer_tag for each in channel.take()} == {"high"}


def test_a_cancelled_consumer_gets_no_more_and_keeps_what_it_holds(filled):
    filled.consume()
    assert filled.call(methods.BasicCancel("c")) == methods.BasicCancelOk("c")
    filled.fill("q", b"d")
    assert filled.take() == []
    filled.ack(3, multiple=True)
    assert filled.get().body == b"d"


def test_cancelling_nobody_is_no_error(channel):
    assert channel.call(methods.BasicCancel("nobody")) == methods.BasicCancelOk("nobody")
    channel.say(methods.BasicCancel("nobody", nowait=True))
    assert channel.take() == []


def test_an_auto_delete_queue_goes_with_its_last_consumer(channel):
    channel.declare(auto_delete=True)
    channel.consume()
    channel.call(methods.BasicCancel("c"))
    assert channel.refusal(methods.BasicGet(queue="q")).reply_code == 404


def test_a_client_is_told_when_its_queue_goes(world, channel):
    channel.declare()
    channel.consume()
    world.channel().call(methods.QueueDelete(queue="q"))
    world.pass_time()
    assert channel.take() == [methods.BasicCancel("c", nowait=True)]
    channel.declare()
    assert channel.consume() == []


def test_a_client_that_does_not_understand_is_not_told(world):
    channel = world.client(capabilities={}).channel()
    channel.declare()
    channel.consume()
    world.channel().call(methods.QueueDelete(queue="q"))
    world.pass_time()
    assert channel.take() == []


def test_whoever_deletes_the_queue_hears_of_that_first(world, channel):
    channel.declare()
    channel.consume()
    assert channel.call(methods.QueueDelete(queue="q")) == methods.QueueDeleteOk(0)
    world.pass_time()
    assert channel.take() == [methods.BasicCancel("c", nowait=True)]


@pytest.mark.parametrize("end", [lambda c: c.call(methods.BasicCancel("c")), lambda c: c.close()])
def test_nobody_is_told_who_left_in_the_meantime(world, channel, end):
    channel.declare()
    channel.consume()
    channel.call(methods.QueueDelete(queue="q"))
    end(channel)
    world.pass_time()
    assert channel.take() == []


def test_what_a_deleted_queue_had_out_can_be_settled(world, filled):
    filled.consume()
    world.channel().call(methods.QueueDelete(queue="q"))
    filled.ack(1)
    filled.say(methods.BasicNack(2, requeue=True), methods.BasicReject(3))
    assert filled.take() == []


# Qos -------------------------------------------------------------------------------------------


def qos(channel, count, *, is_global=False):
    channel.say(methods.BasicQos(prefetch_count=count, global_=is_global))
    answer, *rest = channel.take()
    assert answer == methods.BasicQosOk()
    return rest


def test_a_consumer_gets_as_much_as_its_prefetch_allows(filled):
    qos(filled, 2)
    assert seen(filled.consume()) == delivered(b"a", b"b")
    filled.ack(1)
    assert seen(filled.take()) == delivered(b"c", first=3)


def test_each_new_consumer_has_its_own_limit(filled):
    qos(filled, 1)
    filled.consume(tag="c")
    assert seen(filled.consume(tag="d")) == delivered(b"b", tag="d", first=2)


def test_consumers_that_are_there_keep_theirs(filled):
    qos(filled, 1)
    filled.consume()
    qos(filled, 3)
    assert filled.take() == []
    assert len(filled.consume(tag="d")) == 2


def test_zero_is_no_limit(filled):
    qos(filled, 0)
    assert len(filled.consume()) == 3


def test_a_global_limit_counts_the_whole_channel(filled):
    qos(filled, 2, is_global=True)
    assert len(filled.consume(tag="c")) == 2
    assert filled.consume(tag="d") == []
    filled.ack(1)
    assert filled.bodies() == [b"c"]


def test_both_limits_apply(filled):
    qos(filled, 1)
    qos(filled, 2, is_global=True)
    assert len(filled.consume(tag="c")) == 1
    assert len(filled.consume(tag="d")) == 1
    assert filled.consume(tag="e") == []


def test_a_global_limit_may_be_raised_and_lifted(filled):
    qos(filled, 1, is_global=True)
    assert len(filled.consume()) == 1
    assert len(qos(filled, 2, is_global=True)) == 1
    assert len(qos(filled, 0, is_global=True)) == 1


def test_a_global_limit_may_be_lowered_beneath_what_is_out(filled):
    filled.fill("q", b"d", b"e")
    qos(filled, 3, is_global=True)
    filled.consume()
    qos(filled, 1, is_global=True)
    filled.ack(1)
    filled.ack(2)
    assert filled.take() == []
    filled.ack(3)
    assert filled.bodies() == [b"d"]


def test_a_limit_does_not_count_consumers_without_acknowledgement(filled):
    qos(filled, 1)
    qos(filled, 1, is_global=True)
    assert len(filled.consume(no_ack=True)) == 3


def test_a_global_limit_does_not_count_what_was_got(filled):
    qos(filled, 1, is_global=True)
    filled.get()
    assert len(filled.consume()) == 1
    filled.ack(1)
    assert filled.take() == []


def test_settling_what_a_cancelled_consumer_held_gives_no_more_room_than_it_took(filled):
    filled.consume(tag="gone")
    filled.call(methods.BasicCancel("gone"))
    qos(filled, 1, is_global=True)
    filled.fill("q", b"d", b"e")
    filled.ack(3, multiple=True)
    assert len(filled.consume(tag="c")) == 1


@pytest.mark.parametrize(
    "settle", [methods.BasicAck(1), methods.BasicNack(1), methods.BasicReject(1)]
)
def test_every_way_of_settling_makes_room(filled, settle):
    qos(filled, 1)
    filled.consume()
    filled.say(settle)
    assert filled.bodies() == [b"b"]


def test_a_requeue_makes_room_for_itself(filled):
    qos(filled, 1)
    filled.consume()
    filled.say(methods.BasicReject(1, requeue=True))
    assert seen(filled.take()) == delivered(b"a", first=2, redelivered=[b"a"])


def test_a_prefetch_size_is_not_known(channel):
    channel.say(methods.BasicQos(prefetch_size=1))
    assert channel.client.closed_with().reply_text == ("NOT_IMPLEMENTED - prefetch_size!=0 (1)")


# Settling --------------------------------------------------------------------------------------


def test_an_acknowledged_message_is_gone(world, filled):
    filled.consume()
    filled.ack(2)
    filled.close()
    other = world.channel()
    assert [other.get().body, other.get().body, other.get()] == [b"a", b"c", None]


def test_multiple_means_all_up_to_the_tag(world, filled):
    filled.consume()
    filled.ack(2, multiple=True)
    filled.close()
    assert world.channel().count() == 1


def test_a_nack_drops_or_requeues(filled):
    filled.consume()
    filled.call(methods.BasicCancel("c"))
    filled.say(methods.BasicNack(1), methods.BasicNack(3, multiple=True, requeue=True))
    found = [filled.get(), filled.get()]
    assert [each.body for each in found] == [b"b", b"c"]
    assert all(each.method.redelivered for each in found)


@pytest.mark.parametrize(
    "method",
    [
        methods.BasicAck(9),
        methods.BasicAck(9, multiple=True),
        methods.BasicNack(9),
        methods.BasicReject(9),
        methods.BasicAck(0),
    ],
)
def test_an_unknown_tag_costs_the_channel(filled, method):
    filled.consume()
    close = filled.refusal(method)
    assert close.reply_text == f"PRECONDITION_FAILED - unknown delivery tag {method.delivery_tag}"
    assert close.class_id << 16 | close.method_id == method.index


def test_a_tag_is_settled_once(filled):
    filled.consume()
    filled.ack(1)
    assert filled.refusal(methods.BasicAck(1)).reply_code == 406


def test_tags_belong_to_their_channel(filled):
    filled.consume()
    other = filled.client.channel()
    assert other.refusal(methods.BasicAck(1)).reply_code == 406


def test_an_ack_that_is_read_as_a_method_counts_too(filled):
    """Behind a method frame that came in pieces, for example."""
    filled.consume()
    filled.client.session.channels[1].method(methods.BasicAck(1))
    assert filled.refusal(methods.BasicAck(1)).reply_code == 406


# Recover ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [methods.BasicRecover, methods.BasicRecoverAsync])
def test_recover_gives_everything_back(filled, kind):
    filled.consume()
    filled.say(kind(requeue=True))
    answers = filled.take()
    if kind is methods.BasicRecover:
        assert answers.pop(0) == methods.BasicRecoverOk()
    assert seen(answers) == delivered(b"a", b"b", b"c", first=4, redelivered=[b"a", b"b", b"c"])


@pytest.mark.parametrize("kind", [methods.BasicRecover, methods.BasicRecoverAsync])
def test_recover_without_requeue_is_not_known(channel, kind):
    channel.say(kind())
    assert channel.client.closed_with().reply_text == "NOT_IMPLEMENTED - requeue=false"


# Flow and access -------------------------------------------------------------------------------


def test_flow_may_be_active(channel):
    assert channel.call(methods.ChannelFlow(active=True)) == methods.ChannelFlowOk(active=True)


def test_flow_cannot_be_stopped(channel):
    channel.say(methods.ChannelFlow(active=False))
    assert channel.client.closed_with().reply_text == "NOT_IMPLEMENTED - active=false"


def test_a_realm_is_granted(channel):
    assert channel.call(methods.AccessRequest("/data")) == methods.AccessRequestOk(1)


# Modes -----------------------------------------------------------------------------------------


def test_a_channel_confirms_or_has_transactions(channel):
    assert channel.call(methods.ConfirmSelect()) == methods.ConfirmSelectOk()
    assert channel.call(methods.ConfirmSelect()) == methods.ConfirmSelectOk()
    other = channel.client.channel()
    other.call(methods.TxSelect())
    assert other.refusal(methods.ConfirmSelect()).reply_code == 406


def test_a_channel_listens_for_direct_replies_once_and_without_ack(channel):
    reply_to = "amq.rabbitmq.reply-to"
    assert channel.consume(reply_to, "r", no_ack=True) == []
    again = methods.BasicConsume(queue=reply_to, consumer_tag="s", no_ack=True)
    assert channel.refusal(again).reply_text.endswith("reply consumer already set")
    other = channel.client.channel()
    with_ack = methods.BasicConsume(queue=reply_to)
    assert other.refusal(with_ack).reply_text.endswith("reply consumer cannot acknowledge")


def test_the_answer_to_our_cancel_is_heard_in_silence(channel):
    channel.say(methods.BasicCancelOk("c"))
    assert channel.take() == []
