"""Connections through pika: getting in, staying in, being shown out."""

import contextlib
import time

import pika
import pytest
from pika.exceptions import (
    ChannelClosedByBroker,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
)

from tests.conformance.clients.waiting import until

REFUSED = (
    "ConnectionClosedByBroker: (403) 'ACCESS_REFUSED - Login was refused using authentication "
    "mechanism PLAIN. For details see the broker logfile.'"
)


@pytest.mark.parametrize(("user", "password"), [("guest", "wrong"), ("nobody", "guest"), ("", "")])
def test_a_wrong_name_or_password_is_refused(connect, user, password):
    with pytest.raises(ProbableAuthenticationError) as refused:
        connect(credentials=pika.PlainCredentials(user, password))
    assert refused.value.args == (REFUSED,)


def test_an_unknown_vhost_is_refused(connect):
    with pytest.raises(ProbableAccessDeniedError) as refused:
        connect(virtual_host="nowhere")
    assert refused.value.args == (
        "ConnectionClosedByBroker: (530) 'NOT_ALLOWED - vhost nowhere not found'",
    )


def test_the_broker_says_what_it_can_do(connection):
    assert connection.publisher_confirms_supported
    assert connection.exchange_exchange_bindings_supported
    assert connection.basic_nack_supported
    assert connection.consumer_cancel_notify_supported
    assert connection._impl.server_properties["capabilities"] == {
        "publisher_confirms": True,
        "exchange_exchange_bindings": True,
        "basic.nack": True,
        "consumer_cancel_notify": True,
        "connection.blocked": True,
        "consumer_priorities": True,
        "authentication_failure_close": True,
        "per_consumer_qos": True,
        "direct_reply_to": True,
    }
    assert connection._impl.server_properties["product"] == "RabbitMQ"


def test_the_limits_are_those_of_rabbitmq(connection):
    tuned = connection._impl.params
    assert (tuned.channel_max, tuned.frame_max, tuned.heartbeat) == (2047, 131072, 60)


def test_a_client_may_ask_for_less(connect):
    connection = connect(channel_max=3, frame_max=8192, heartbeat=7)
    tuned = connection._impl.params
    assert (tuned.channel_max, tuned.frame_max, tuned.heartbeat) == (3, 8192, 7)
    for _ in range(3):
        connection.channel()


def test_many_channels_work_side_by_side(connection, queue):
    channels = [connection.channel() for _ in range(200)]
    for number, channel in enumerate(channels):
        channel.basic_publish("", queue, b"%d" % number)
    taken = []
    channels[-1].basic_consume(queue, lambda *each: taken.append(each[3]), auto_ack=True)
    until(connection, lambda: len(taken) == 200)
    assert sorted(int(body) for body in taken) == list(range(200))


def test_a_channel_number_is_free_again_after_its_close(connect):
    connection = connect(channel_max=2)
    for _ in range(5):
        first, second = connection.channel(), connection.channel()
        assert {first.channel_number, second.channel_number} == {1, 2}
        first.close()
        second.close()


def test_a_refused_channel_leaves_the_others_alone(connection, channel, queue):
    other = connection.channel()
    with pytest.raises(ChannelClosedByBroker):
        other.queue_declare(queue, durable=True)
    channel.basic_publish("", queue, b"x")
    assert channel.basic_get(queue, auto_ack=True)[2] == b"x"
    reopened = connection.channel(other.channel_number)
    assert reopened.is_open


def test_heartbeats_keep_an_idle_connection(connect):
    connection = connect(heartbeat=1)
    channel = connection.channel()
    idle_until = time.monotonic() + 3.2  # Three intervals: a peer is lost after two.
    until(connection, lambda: time.monotonic() > idle_until)
    assert channel.queue_declare("", exclusive=True).method.queue


def test_a_peer_that_falls_silent_is_dropped(broker):
    parameters = pika.ConnectionParameters(broker.host, broker.port, heartbeat=1)
    connection = pika.BlockingConnection(parameters)
    sock = connection._impl._transport._sock
    sock.settimeout(10)  # Read past pika, so that it neither hears nor sends a heartbeat.
    with contextlib.suppress(ConnectionResetError):
        while sock.recv(4096):
            pass
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        connection.channel()


def test_a_closed_connection_takes_its_exclusive_queue_along(connect, connection, unique):
    owner = connect()
    owner.channel().queue_declare(unique("queue"), exclusive=True)
    owner.close(reply_code=200, reply_text="bye")
    assert owner.is_closed

    def reply_code():
        try:
            connection.channel().queue_declare(unique("queue"), exclusive=True)
        except ChannelClosedByBroker as refused:
            return refused.reply_code
        return 200

    until(connection, lambda: reply_code() == 200)


def test_blocked_callbacks_can_be_registered(connection):
    connection.add_on_connection_blocked_callback(print)
    connection.add_on_connection_unblocked_callback(print)
    assert connection.channel().is_open


def test_the_secret_of_a_connection_can_be_renewed(connection):
    connection.update_secret("guest", "it expires")
    assert connection.channel().is_open


def test_a_password_is_not_checked_again_as_a_new_secret(connection):
    """RabbitMQ hands it to the user's backend; the internal one has no use for it."""
    connection.update_secret("another", "it expires")
    assert connection.channel().is_open


def test_a_url_names_vhost_and_options(broker):
    url = f"amqp://guest:guest@{broker.host}:{broker.port}/%2F?heartbeat=9&channel_max=5"
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        assert connection._impl.params.heartbeat == 9
        assert connection.channel().is_open
