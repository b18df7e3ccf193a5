"""The overview of a cluster, through any of its nodes."""

import pytest

from leveret.config import Listening
from leveret.wire import methods


@pytest.mark.parametrize("node", ["hare", "mouse"])
def test_what_nodes_have_is_counted_once_and_together(pair, node):
    pair.declare("q")
    for each in (pair.hare, pair.mouse):
        channel = each.client().channel()
        channel.call(methods.BasicConsume(queue="q", consumer_tag="c", no_ack=False))
        channel.publish(key="q")
    told = pair.get(node, "/overview")
    assert told["object_totals"] == {
        "channels": 2,
        "connections": 2,
        "consumers": 2,
        "exchanges": len(pair.hare.vhost.exchanges),
        "queues": 1,
    }
    assert told["queue_totals"]["messages"] == 2
    assert told["message_stats"]["publish"] == 2
    assert told["churn_rates"]["connection_created"] == 2
    assert told["node"] == node


def test_listeners_of_all_nodes_stand_side_by_side(pair):
    for number, name in enumerate(pair.hosts):
        pair.hosts[name].listeners = (
            Listening("http", "127.0.0.1", 15672 + number),
            Listening("amqp", "127.0.0.1", 5672 + number),
        )
    told = pair.get("mouse", "/overview")
    assert [(each["protocol"], each["node"]) for each in told["listeners"]] == [
        ("amqp", "hare"),
        ("amqp", "mouse"),
        ("http", "hare"),
        ("http", "mouse"),
    ]
    assert [each["node"] for each in told["contexts"]] == ["hare", "mouse"]


def test_a_short_overview_has_totals_and_nothing_that_costs(pair):
    pair.declare("q")
    told = pair.get("mouse", "/overview?disable_stats=true")
    assert told["object_totals"]["queues"] == 1
    assert "message_stats" not in told


def test_a_node_that_does_not_answer_is_left_out_and_named(pair):
    pair.hare.client()
    pair.peers["mouse"].silent.add("hare")
    reply = pair.ask("mouse", "GET", "/overview")
    assert reply.json["object_totals"]["connections"] == 0
    assert reply.headers["x-leveret-absent"] == "hare"
