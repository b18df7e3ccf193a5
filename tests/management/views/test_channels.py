"""What is shown of a channel."""

import pytest

from leveret.management.views.channels import CHANNEL, CHANNEL_ALONE, name_of
from leveret.session.identity import Peer
from leveret.wire import methods
from tests.management.looking import look_at
from tests.session.harness import World

NAME = "127.0.0.1:5000 -> 127.0.0.1:5672"


@pytest.fixture
def world():
    return World()


@pytest.fixture
def far_end(world):
    client = world.client()
    client.session.peer = Peer(NAME, True, "127.0.0.1", 5000, "127.0.0.1", 5672)
    return client.channel()


def channel_of(world):
    (session,) = world.broker.connections
    (channel,) = session.channels.values()
    return channel


def test_a_channel_is_shown_as_it_is(world, far_end):
    far_end.call(methods.QueueDeclare(queue="q"))
    far_end.call(methods.BasicQos(prefetch_count=7))
    far_end.call(methods.BasicConsume(queue="q", consumer_tag="c"))
    shown = CHANNEL.render(channel_of(world), look_at(world.broker))
    expected = {
        "name": f"{NAME} (1)",
        "number": 1,
        "user": "guest",
        "vhost": "/",
        "state": "running",
        "connection_details": {"name": NAME, "peer_host": "127.0.0.1", "peer_port": 5000},
        "consumer_count": 1,
        "prefetch_count": 7,
        "global_prefetch_count": 0,
        "confirm": False,
        "transactional": False,
        "messages_unacknowledged": 0,
        "pending_raft_commands": 0,
    }
    assert {name: shown[name] for name in expected} == expected
    assert not {"consumer_details", "deliveries", "publishes"} & shown.keys()


@pytest.mark.usefixtures("far_end")
def test_a_channel_that_did_nothing_has_been_idle_from_the_first(world):
    shown = CHANNEL.render(channel_of(world), look_at(world.broker))
    assert "message_stats" not in shown
    assert shown["idle_since"].endswith("+00:00")


def test_a_channel_that_publishes_is_not_idle(world, far_end):
    far_end.publish(b"x", key="nowhere")
    shown = CHANNEL.render(channel_of(world), look_at(world.broker))
    assert shown["message_stats"]["publish"] == 1
    assert "idle_since" not in shown


def test_alone_it_has_its_consumers(world, far_end):
    far_end.call(methods.QueueDeclare(queue="q"))
    far_end.call(methods.BasicConsume(queue="q", consumer_tag="c"))
    shown = CHANNEL_ALONE.render(channel_of(world), look_at(world.broker))
    (consumer,) = shown["consumer_details"]
    assert (consumer["consumer_tag"], consumer["queue"]) == ("c", {"name": "q", "vhost": "/"})
    assert shown["deliveries"] == shown["publishes"] == []


@pytest.mark.usefixtures("far_end")
def test_a_channel_is_named_by_its_connection_and_its_number(world):
    assert name_of(channel_of(world)) == f"{NAME} (1)"


@pytest.mark.usefixtures("far_end")
def test_a_channel_of_a_connection_in_flow_is_in_flow(world):
    channel = channel_of(world)
    channel.session.throttle.hold("disk", world.broker.storage.durability)
    assert CHANNEL.render(channel, look_at(world.broker))["state"] == "flow"
