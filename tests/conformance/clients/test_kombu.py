"""kombu: Celery's messaging library, with its own idea of channels, pools and virtual queues."""

import socket

import kombu
import pytest
from kombu.exceptions import OperationalError
from kombu.pools import connections, producers, reset

from tests.conformance.clients.waiting import turns


@pytest.fixture
def connection(broker, unique):
    del unique  # Named so that the connection ends before its queues are deleted.
    with kombu.Connection(broker.url) as connection:
        yield connection
    reset()


def until(connection, condition):
    for _ in turns(condition, "kombu"):
        try:
            connection.drain_events(timeout=0.02)
        except TimeoutError:
            continue


def test_a_producer_and_a_consumer_meet_at_an_exchange(connection, unique):
    exchange = kombu.Exchange(unique("exchange"), "topic", durable=False)
    queue = kombu.Queue(unique("queue"), exchange, routing_key="lqz.#", durable=False)
    taken = []

    def on_message(body, message):
        taken.append((body, message.delivery_info["routing_key"]))
        message.ack()

    with connection.Consumer(queue, callbacks=[on_message], accept=["json"]):
        producer = connection.Producer(serializer="json")
        for key in ("lqz", "other", "lqz.handsome"):
            producer.publish({"key": key}, exchange=exchange, routing_key=key, declare=[queue])
        until(connection, lambda: len(taken) == 2)
    assert taken == [({"key": "lqz"}, "lqz"), ({"key": "lqz.handsome"}, "lqz.handsome")]


@pytest.mark.parametrize("compression", [None, "zlib", "bzip2"])
def test_simple_queues_put_and_get(connection, unique, compression):
    with connection.SimpleQueue(unique("queue"), queue_opts={"durable": False}) as queue:
        queue.put({"hare": [1, 2.5, None]}, compression=compression)
        message = queue.get(timeout=10)
        assert message.payload == {"hare": [1, 2.5, None]}
        message.requeue()
        again = queue.get(timeout=10)
        assert again.delivery_info["redelivered"]
        again.ack()
        assert queue.qsize() == 0
        with pytest.raises(queue.Empty):
            queue.get(block=False)


def test_queue_options_become_arguments(connection, unique):
    queue = kombu.Queue(
        unique("queue"),
        durable=False,
        expires=60.0,
        message_ttl=30.0,
        max_priority=5,
        channel=connection.default_channel,
    )
    queue.declare()
    producer = connection.Producer()
    for body, priority in (("low", 1), ("high", 5), ("middle", 3)):
        producer.publish([body], routing_key=queue.name, priority=priority, expiration=20)
    taken = [queue.get(no_ack=True, accept=["json"]).payload for _ in range(3)]
    assert taken == [["high"], ["middle"], ["low"]]


def test_prefetch_for_the_whole_channel_changes_while_it_consumes(connection, unique):
    """As Celery's worker does it: the limit grows for each task that waits for its time."""
    queue = kombu.Queue(unique("queue"), durable=False)
    taken = []
    consumer = connection.Consumer(queue, on_message=taken.append, auto_declare=True)
    consumer.qos(prefetch_count=2, apply_global=True)
    consumer.consume()
    producer = connection.Producer()
    for number in range(5):
        producer.publish([number], routing_key=queue.name)
    until(connection, lambda: len(taken) == 2)
    consumer.qos(prefetch_count=4, apply_global=True)
    until(connection, lambda: len(taken) == 4)
    taken[0].ack()
    until(connection, lambda: len(taken) == 5)
    assert [message.decode() for message in taken] == [[0], [1], [2], [3], [4]]


def test_pools_hand_out_working_connections(connection, unique):
    with connections[connection].acquire(block=True) as pooled:
        assert pooled.ensure_connection().connected
    with producers[connection].acquire(block=True) as producer:
        queue = kombu.Queue(unique("queue"), durable=False)
        producer.publish(["x"], routing_key=queue.name, declare=[queue], retry=True)
        bound = queue(producer.channel)
        assert bound.get(no_ack=True, accept=["json"]).payload == ["x"]


def test_confirmed_publishing_tells_what_has_no_route(broker, unique):
    queue = kombu.Queue(unique("queue"), durable=False)
    with kombu.Connection(broker.url, transport_options={"confirm_publish": True}) as connection:
        producer = connection.Producer()
        producer.publish("x", routing_key=queue.name, declare=[queue], mandatory=True)
        with pytest.raises(connection.channel_errors) as refused:
            producer.publish("x", routing_key="nobody", mandatory=True)
        assert refused.value.args == (312, "NO_ROUTE", (60, 50), "Basic.return")


def test_heartbeats_are_negotiated_and_checked(broker):
    with kombu.Connection(broker.url, heartbeat=2) as connection:
        connection.connect()
        assert connection.get_heartbeat_interval() == 2
        connection.heartbeat_check()
        assert connection.connected


def test_deleting_a_queue_that_is_not_empty_can_be_refused(connection, unique):
    queue = kombu.Queue(unique("queue"), durable=False, channel=connection.default_channel)
    queue.declare()
    connection.Producer().publish("x", routing_key=queue.name)
    with pytest.raises(connection.channel_errors) as refused:
        queue.delete(if_empty=True)
    assert refused.value.args[:2] == (
        406,
        f"PRECONDITION_FAILED - queue '{queue.name}' in vhost '/' not empty",
    )


def test_broadcasts_reach_every_consumer(connection, unique):
    taken = []
    queues = [kombu.common.Broadcast(unique("fanout"), queue=unique(name)) for name in "ab"]
    with connection.Consumer(queues, callbacks=[lambda body, _message: taken.append(body)]):
        exchange = kombu.Exchange(unique("fanout"), "fanout")
        connection.Producer().publish("all", exchange=exchange)
        until(connection, lambda: len(taken) == 2)


def test_a_refused_login_is_an_operational_error(broker):
    url = broker.url.replace(":guest@", ":wrong@")
    with kombu.Connection(url) as connection, pytest.raises(connection.channel_errors) as refused:
        connection.connect()
    assert refused.value.args[0] == 403


def test_a_port_where_nobody_listens_is_an_operational_error():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        url = f"amqp://guest:guest@127.0.0.1:{silent.getsockname()[1]}//"
        with kombu.Connection(url) as connection, pytest.raises(OperationalError):
            connection.ensure_connection(max_retries=1, interval_start=0)
