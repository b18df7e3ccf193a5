"""What is told of queues."""

import math

import pytest

ORDERS = {"vhost": "/", "queue": "orders"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("queue_messages_ready", 0),
        ("queue_messages_unacked", 3),
        ("queue_messages", 3),
        ("queue_consumers", 1),
        ("queue_messages_bytes", 30),
        ("queue_messages_unacked_bytes", 30),
        ("queue_messages_ready_bytes", 0),
        ("queue_messages_persistent", 3),
        ("queue_messages_persistent_bytes", 30),
        ("queue_messages_ram", 3),
        ("queue_messages_unacked_ram", 3),
        ("queue_messages_paged_out", 0),
    ],
)
def test_a_queue_with_messages_that_are_out(per_object, name, value):
    assert per_object(name, **ORDERS) == value


def test_what_waits_and_since_when(per_object):
    letters = {"vhost": "/", "queue": "letters"}
    assert per_object("queue_messages_ready", **letters) == 1
    assert per_object("queue_head_message_timestamp", **letters) == 1_700_000_000
    # A queue whose first message has none has no line.
    assert ORDERS not in per_object.labels_of("queue_head_message_timestamp")


def test_a_stream_is_a_queue_too(per_object):
    assert per_object("queue_messages", vhost="/", queue="events") == 5


def test_a_name_may_hold_anything(per_object):
    assert per_object("queue_messages", vhost="/", queue='we"ird\\q') == 0


def test_all_together(aggregated):
    assert aggregated("queue_messages_unacked") == 3
    assert aggregated("queue_messages_ready") == 6
    assert aggregated("queue_messages") == 9
    assert not math.isnan(aggregated("queue_process_memory_bytes"))
    assert "rabbitmq_queue_consumer_capacity" not in aggregated.names


def test_what_was_published_to_each(per_object, aggregated):
    told = per_object("queue_messages_published_total", queue_vhost="/", queue="orders")
    assert told == 4
    assert aggregated("queue_messages_published_total") == 12


def test_what_was_delivered_from_each(pages):
    page = pages.get("/metrics/detailed?family=queue_delivery_metrics")
    assert page("detailed_queue_messages_delivered_ack_total", **ORDERS) == 4
    assert page("detailed_queue_messages_acked_total", **ORDERS) == 1
    assert page("detailed_queue_get_empty_total", vhost="/", queue='we"ird\\q') == 1
