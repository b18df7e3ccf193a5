"""Class queue on the wire."""

import pytest

from leveret.wire import methods


def declare(queue="q", **how):
    return methods.QueueDeclare(queue=queue, **how)


def test_a_declare_tells_name_messages_and_consumers(channel):
    assert channel.call(declare()) == methods.QueueDeclareOk("q", 0, 0)
    channel.fill("q", b"a", b"b")
    assert channel.call(declare()) == methods.QueueDeclareOk("q", 2, 0)
    channel.say(methods.BasicConsume(queue="q"))
    channel.take()
    assert channel.call(declare(passive=True)) == methods.QueueDeclareOk("q", 0, 1)


def test_a_queue_is_declared_with_all_it_is_given(world, channel):
    channel.call(declare(durable=True, auto_delete=True, arguments={"x-message-ttl": 5}))
    options = world.vhost.queues["q"].options
    assert (options.durable, options.auto_delete, options.exclusive) == (True, True, False)
    assert options.arguments == {"x-message-ttl": 5}


def test_an_exclusive_queue_is_never_durable(world, channel):
    channel.call(declare(durable=True, exclusive=True))
    assert not world.vhost.queues["q"].options.durable
    channel.call(declare(exclusive=True))


def test_a_missing_queue_costs_the_channel(world, channel):
    close = channel.refusal(declare(passive=True))
    assert (close.reply_code, close.reply_text) == (404, "NOT_FOUND - no queue 'q' in vhost '/'")
    assert (close.class_id, close.method_id) == (50, 10)
    assert world.vhost.queues == {}


def test_a_queue_without_a_name_gets_one_and_is_meant_by_the_empty_name(channel):
    name = channel.call(declare("")).queue
    assert name.startswith("amq.gen-")
    channel.call(methods.QueueBind(exchange="amq.direct"))
    channel.publish(b"by its name", exchange="amq.direct", key=name)
    assert channel.get("").body == b"by its name"
    channel.fill(name, b"a", b"b")
    assert channel.call(methods.QueuePurge()) == methods.QueuePurgeOk(2)
    channel.call(methods.QueueUnbind(exchange="amq.direct"))
    channel.publish(b"unbound", exchange="amq.direct", key=name)
    assert channel.call(methods.QueueDelete()) == methods.QueueDeleteOk(0)


@pytest.mark.parametrize(
    "method",
    [
        methods.QueueBind(exchange="amq.direct"),
        methods.QueuePurge(),
        methods.QueueDelete(),
        methods.BasicConsume(),
        methods.BasicGet(),
    ],
)
def test_there_is_no_last_queue_before_one_is_declared(channel, method):
    close = channel.refusal(method)
    assert close.reply_code == 404
    assert close.reply_text.startswith("NOT_FOUND - no previously declared queue")


def test_a_named_queue_is_bound_with_an_empty_key(channel):
    channel.declare()
    channel.call(methods.QueueBind(queue="q", exchange="amq.direct"))
    channel.publish(b"no key", exchange="amq.direct")
    assert channel.get().body == b"no key"


def test_a_binding_is_undone(channel):
    channel.declare()
    ends = {"queue": "q", "exchange": "amq.direct", "routing_key": "k"}
    assert channel.call(methods.QueueBind(**ends)) == methods.QueueBindOk()
    assert channel.call(methods.QueueUnbind(**ends)) == methods.QueueUnbindOk()
    channel.publish(b"nowhere", exchange="amq.direct", key="k")
    assert channel.get() is None


def test_a_queue_is_deleted_with_its_messages(channel):
    channel.declare()
    channel.fill("q", b"a", b"b")
    assert channel.call(methods.QueueDelete(queue="q")) == methods.QueueDeleteOk(2)


@pytest.mark.parametrize("condition", ["if_unused", "if_empty"])
def test_a_queue_in_use_stays_if_that_is_asked(channel, condition):
    channel.declare()
    channel.fill("q", b"a")
    if condition == "if_unused":
        channel.consume()
    close = channel.refusal(methods.QueueDelete(queue="q", **{condition: True}))
    assert close.reply_code == 406


@pytest.mark.parametrize(
    "method",
    [
        declare(nowait=True),
        methods.QueueBind(queue="q", exchange="amq.direct", nowait=True),
        methods.QueuePurge(queue="q", nowait=True),
        methods.QueueDelete(queue="q", nowait=True),
    ],
)
def test_with_nowait_there_is_no_answer(channel, method):
    channel.declare()
    channel.say(method)
    assert channel.take() == []


def test_the_pseudo_queue_is_there_for_those_who_ask(channel):
    name = "amq.rabbitmq.reply-to"
    assert channel.call(declare(name, passive=True)) == methods.QueueDeclareOk(name, 0, 1)


def test_a_direct_reply_name_tells_whether_its_consumer_lives(world, channel):
    name = world.vhost.reply_consumers.add(object())
    assert channel.call(declare(name, passive=True)) == methods.QueueDeclareOk(name, 0, 1)
    world.vhost.reply_consumers.remove(name)
    assert channel.refusal(declare(name, passive=True)).reply_code == 404


@pytest.mark.parametrize("is_durable", [True, False])
def test_a_purge_is_answered_when_it_is_for_good(durable, is_durable):
    channel = durable.channel()
    channel.declare_durable()
    channel.declare("transient")
    channel.fill_stored("q", b"a")
    channel.fill("transient", b"a")
    channel.say(methods.QueuePurge(queue="q" if is_durable else "transient"))
    if is_durable:
        assert channel.take() == []
        durable.sync()
    assert channel.take() == [methods.QueuePurgeOk(1)]
