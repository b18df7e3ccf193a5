"""A delayed exchange as clients have it: publish, wait, receive; confirms, copies, restarts."""

from dataclasses import replace

import pytest

from leveret.broker.broker import Broker
from leveret.wire import methods
from leveret.wire.properties import Properties
from leveret.wire.values import Int32
from tests.broker.domain import random_bytes
from tests.session.harness import World


@pytest.fixture
def world():
    return World(is_durable=True)


@pytest.fixture
def channel(world):
    return world.channel()


def call(world, channel, method):
    channel.say(method)
    world.sync()
    return channel.take()


def declare(world, channel, name="later", kind="direct", *, durable=True, **how):
    arguments = {"x-delayed-type": kind, **how.pop("arguments", {})}
    method = methods.ExchangeDeclare(
        exchange=name,
        exchange_type="x-delayed-message",
        durable=durable,
        arguments=arguments,
        **how,
    )
    assert call(world, channel, method) == [methods.ExchangeDeclareOk()]


def bind(world, channel, queue="q", exchange="later", key="k"):
    method = methods.QueueBind(queue=queue, exchange=exchange, routing_key=key)
    assert call(world, channel, method) == [methods.QueueBindOk()]


def bind_exchange(world, channel, destination, source, key=""):
    method = methods.ExchangeBind(destination=destination, source=source, routing_key=key)
    assert call(world, channel, method) == [methods.ExchangeBindOk()]


def delayed(delay, *, is_persistent=False, **headers):
    return Properties(
        headers={"x-delay": delay, **headers}, delivery_mode=2 if is_persistent else None
    )


@pytest.fixture
def later(world, channel):
    """The usual: a durable delayed exchange with a durable queue."""
    declare(world, channel)
    channel.declare_durable("q")
    bind(world, channel)
    return world.vhost.exchanges["later"]


def restart(world):
    """The same disk, another broker."""
    again = World(is_durable=True)
    again.agenda = world.agenda
    again.engine = world.engine.restarted()
    again.broker = Broker(again.agenda.clock, random_bytes(), storage=again.engine.storage)
    again.broker.agenda = again.agenda
    return again


def test_a_message_comes_when_it_is_due_and_says_that_it_was_delayed(world, channel, later):
    channel.publish(b"x", exchange="later", key="k", properties=delayed(5000, a=1))
    assert channel.count() == 0
    assert later.type.delayed_count == 1
    world.pass_time(4.9)
    assert channel.count() == 0
    world.pass_time(0.2)
    got = channel.get()
    assert got.body == b"x"
    assert got.properties.headers == {"x-delay": Int32(-5000), "a": 1}
    assert (got.method.exchange, got.method.routing_key) == ("later", "k")
    assert not got.method.redelivered


@pytest.mark.usefixtures("later")
def test_a_message_without_a_delay_comes_at_once(channel):
    channel.publish(b"x", exchange="later", key="k")
    channel.publish(b"y", exchange="later", key="k", properties=delayed(-1))
    assert channel.count() == 2


@pytest.mark.usefixtures("later")
def test_a_persistent_message_is_confirmed_when_it_is_safe(world, channel):
    channel.call(methods.ConfirmSelect())
    properties = delayed(5000, is_persistent=True)
    channel.publish(b"x", exchange="later", key="k", properties=properties)
    assert channel.take() == []
    world.sync()
    assert channel.take() == [methods.BasicAck(1, False)]
    channel.publish(b"x", exchange="later", key="k", properties=delayed(5000))
    assert channel.take() == [methods.BasicAck(2, False)]


def test_when_it_is_due_it_is_stored_for_its_queue_before_it_is_let_go(world, channel, later):
    store, number = world.engine.messages, later.delays.number
    queue_number = world.vhost.queues["q"].number
    properties = delayed(1000, is_persistent=True)
    channel.publish(b"x", exchange="later", key="k", properties=properties)
    assert len(store.positions(number)) == 1
    said = []
    settle, append = store.settle, store.append
    store.settle = lambda queue, position: said.append(("settle", queue)) or settle(queue, position)
    store.append = lambda kept, queues: said.append(("append", queues)) or append(kept, queues)
    world.pass_time(2)
    assert said == [("append", (queue_number,)), ("settle", number)]
    assert store.positions(number) == []
    assert len(store.positions(queue_number)) == 1


@pytest.mark.usefixtures("later")
def test_a_message_for_a_queue_and_for_later_is_stored_once(world, channel):
    call(world, channel, methods.ExchangeDeclare(exchange="all", exchange_type="fanout"))
    bind_exchange(world, channel, "later", "all")
    channel.declare_durable("now")
    bind(world, channel, "now", "all", "")
    channel.publish(b"x", exchange="all", key="k", properties=delayed(1000, is_persistent=True))
    assert len(world.engine.messages.kept) == 1
    assert (channel.count("now"), channel.count()) == (1, 0)
    world.pass_time(2)
    assert (channel.count("now"), channel.count()) == (1, 1)
    # The queue's own copy still says what the publisher said.
    assert channel.get("now").properties.headers == {"x-delay": Int32(1000)}


@pytest.mark.usefixtures("later")
def test_bindings_count_when_it_is_due(world, channel):
    for key in ("k", "new"):
        channel.publish(b"x", exchange="later", key=key, properties=delayed(1000))
    channel.declare_durable("q2")
    bind(world, channel, "q2", key="new")
    unbind = methods.QueueUnbind(queue="q", exchange="later", routing_key="k")
    assert call(world, channel, unbind) == [methods.QueueUnbindOk()]
    world.pass_time(2)
    assert (channel.count("q"), channel.count("q2")) == (0, 1)


def test_a_mandatory_message_is_held_and_never_returned(world, channel, later):
    channel.publish(b"x", exchange="later", key="nobody", properties=delayed(1000), mandatory=True)
    world.pass_time(2)
    assert channel.take() == []
    assert later.type.delayed_count == 0


def test_nobody_waits_for_it_when_it_is_due_and_the_alternate_gets_it(world, channel):
    channel.declare("spare")
    declare(world, channel, arguments={"alternate-exchange": "amq.fanout"})
    bind(world, channel, "spare", "amq.fanout", "")
    channel.publish(b"x", exchange="later", key="nobody", properties=delayed(1000))
    assert channel.count("spare") == 0
    world.pass_time(2)
    assert channel.count("spare") == 1


@pytest.mark.usefixtures("later")
def test_copies_are_delayed_as_well_and_blind_ones_stay_blind(world, channel):
    for key in ("copy", "blind"):
        channel.declare_durable(key)
        bind(world, channel, key, key=key)
    channel.publish(
        b"x", exchange="later", key="k", properties=delayed(1000, CC=["copy"], BCC=["blind"])
    )
    assert [channel.count(each) for each in ("q", "copy", "blind")] == [0, 0, 0]
    world.pass_time(2)
    for each in ("q", "copy", "blind"):
        assert channel.get(each).properties.headers == {"x-delay": Int32(-1000), "CC": ["copy"]}


@pytest.mark.usefixtures("later")
def test_a_blind_copy_beside_a_delayed_exchange_stays_blind_too(world, channel):
    call(world, channel, methods.ExchangeDeclare(exchange="all", exchange_type="fanout"))
    bind_exchange(world, channel, "later", "all")
    channel.declare("now")
    bind(world, channel, "now", "all", "")
    channel.declare("blind")
    bind(world, channel, "blind", key="blind")
    channel.publish(
        b"x",
        exchange="all",
        key="k",
        properties=delayed(1000, BCC=["blind"], is_persistent=True),
        mandatory=True,
    )
    assert channel.get("now").properties.headers == {"x-delay": Int32(1000)}
    world.pass_time(2)
    assert [channel.count(each) for each in ("now", "q", "blind")] == [0, 1, 1]
    assert channel.take() == []


@pytest.mark.usefixtures("later")
def test_a_blind_copy_to_a_delayed_exchange_alone_is_not_returned(world, channel):
    properties = delayed(1000, BCC=["blind"])
    channel.publish(b"x", exchange="later", key="k", properties=properties, mandatory=True)
    assert channel.take() == []
    world.pass_time(2)
    assert channel.count() == 1


@pytest.mark.usefixtures("later")
def test_one_delayed_exchange_behind_another_does_not_delay_again(world, channel):
    declare(world, channel, "before", "fanout")
    bind_exchange(world, channel, "later", "before")
    channel.publish(b"x", exchange="before", key="k", properties=delayed(1000))
    world.pass_time(1.5)
    assert channel.count() == 1


def test_a_transaction_delays_from_its_commit(world, channel, later):
    channel.call(methods.TxSelect())
    channel.publish(b"x", exchange="later", key="k", properties=delayed(1000, BCC=["b"]))
    world.pass_time(10)
    assert later.type.delayed_count == 0
    assert channel.call(methods.TxCommit()) == methods.TxCommitOk()
    assert later.type.delayed_count == 1
    world.pass_time(0.5)
    assert channel.count() == 0
    world.pass_time(1)
    assert channel.count() == 1


@pytest.mark.usefixtures("later")
def test_a_consumer_gets_it_when_it_is_due(world, channel):
    channel.consume(no_ack=True)
    channel.publish(b"x", exchange="later", key="k", properties=delayed(1000))
    assert channel.take() == []
    world.pass_time(2)
    assert channel.bodies() == [b"x"]


@pytest.mark.usefixtures("later")
def test_time_to_live_begins_when_it_is_due(world, channel):
    properties = replace(delayed(5000), expiration="1000")
    channel.publish(b"x", exchange="later", key="k", properties=properties)
    world.pass_time(5.5)
    assert channel.count() == 1
    world.pass_time(1)
    assert channel.count() == 0


def test_a_dead_letter_can_be_delayed(world, channel, later):
    channel.declare(
        "dying",
        arguments={
            "x-dead-letter-exchange": "later",
            "x-message-ttl": 0,
            "x-dead-letter-routing-key": "k",
        },
    )
    channel.publish(b"x", key="dying", properties=delayed(1000))
    assert later.type.delayed_count == 1
    world.pass_time(2)
    assert channel.count() == 1


# The end -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("later")
def test_a_deleted_exchange_takes_along_what_it_held(world, channel):
    for is_persistent in (False, True):
        properties = delayed(1000, is_persistent=is_persistent)
        channel.publish(b"x", exchange="later", key="k", properties=properties)
    deleted = call(world, channel, methods.ExchangeDelete(exchange="later"))
    assert deleted == [methods.ExchangeDeleteOk()]
    world.pass_time(2)
    assert channel.count() == 0
    assert world.engine.messages.kept == {}


def test_an_auto_delete_exchange_takes_along_what_it_held(world, channel):
    declare(world, channel, auto_delete=True)
    channel.declare_durable("q")
    bind(world, channel)
    channel.publish(b"x", exchange="later", key="k", properties=delayed(10, is_persistent=True))
    assert call(world, channel, methods.QueueDelete(queue="q")) == [methods.QueueDeleteOk(0)]
    assert "later" not in world.vhost.exchanges
    world.pass_time(1)
    assert world.engine.messages.kept == {}


def test_an_exchange_that_is_not_durable_keeps_nothing(world, channel):
    declare(world, channel, durable=False)
    channel.declare_durable("q")
    bind(world, channel)
    channel.publish(b"x", exchange="later", key="k", properties=delayed(10, is_persistent=True))
    assert world.engine.messages.kept == {}
    world.pass_time(1)
    assert channel.count() == 1
    assert len(world.engine.messages.kept) == 1


# Restarts ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("later")
def test_what_a_durable_exchange_holds_survives_a_restart(world, channel):
    for body, delay in [(b"b", 3000), (b"a", 2000)]:
        properties = delayed(delay, is_persistent=True)
        channel.publish(body, exchange="later", key="k", properties=properties)
    channel.publish(b"transient", exchange="later", key="k", properties=delayed(2000))
    world.sync()
    again = restart(world)
    assert again.broker.restore()
    queue, held = again.vhost.queues["q"], again.vhost.exchanges["later"]
    assert held.type.delayed_count == 2
    again.pass_time(2.5)
    assert [message.body for message, _ in iter(queue.get, None)] == [b"a"]
    again.pass_time(1)
    assert [message.body for message, _ in iter(queue.get, None)] == [b"b"]


def test_numbers_are_not_given_twice(world, later):
    again = restart(world)
    again.broker.restore()
    assert again.vhost.exchanges["later"].delays.number == later.delays.number
    numbers = [later.delays.number, *(each.number for each in world.vhost.queues.values())]
    assert len(set(numbers)) == len(numbers)
