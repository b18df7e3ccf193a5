"""What was counted since the start."""

import pytest

CLASSIC = {"protocol": "amqp091", "queue_type": "rabbit_classic_queue"}
QUORUM = {"protocol": "amqp091", "queue_type": "rabbit_quorum_queue"}
MAXLEN = {"queue_type": "rabbit_classic_queue", "dead_letter_strategy": "at_most_once"}


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        ("connections_opened_total", {}, 2),
        ("connections_closed_total", {}, 0),
        ("channels_opened_total", {}, 3),
        ("queues_declared_total", {}, 6),
        ("queues_created_total", {}, 6),
        ("queues_deleted_total", {}, 1),
        ("global_publishers", {"protocol": "amqp091"}, 1),
        ("global_consumers", {"protocol": "amqp091"}, 1),
        ("global_messages_received_total", {"protocol": "amqp091"}, 14),
        ("global_messages_received_confirm_total", {"protocol": "amqp091"}, 14),
        ("global_messages_confirmed_total", {"protocol": "amqp091"}, 14),
        ("global_messages_routed_total", {"protocol": "amqp091"}, 12),
        ("global_messages_unroutable_dropped_total", {"protocol": "amqp091"}, 1),
        ("global_messages_unroutable_returned_total", {"protocol": "amqp091"}, 1),
        ("global_messages_delivered_total", QUORUM, 4),
        ("global_messages_delivered_consume_manual_ack_total", QUORUM, 4),
        ("global_messages_acknowledged_total", QUORUM, 1),
        ("global_messages_delivered_total", CLASSIC, 0),
        ("global_messages_get_empty_total", CLASSIC, 1),
        ("global_messages_dead_lettered_maxlen_total", MAXLEN, 2),
        ("global_messages_dead_lettered_expired_total", MAXLEN, 0),
    ],
)
def test_each_count(aggregated, per_object, name, labels, value):
    assert aggregated(name, **labels) == value
    assert per_object(name, **labels) == value


def test_each_way_to_a_dead_letter_that_there_is(aggregated):
    ways = {
        (labels["queue_type"], labels["dead_letter_strategy"])
        for labels in aggregated.labels_of("global_messages_dead_lettered_delivery_limit_total")
    }
    quorum = "rabbit_quorum_queue"
    assert ways == {(quorum, "at_least_once"), (quorum, "at_most_once"), (quorum, "disabled")}
