"""The overview."""

import pytest

from leveret.management.views.overview import OVERVIEW, Overview
from leveret.version import VERSION
from leveret.wire import methods
from tests.management.looking import look_at
from tests.session.harness import World


@pytest.fixture
def world():
    world = World()
    channel = world.channel()
    channel.call(methods.QueueDeclare(queue="q"))
    channel.call(methods.BasicConsume(queue="q"))
    channel.publish(b"x", key="q")
    return world


def show(world, *, is_monitoring=True, is_short=False):
    vhosts, connections = list(world.broker.vhosts.values()), list(world.broker.connections)
    overview = Overview(vhosts, connections, is_monitoring=is_monitoring, is_short=is_short)
    return OVERVIEW.render(overview, look_at(world.broker))


def test_who_monitors_sees_how_the_node_is(world):
    shown = show(world)
    assert shown["object_totals"] == {
        "connections": 1,
        "channels": 1,
        "exchanges": 7,
        "queues": 1,
        "consumers": 1,
    }
    assert shown["node"] == world.broker.node
    assert (shown["listeners"], shown["contexts"]) == ([], [])
    assert shown["message_stats"]["publish"] == 1
    assert shown["queue_totals"]["messages"] == 1
    assert shown["churn_rates"]["queue_created"] == 1
    assert shown["leveret_version"] == VERSION
    assert (shown["rabbitmq_version"], shown["product_name"]) == ("3.13.7", "RabbitMQ")


def test_who_only_manages_does_not(world):
    shown = show(world, is_monitoring=False)
    assert not {"node", "listeners", "contexts"} & shown.keys()
    assert "consumers" not in shown["object_totals"]
    assert shown["object_totals"]["queues"] == 1


def test_without_statistics_the_overview_is_short(world):
    shown = show(world, is_short=True)
    assert shown["disable_stats"] is True
    assert shown["object_totals"] == {"connections": 1, "exchanges": 7, "queues": 1}
    left_out = {"message_stats", "queue_totals", "churn_rates", "listeners", "contexts"}
    assert not left_out & shown.keys()


def test_the_cluster_has_the_nodes_name_until_it_is_given_one(world):
    assert show(world)["cluster_name"] == world.broker.node
    world.broker.parameters.set_global("cluster_name", "warren")
    assert show(world)["cluster_name"] == "warren"
