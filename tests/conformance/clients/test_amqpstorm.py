"""AMQPStorm, whose connection reads in a thread of its own."""

import amqpstorm
import pytest
from amqpstorm import AMQPChannelError, AMQPConnectionError, AMQPMessageError

from tests.conformance.clients.waiting import turns


def connect(broker, user="guest", password="guest", **options):
    return amqpstorm.Connection(broker.host, user, password, port=broker.port, **options)


@pytest.fixture
def channel(broker, unique):
    del unique  # Named so that the connection ends before its queues are deleted.
    with connect(broker) as connection, connection.channel() as channel:
        yield channel


def until(channel, condition):
    for _ in turns(condition, "AMQPStorm"):
        channel.process_data_events()


def test_publish_get_and_settle(channel, unique):
    channel.queue.declare(unique("queue"))
    for body in ("one", "two"):
        channel.basic.publish(body, unique("queue"), properties={"message_id": body})
    message = channel.basic.get(unique("queue"))
    assert (message.body, message.message_id, message.redelivered) == ("one", "one", False)
    message.reject(requeue=True)
    message = channel.basic.get(unique("queue"))
    assert (message.body, message.redelivered) == ("one", True)
    message.ack()
    channel.basic.get(unique("queue")).nack(requeue=False)
    assert channel.basic.get(unique("queue")) is None


def test_consume(channel, unique):
    channel.queue.declare(unique("queue"))
    channel.basic.qos(prefetch_count=10)
    taken = []
    tag = channel.basic.consume(
        lambda message: (taken.append(message.body), message.ack()), unique("queue")
    )
    for body in ("1", "2", "3"):
        channel.basic.publish(body, unique("queue"))
    until(channel, lambda: len(taken) == 3)
    assert taken == ["1", "2", "3"]
    assert channel.basic.cancel(tag)["consumer_tag"] == tag


def test_confirms_and_returns(channel, unique):
    channel.queue.declare(unique("queue"))
    channel.confirm_deliveries()
    assert channel.basic.publish("x", unique("queue"), mandatory=True) is True
    with pytest.raises(AMQPMessageError) as refused:
        channel.basic.publish("x", "nobody", mandatory=True)
    assert refused.value.error_code == 312
    assert str(refused.value) == (
        "Message not delivered: NO_ROUTE (312) to queue 'nobody' from exchange ''"
    )


def test_a_transaction_rolls_back(channel, unique):
    channel.queue.declare(unique("queue"))
    with channel.tx:
        channel.basic.publish("forgotten", unique("queue"))
        channel.tx.rollback()
    with channel.tx:
        channel.basic.publish("kept", unique("queue"))
    assert channel.basic.get(unique("queue")).body == "kept"


def test_big_bodies_arrive_whole(channel, unique):
    channel.queue.declare(unique("queue"))
    channel.basic.publish("hare" * 500_000, unique("queue"))
    assert channel.basic.get(unique("queue"), no_ack=True).body == "hare" * 500_000


def test_bindings_route(channel, unique):
    channel.exchange.declare(unique("exchange"), "topic")
    channel.queue.declare(unique("queue"))
    channel.queue.bind(unique("queue"), unique("exchange"), "a.*")
    channel.basic.publish("x", "a.b", unique("exchange"))
    assert channel.basic.get(unique("queue"), no_ack=True).body == "x"
    channel.queue.unbind(unique("queue"), unique("exchange"), "a.*")
    channel.exchange.delete(unique("exchange"))


def test_a_refusal_names_code_and_text(channel):
    with pytest.raises(AMQPChannelError) as refused:
        channel.queue.declare("nowhere", passive=True)
    assert refused.value.error_code == 404
    assert str(refused.value) == (
        f"Channel {channel.channel_id} was closed by remote server: "
        "NOT_FOUND - no queue 'nowhere' in vhost '/'"
    )


def test_an_unknown_exchange_type_ends_the_connection(broker):
    connection = connect(broker)
    with pytest.raises(AMQPConnectionError) as refused:
        connection.channel().exchange.declare("x", "unheard-of")
    assert refused.value.error_code == 503
    connection.close()


@pytest.mark.parametrize(
    ("options", "code", "text"),
    [
        (
            {"password": "wrong"},
            403,
            (
                "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. "
                "For details see the broker logfile."
            ),
        ),
        ({"virtual_host": "nowhere"}, 530, "NOT_ALLOWED - vhost nowhere not found"),
    ],
)
def test_a_refused_login_says_why(broker, options, code, text):
    with pytest.raises(AMQPConnectionError) as refused:
        connect(broker, **options)
    assert refused.value.error_code == code
    assert str(refused.value) == f"Connection was closed by remote server: {text}"
