"""py-amqp, the transport below kombu and Celery. It logs in with AMQPLAIN unless told otherwise."""

import contextlib
import datetime
import decimal

import amqp
import pytest
from amqp.exceptions import (
    AccessRefused,
    AMQPNotImplementedError,
    InvalidCommand,
    NotAllowed,
    NotFound,
    PreconditionFailed,
)

from tests.conformance.clients.waiting import turns


@contextlib.contextmanager
def opened(broker, **options):
    connection = amqp.Connection(f"{broker.host}:{broker.port}", **options)
    connection.connect()
    try:
        yield connection
    finally:
        connection.close()


@pytest.fixture
def connection(broker, unique):
    del unique  # Named so that the connection ends before its queues are deleted.
    with opened(broker) as connection:
        yield connection


@pytest.fixture
def channel(connection):
    return connection.channel()


def until(connection, condition):
    for _ in turns(condition, "py-amqp"):
        with contextlib.suppress(TimeoutError):
            connection.drain_events(timeout=0.02)


def publish(channel, queue, *bodies):
    for body in bodies:
        channel.basic_publish(amqp.Message(body), routing_key=queue)


def test_publish_get_and_acknowledge(channel, unique):
    queue = channel.queue_declare(unique("queue"), auto_delete=False).queue
    publish(channel, queue, "one", "two")
    message = channel.basic_get(queue)
    assert (message.body, message.delivery_info["message_count"]) == ("one", 1)
    channel.basic_reject(message.delivery_tag, requeue=True)
    message = channel.basic_get(queue)
    assert (message.body, message.delivery_info["redelivered"]) == ("one", True)
    channel.basic_ack(message.delivery_tag)
    assert channel.basic_get(queue, no_ack=True).body == "two"
    assert channel.basic_get(queue) is None


def test_consume_and_cancel(connection, channel, unique):
    queue = channel.queue_declare(unique("queue"), auto_delete=False).queue
    taken = []
    tag = channel.basic_consume(queue, callback=taken.append, no_ack=True)
    publish(channel, queue, "1", "2")
    until(connection, lambda: len(taken) == 2)
    assert [message.body for message in taken] == ["1", "2"]
    channel.basic_cancel(tag)
    assert channel.queue_declare(queue, passive=True).consumer_count == 0


def test_deleting_the_queue_cancels_its_consumers(connection, channel, unique):
    queue = channel.queue_declare(unique("queue"), auto_delete=False).queue
    cancelled = []
    tag = channel.basic_consume(queue, callback=print, on_cancel=cancelled.append)
    connection.channel().queue_delete(queue)
    until(connection, lambda: cancelled)
    assert cancelled == [tag]


def test_confirms_and_returns(channel, unique):
    queue = channel.queue_declare(unique("queue"), auto_delete=False).queue
    channel.confirm_select()
    channel.basic_publish_confirm(amqp.Message("x"), routing_key=queue, mandatory=True)
    assert channel.basic_get(queue, no_ack=True).body == "x"
    with pytest.raises(amqp.exceptions.ChannelError) as refused:
        channel.basic_publish_confirm(amqp.Message("x"), routing_key="nobody", mandatory=True)
    assert refused.value.args == (312, "NO_ROUTE", (60, 50), "Basic.return")


def test_a_transaction_commits_and_rolls_back(channel, unique):
    queue = channel.queue_declare(unique("queue"), auto_delete=False).queue
    channel.tx_select()
    publish(channel, queue, "forgotten")
    channel.tx_rollback()
    publish(channel, queue, "kept")
    channel.tx_commit()
    assert channel.basic_get(queue, no_ack=True).body == "kept"


def test_exchanges_bind_and_unbind(channel, unique):
    channel.exchange_declare(unique("from"), "topic", auto_delete=False)
    channel.exchange_declare(unique("to"), "fanout", auto_delete=False)
    channel.exchange_bind(unique("to"), unique("from"), "lqz.#")
    queue = channel.queue_declare(exclusive=True).queue
    channel.queue_bind(queue, unique("to"))
    channel.basic_publish(amqp.Message("x"), unique("from"), "lqz.handsome")
    assert channel.basic_get(queue, no_ack=True).body == "x"
    channel.exchange_unbind(unique("to"), unique("from"), "lqz.#")
    channel.basic_publish(amqp.Message("x"), unique("from"), "lqz.handsome")
    assert channel.basic_get(queue, no_ack=True) is None
    channel.exchange_delete(unique("from"))
    channel.exchange_delete(unique("to"))


def test_every_field_type_arrives_as_it_was_sent(channel, unique):
    headers = {
        "string": "zaječí",
        "true": True,
        "int": -7,
        "long": 2**40,
        "double": 0.25,
        "decimal": decimal.Decimal("3.14"),
        "time": datetime.datetime(2020, 2, 29, 12, 0, tzinfo=datetime.UTC),
        "none": None,
        "table": {"inner": {"deeper": 1}},
        "list": [1, "two", None, {"three": 3.5}],
    }
    queue = channel.queue_declare(unique("queue"), auto_delete=False).queue
    channel.basic_publish(amqp.Message("x", application_headers=headers), routing_key=queue)
    received = channel.basic_get(queue, no_ack=True).headers
    moment = received["time"].replace(tzinfo=datetime.UTC)
    assert {**received, "time": moment} == headers


def test_qos_flow_and_recover_are_answered(connection, channel, unique):
    queue = channel.queue_declare(unique("queue"), auto_delete=False).queue
    channel.basic_qos(0, 1, a_global=False)
    assert channel.flow(active=True) is True
    publish(channel, queue, "x", "y")
    taken = []
    channel.basic_consume(queue, callback=taken.append)
    until(connection, lambda: taken)
    channel.basic_recover(requeue=True)
    until(connection, lambda: len(taken) == 2)
    assert [(each.body, each.delivery_info["redelivered"]) for each in taken] == [
        ("x", False),
        ("x", True),
    ]


REFUSED = [
    (
        lambda channel: channel.queue_declare("nowhere", passive=True),
        NotFound,
        (404, "NOT_FOUND - no queue 'nowhere' in vhost '/'", (50, 10), "Queue.declare"),
    ),
    (
        lambda channel: channel.exchange_declare("amq.mine", "direct"),
        AccessRefused,
        (
            403,
            "ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'",
            (40, 10),
            "Exchange.declare",
        ),
    ),
    (
        lambda channel: (channel.basic_ack(99), channel.queue_declare(exclusive=True)),
        PreconditionFailed,
        (406, "PRECONDITION_FAILED - unknown delivery tag 99", (60, 80), "Basic.ack"),
    ),
    (
        lambda channel: (
            channel.basic_publish(amqp.Message("x"), routing_key="q", immediate=True),
            channel.queue_declare(exclusive=True),
        ),
        AMQPNotImplementedError,
        (540, "NOT_IMPLEMENTED - immediate=true", (60, 40), "Basic.publish"),
    ),
    (
        lambda channel: channel.exchange_declare("x", "unheard-of"),
        InvalidCommand,
        (
            503,
            "COMMAND_INVALID - unknown exchange type 'unheard-of'",
            (40, 10),
            "Exchange.declare",
        ),
    ),
]


@pytest.mark.parametrize(("attempt", "error", "what"), REFUSED)
def test_a_refusal_names_code_text_and_method(channel, attempt, error, what):
    with pytest.raises(error) as refused:
        attempt(channel)
    assert refused.value.args == what


def test_an_exclusive_queue_is_not_made_durable(channel, unique):
    channel.queue_declare(unique("queue"), exclusive=True, durable=True)
    channel.queue_declare(unique("queue"), exclusive=True, durable=False)


@pytest.mark.parametrize("mechanism", ["PLAIN", "AMQPLAIN"])
def test_both_mechanisms_log_in_and_refuse_a_wrong_password(broker, mechanism):
    with opened(broker, login_method=mechanism) as connection:
        assert connection.connected
    with (
        pytest.raises(AccessRefused) as refused,
        opened(broker, login_method=mechanism, password="wrong"),
    ):
        pass
    assert refused.value.args[:2] == (
        403,
        (
            f"ACCESS_REFUSED - Login was refused using authentication mechanism {mechanism}. "
            "For details see the broker logfile."
        ),
    )


def test_an_unknown_vhost_is_refused(broker):
    with pytest.raises(NotAllowed) as refused, opened(broker, virtual_host="nowhere"):
        pass
    assert refused.value.args == (
        530,
        "NOT_ALLOWED - vhost nowhere not found",
        (10, 40),
        "Connection.open",
    )
