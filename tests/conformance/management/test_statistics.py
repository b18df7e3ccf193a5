"""The same traffic through both brokers: what their HTTP APIs count of it, and in which form."""

import time
from contextlib import contextmanager

import pika
import pytest

VHOST = "sv"
EVERYTHING = {"configure": ".*", "write": ".*", "read": ".*"}
PERSISTENT = pika.BasicProperties(delivery_mode=2, timestamp=1_700_000_000)
# RabbitMQ gathers statistics every 5 s, and those of a queue from two places.
STATISTICS_S_MAX = 25.0
MINUTE = "lengths_age=60&lengths_incr=5&msg_rates_age=60&msg_rates_incr=5"
# What RabbitMQ tells of its Erlang processes.
OF_ERLANG = {"reductions", "reductions_details"}


@contextmanager
def trafficked(broker):
    """A vhost of its own with some of every kind of traffic; the connection stays open."""
    assert broker.ask("PUT", f"/api/vhosts/{VHOST}").status in (201, 204)
    assert broker.ask("PUT", f"/api/permissions/{VHOST}/guest", EVERYTHING).status in (201, 204)
    parameters = pika.URLParameters(broker.amqp)
    parameters.virtual_host = VHOST
    connection = pika.BlockingConnection(parameters)
    try:
        declare(connection.channel())
        publish(connection)
        get(connection.channel())
        consume(connection)
        yield connection
    finally:
        connection.close()
        broker.ask("DELETE", f"/api/vhosts/{VHOST}")


def declare(channel):
    channel.exchange_declare("logs", "fanout")
    channel.exchange_declare("front", "topic")
    channel.exchange_bind("logs", "front", "#")
    channel.queue_declare("jobs", durable=True)
    for name in ("a", "b"):
        channel.queue_declare(name, durable=True)
        channel.queue_bind(name, "logs")
    channel.queue_declare("untouched", durable=True)
    for name in ("a", "a"):
        channel.queue_declare(name, durable=True)


def publish(connection):
    """Confirmed, nowhere, back to the publisher, through two exchanges, in a transaction."""
    confirmed = connection.channel()
    confirmed.confirm_delivery()
    for _ in range(7):
        confirmed.basic_publish("", "jobs", b"12345", PERSISTENT)
    for _ in range(2):
        confirmed.basic_publish("amq.direct", "nowhere", b"")
    with pytest.raises(pika.exceptions.UnroutableError):
        confirmed.basic_publish("amq.direct", "nowhere", b"", mandatory=True)
    plain = connection.channel()
    for _ in range(3):
        plain.basic_publish("front", "any", b"1")
    in_transaction = connection.channel()
    in_transaction.tx_select()
    for _ in range(2):
        in_transaction.basic_publish("logs", "", b"2")
    in_transaction.tx_commit()
    in_transaction.basic_publish("logs", "", b"never committed")


def get(channel):
    """Acknowledged, given back, rejected, without acknowledgement, from an empty queue."""
    first = channel.basic_get("jobs")[0]
    channel.basic_reject(first.delivery_tag, requeue=True)
    again = channel.basic_get("jobs")[0]
    assert again.redelivered
    channel.basic_ack(again.delivery_tag)
    rejected = channel.basic_get("jobs")[0]
    channel.basic_reject(rejected.delivery_tag, requeue=False)
    assert channel.basic_get("jobs", auto_ack=True)[0]
    # This one stays out.
    assert channel.basic_get("jobs")[0]
    channel.queue_declare("empty")
    for _ in range(3):
        assert channel.basic_get("empty")[0] is None


def consume(connection):
    """All of a at once without acknowledgement; of b two, of which one is acknowledged."""
    seen = []
    eager, patient = connection.channel(), connection.channel()
    eager.basic_consume("a", lambda _channel, method, *_: seen.append(method), auto_ack=True)
    patient.basic_qos(prefetch_count=2)
    patient.basic_consume("b", lambda _channel, method, *_: seen.append(method))
    while len(seen) < 7:
        connection.process_data_events(1)
    patient.basic_ack(next(each for each in seen if "ctag" in each.consumer_tag).delivery_tag)
    connection.process_data_events(0.2)


@pytest.fixture
def both_trafficked(both):
    rabbitmq, leveret = both
    with trafficked(rabbitmq), trafficked(leveret):
        yield both


def counts(told):
    """Without rates and samples, which are compared by their form."""
    stats = told.get("message_stats", {})
    lengths = {name: told[name] for name in told if name.startswith(("messages", "message_bytes"))}
    return {
        **{name: value for name, value in stats.items() if not name.endswith("_details")},
        **{name: value for name, value in lengths.items() if not name.endswith("_details")},
    }


def counted(broker):
    """All that the vhost's things count, by what they are."""
    found = {f"vhost {VHOST}": counts(broker.get(f"/api/vhosts/{VHOST}"))}
    for kind in ("queues", "exchanges"):
        for each in broker.get(f"/api/{kind}/{VHOST}"):
            found[f"{kind} {each['name']}"] = counts(each)
    return found


def shape(value):
    """Names and types, and how many samples there are."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items() if name not in OF_ERLANG}
    if isinstance(value, list):
        return [shape(each) for each in value]
    return "number" if isinstance(value, int | float) else type(value).__name__


def wait_until_equal(rabbitmq, leveret, look):
    deadline = time.monotonic() + STATISTICS_S_MAX
    while (expected := look(rabbitmq)) != look(leveret) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert look(leveret) == expected


def test_both_count_the_same(both_trafficked):
    rabbitmq, leveret = both_trafficked
    wait_until_equal(rabbitmq, leveret, counted)
    assert counted(leveret)["vhost sv"]["publish"] == 15

    def told_in_full(broker):
        """The form of rates and samples, wherever there are some."""
        paths = [
            f"/api/vhosts/{VHOST}",
            f"/api/queues/{VHOST}/jobs",
            f"/api/exchanges/{VHOST}/logs",
        ]
        found = {}
        for path in paths:
            for query in ("", f"?{MINUTE}"):
                told = broker.get(path + query)
                details = {name: value for name, value in told.items() if name.endswith("_details")}
                details.pop("consumer_details", None)
                details.pop("owner_pid_details", None)
                found[path + query] = shape({"message_stats": told["message_stats"], **details})
        return found

    wait_until_equal(rabbitmq, leveret, told_in_full)


@pytest.mark.parametrize(
    "query", ["msg_rates_age=-5&msg_rates_incr=5", "lengths_age=501&lengths_incr=1"]
)
def test_both_refuse_a_range_that_makes_no_sense(both, query):
    replies = [broker.ask("GET", f"/api/exchanges?{query}") for broker in both]
    assert [reply.status for reply in replies] == [400, 400]
    # RabbitMQ has another `error` for listings than for a single thing.
    assert replies[0].json["reason"] == replies[1].json["reason"]
