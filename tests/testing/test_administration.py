"""An embedded broker is governed from any thread, its own loop included."""

import asyncio

import pika
import pytest

import leveret
from leveret import Permission, Policy, TopicPermission, VhostMetadata

SHORT = Policy("short", "^q", {"max-length": 1})


def url(broker, user="guest", vhost="%2F"):
    return pika.URLParameters(f"amqp://{user}:{user}@{broker.host}:{broker.port}/{vhost}")


def waiting(broker, vhost="%2F"):
    """How many of three messages a queue has kept."""
    with pika.BlockingConnection(url(broker, vhost=vhost)) as connection:
        channel = connection.channel()
        channel.queue_declare("q")
        channel.queue_purge("q")
        for _ in range(3):
            channel.basic_publish("", "q", b"")
        return channel.queue_declare("q", passive=True).method.message_count


@pytest.fixture(scope="module")
def broker():
    with leveret.running() as broker:
        yield broker


def test_policies_are_set_and_cleared(broker):
    broker.admin.set_policy(SHORT)
    assert waiting(broker) == 1
    broker.admin.clear_policy("short")
    assert waiting(broker) == 3
    broker.admin.set_operator_policy(SHORT)
    assert waiting(broker) == 1
    broker.admin.clear_operator_policy("short")


def test_a_refusal_is_raised_where_it_was_asked(broker):
    with pytest.raises(leveret.Refused, match='<<"x">> is not a valid maximum length'):
        broker.admin.set_policy(Policy("p", "^q", {"max-length": "x"}))


def test_a_user_comes_in_and_goes(broker):
    broker.admin.add_user("ada", "ada")
    broker.admin.set_permission("ada", Permission("", "", ""))
    pika.BlockingConnection(url(broker, "ada")).close()
    broker.admin.set_user_limits("ada", {"max-connections": 0})
    with pytest.raises(pika.exceptions.AMQPError):
        pika.BlockingConnection(url(broker, "ada"))
    broker.admin.remove_user("ada")
    with pytest.raises(pika.exceptions.AMQPError):
        pika.BlockingConnection(url(broker, "ada"))


def test_permissions_are_set_and_cleared(broker):
    domain, key = broker._node.broker, ("eve", "/", "amq.topic")
    broker.admin.add_user("eve", "eve")
    broker.admin.set_permission("eve")
    broker.admin.set_topic_permission("eve", "amq.topic", TopicPermission("^a", "^b"))
    assert domain.topic_permissions.get(key) == TopicPermission("^a", "^b")
    broker.admin.clear_topic_permissions("eve")
    assert domain.topic_permissions.get(key) is None
    broker.admin.clear_permission("eve")
    assert domain.permissions.get("eve", "/") is None


def test_a_vhost_comes_and_goes(broker):
    broker.admin.add_vhost("orders", VhostMetadata("for orders"))
    broker.admin.set_permission("guest", vhost="orders")
    broker.admin.set_policy(SHORT, vhost="orders")
    assert waiting(broker, vhost="orders") == 1
    broker.admin.set_vhost_limits({"max-queues": 0}, vhost="orders")
    with (
        pika.BlockingConnection(url(broker, vhost="orders")) as connection,
        pytest.raises(pika.exceptions.ChannelClosedByBroker, match="queue limit in vhost"),
    ):
        connection.channel().queue_declare("another")
    broker.admin.remove_vhost("orders")
    with pytest.raises(pika.exceptions.AMQPError):
        pika.BlockingConnection(url(broker, vhost="orders"))


def test_a_cluster_has_the_name_it_is_given(broker):
    broker.admin.set_global_parameter("cluster_name", "hutch")
    with pika.BlockingConnection(url(broker)) as connection:
        assert connection._impl.server_properties["cluster_name"] == "hutch"


def test_in_its_own_loop_it_is_done_at_once():
    async def scene():
        async with leveret.Broker() as broker:
            broker.admin.set_policy(SHORT)
            return await asyncio.to_thread(waiting, broker)

    assert asyncio.run(scene()) == 1


def test_from_another_thread_it_is_safe_once_it_is_done(tmp_path):
    settings = leveret.Settings(data_dir=tmp_path / "mq")
    with leveret.running(settings=settings) as broker:
        broker.admin.set_policy(SHORT)
    with leveret.running(settings=settings) as broker:
        assert waiting(broker) == 1
