"""What is declared and who is connected, listed alike; queues and connections that go."""

import contextlib

import pika
import pytest

PREPARED = """
add_vhost ctl-v
set_permissions -p ctl-v guest .* .* .*
set_policy -p ctl-v ctl-p '^ctl-jobs' '{"max-length": 8}'
"""

QUEUES = """
list_queues -p ctl-v
list_queues -p ctl-v -q name messages
list_queues -p ctl-v -s
list_queues -p ctl-v --formatter json
list_queues -p ctl-v name durable auto_delete arguments policy
list_queues -p ctl-v name arguments policy --formatter json
list_queues -p ctl-v name arguments --formatter csv
list_queues -p ctl-v name durable --formatter json_stream
list_queues -p ctl-v name owner_pid exclusive_consumer_pid exclusive_consumer_tag
list_queues -p ctl-v name messages_ready messages_unacknowledged messages consumers
list_queues -p ctl-v name head_message_timestamp slave_pids synchronised_slave_pids state type
list_queues -p ctl-v name leader members online
list_queues -p ctl-v name leader members online --formatter json
list_queues -p ctl-v name,type --no-table-headers
list_queues -p ctl-v --offline
list_queues -p ctl-v --online name
list_queues -p ctl-v --local name
list_queues -p ctl-v -t 5
list_queues -p ctl-nowhere
list_queues -p ctl-nowhere --formatter json
list_queues nosuch bad
list_queues -t abc
list_unresponsive_queues -p ctl-v
list_unresponsive_queues -p ctl-v --formatter json
list_unresponsive_queues nosuch
"""

CLASSIC = """
list_queues -p ctl-v name exclusive messages_ready_ram messages_unacknowledged_ram messages_ram
list_queues -p ctl-v name messages_persistent message_bytes message_bytes_ready
list_queues -p ctl-v name message_bytes_unacknowledged message_bytes_ram message_bytes_persistent
"""

EXCHANGES = """
list_exchanges -p ctl-v
list_exchanges -p ctl-v name type durable auto_delete internal arguments policy
list_exchanges -p ctl-v name arguments policy --formatter json
list_exchanges -p ctl-v name name
list_exchanges -p ctl-nowhere
list_exchanges -p ctl-nowhere --formatter json
list_exchanges nosuch
list_bindings -p ctl-v
list_bindings -p ctl-v source_name destination_name
list_bindings -p ctl-v --formatter json
list_bindings -p ctl-nowhere
list_bindings nosuch
"""

CLIENTS = """
list_connections
list_connections vhost user state channels protocol auth_mechanism timeout frame_max channel_max
list_connections vhost ssl host peer_host ssl_protocol ssl_key_exchange ssl_cipher ssl_hash
list_connections vhost peer_cert_subject peer_cert_issuer peer_cert_validity send_pend
list_connections vhost client_properties
list_connections vhost client_properties protocol host ssl timeout --formatter json
list_connections nosuch
list_channels vhost number transactional confirm consumer_count messages_unacknowledged
list_channels vhost number messages_uncommitted acks_uncommitted messages_unconfirmed
list_channels vhost user pid number prefetch_count global_prefetch_count
list_channels vhost connection --formatter json
list_channels vhost nosuch
list_consumers -p ctl-v
list_consumers -p ctl-v queue_name ack_required prefetch_count active activity_status arguments
list_consumers -p ctl-v --formatter json
list_consumers -p ctl-nowhere
list_consumers nosuch
"""

ACTIONS = """
purge_queue -p ctl-v ctl-plain
purge_queue -p ctl-v ctl-nosuch
purge_queue -p ctl-v ctl-stream
purge_queue -p ctl-nowhere q
purge_queue
purge_queue -p ctl-v ctl-jobs --formatter json
delete_queue -p ctl-v ctl-filled --if-empty
delete_queue -p ctl-v ctl-prio --if-unused
delete_queue -p ctl-v ctl-prio -e -u
delete_queue -p ctl-v ctl-filled
delete_queue -p ctl-v ctl-filled
delete_queue -p ctl-v ctl-odd -q
delete_queue -p ctl-v ctl-quorum --formatter json
delete_queue -p ctl-nowhere q
delete_queue ""
delete_queue
delete_queue a b
close_connection nopid bye
close_connection
close_all_connections
close_all_connections -p ctl-nowhere bye
close_all_connections -p ctl-nowhere bye --formatter json
close_all_user_connections ctl-nobody bye
close_all_user_connections guest
close_all_connections -p ctl-v --limit 1 --per-connection-delay 1 bye
"""

# In the table as Erlang writes them, in JSON with their types. (Of an array RabbitMQ's JSON shows
# one value of each type.)
ODD = {"a": 1, "b": "text", "c": True, "f": {"g": 2, "h": {}}, "i": -5, "j": 2**40}


def furnish(channel):
    """Of everything something, in a vhost of its own."""
    channel.queue_declare("ctl-plain")
    limits = {"x-max-length": 10, "x-message-ttl": 60000, "x-overflow": "reject-publish"}
    channel.queue_declare("ctl-jobs", durable=True, arguments=limits)
    channel.queue_declare("ctl-prio", durable=True, arguments={"x-max-priority": 5})
    channel.queue_declare("ctl-exclusive", exclusive=True)
    channel.queue_declare("ctl-auto", auto_delete=True)
    channel.queue_declare("ctl-odd", arguments=ODD)
    channel.queue_declare('ctl-nüme\ttab "q"')
    channel.queue_declare("ctl-filled")
    channel.exchange_declare("ctl-logs", "topic", durable=True)
    arguments = {"alternate-exchange": "ctl-logs"}
    channel.exchange_declare("ctl-ax", "fanout", auto_delete=True, arguments=arguments)
    channel.exchange_declare("ctl-internal", "headers", internal=True)
    channel.queue_bind("ctl-jobs", "ctl-logs", "a.#", arguments={"x": 1, "y": "z"})
    channel.queue_bind("ctl-plain", "ctl-ax", "")
    channel.exchange_bind("ctl-internal", "ctl-logs", "e2e")


def work(connection, channel):
    """Messages that wait, are out, and are not committed; consumers of two kinds."""
    persistent = pika.BasicProperties(delivery_mode=2, timestamp=1000)
    for queue in ("ctl-plain", "ctl-jobs", "ctl-filled"):
        channel.basic_publish("", queue, b"hello", persistent)
    channel.basic_qos(prefetch_count=7)
    channel.basic_consume("ctl-plain", lambda *_: None, consumer_tag="ctl-1")
    second = connection.channel()
    second.confirm_delivery()
    arguments = {"x-priority": 3}
    second.basic_consume(
        "ctl-prio", lambda *_: None, auto_ack=True, exclusive=True, consumer_tag="ctl-2",
        arguments=arguments,
    )  # fmt: skip
    third = connection.channel()
    third.tx_select()
    third.basic_publish("", "ctl-jobs", b"x")
    # Whoever is asked this has dealt with all of it.
    third.queue_declare("ctl-jobs", passive=True)


def hear(connection):
    """It hears first that a queue it consumed from is gone."""
    for _ in range(3):
        connection.process_data_events(5)


@pytest.fixture
def connections(rabbitmq, leveret_node, alike):
    alike(PREPARED)
    opened = []
    for port in (rabbitmq.port, leveret_node.node.address.port):
        parameters = pika.ConnectionParameters("127.0.0.1", port, "ctl-v")
        opened.append(pika.BlockingConnection(parameters))
    yield opened
    for each in opened:
        with contextlib.suppress(pika.exceptions.AMQPError):
            each.close()
    alike("delete_vhost ctl-v")


def test_listings_and_what_becomes_of_it(alike, connections):
    channels = [each.channel() for each in connections]
    for channel in channels:
        furnish(channel)
    for connection, channel in zip(connections, channels, strict=True):
        work(connection, channel)
    alike(QUEUES + CLASSIC + EXCHANGES + CLIENTS)
    for channel in channels:
        channel.queue_declare("ctl-quorum", durable=True, arguments={"x-queue-type": "quorum"})
        channel.queue_declare("ctl-stream", durable=True, arguments={"x-queue-type": "stream"})
    alike("list_queues -p ctl-v name type leader members online")
    alike(ACTIONS)
    for each in connections:
        with pytest.raises(pika.exceptions.ConnectionClosedByBroker) as closed:
            hear(each)
        assert (closed.value.reply_code, closed.value.reply_text) == (
            320,
            "CONNECTION_FORCED - bye",
        )
