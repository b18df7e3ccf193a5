"""Class exchange on the wire."""

import pytest

from leveret.wire import methods


def declare(name="x", kind="direct", **how):
    return methods.ExchangeDeclare(exchange=name, exchange_type=kind, **how)


def test_an_exchange_is_declared_with_all_it_is_given(world, channel):
    method = declare(
        durable=True, auto_delete=True, internal=True, arguments={"alternate-exchange": "y"}
    )
    assert channel.call(method) == methods.ExchangeDeclareOk()
    options = world.vhost.exchanges["x"].options
    assert (options.durable, options.auto_delete, options.internal) == (True, True, True)
    assert options.arguments == {"alternate-exchange": "y"}


def test_a_passive_declare_looks_and_does_not_make(world, channel):
    close = channel.refusal(declare(passive=True))
    assert (close.reply_code, close.reply_text) == (
        404,
        "NOT_FOUND - no exchange 'x' in vhost '/'",
    )
    assert (close.class_id, close.method_id) == (40, 10)
    channel = world.channel()
    channel.call(declare())
    assert channel.call(declare(kind="whatever", passive=True)) == methods.ExchangeDeclareOk()


def test_an_unknown_type_costs_the_connection(channel):
    channel.say(declare(kind="nonsense"))
    close = channel.client.closed_with()
    assert (close.reply_code, close.reply_text) == (
        503,
        "COMMAND_INVALID - unknown exchange type 'nonsense'",
    )


def test_an_exchange_is_deleted(world, channel):
    channel.call(declare())
    assert channel.call(methods.ExchangeDelete(exchange="x")) == methods.ExchangeDeleteOk()
    assert "x" not in world.vhost.exchanges


def test_a_used_exchange_stays_if_unused_is_asked(channel):
    channel.call(declare())
    channel.declare()
    channel.call(methods.QueueBind(queue="q", exchange="x"))
    close = channel.refusal(methods.ExchangeDelete(exchange="x", if_unused=True))
    assert close.reply_text == "PRECONDITION_FAILED - exchange 'x' in vhost '/' in use"


def test_exchanges_are_bound_and_unbound(channel):
    channel.call(declare())
    channel.declare()
    channel.call(methods.QueueBind(queue="q", exchange="amq.fanout"))
    ends = {"destination": "amq.fanout", "source": "x", "routing_key": "k"}
    assert channel.call(methods.ExchangeBind(**ends)) == methods.ExchangeBindOk()
    channel.publish(b"through", exchange="x", key="k")
    assert channel.get().body == b"through"
    assert channel.call(methods.ExchangeUnbind(**ends)) == methods.ExchangeUnbindOk()
    channel.publish(b"nowhere", exchange="x", key="k")
    assert channel.get() is None


@pytest.mark.parametrize(
    "method",
    [
        declare(nowait=True),
        methods.ExchangeDelete(exchange="x", nowait=True),
        methods.ExchangeBind(destination="amq.fanout", source="amq.direct", nowait=True),
        methods.ExchangeUnbind(destination="amq.fanout", source="amq.direct", nowait=True),
    ],
)
def test_with_nowait_there_is_no_answer(channel, method):
    channel.say(method)
    assert channel.take() == []
