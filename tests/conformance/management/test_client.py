"""leveret.management.client: what it does to either broker, and what it reads from it."""

import pytest

from leveret.management.client import (
    ApiRefused,
    Binding,
    Client,
    Permission,
    Policy,
    TopicPermission,
)

VHOST = "client"


@pytest.fixture(params=["rabbitmq", "leveret"])
def client(request):
    managed = request.getfixturevalue(f"managed_{request.param}")
    client = Client(f"http://guest:guest@127.0.0.1:{managed.management_port}")
    client.add_vhost(VHOST)
    yield client
    client.delete_vhost(VHOST)


def test_queues_exchanges_bindings_and_messages(client):
    client.declare_queue("client-jobs", VHOST, arguments={"x-max-length": 5})
    client.declare_exchange("logs", "topic", VHOST)
    binding = Binding(
        source="logs", destination="client-jobs", destination_type="queue", routing_key="a.#"
    )
    client.bind(binding, VHOST)
    bound = [each for each in client.bindings(VHOST) if each.source]
    assert [(each.routing_key, each.properties_key) for each in bound] == [("a.#", "a.%23")]
    assert client.publish("logs", "a.b", b"\xff\x00", VHOST, {"delivery_mode": 2})
    assert not client.publish("", "nowhere", b"", VHOST)
    (kept,) = client.messages("client-jobs", VHOST, ack_mode="ack_requeue_true")
    (message,) = client.messages("client-jobs", VHOST, count=5)
    assert (message.body, message.redelivered) == (b"\xff\x00", True)
    assert kept.properties == message.properties == {"delivery_mode": 2}
    client.unbind(bound[0], VHOST)
    assert not [each for each in client.bindings(VHOST) if each.source]
    assert client.queue("client-jobs", VHOST).arguments == {"x-max-length": 5}
    assert client.exchange("logs", VHOST).type == "topic"
    assert "logs" in {each.name for each in client.exchanges(VHOST)}
    page = client.page_of_queues(1, size=1, name="^client-jo", use_regex=True)
    assert ([each.name for each in page.items], page.page_count) == (["client-jobs"], 1)
    client.purge_queue("client-jobs", VHOST)
    client.delete_queue("client-jobs", VHOST, if_empty=True)
    client.delete_exchange("logs", VHOST, if_unused=True)
    assert client.queues(VHOST) == []


def test_users_permissions_and_policies(client):
    client.add_user("client-user", "secret", ["monitoring"])
    permission = Permission(user="client-user", vhost=VHOST, configure="", write=".*", read="")
    client.set_permission(permission)
    assert permission in client.permissions()
    topics = {"exchange": "amq.topic", "write": "a", "read": "b"}
    client.put("topic-permissions", VHOST, "client-user", body=topics)
    assert TopicPermission(user="client-user", vhost=VHOST, **topics) in client.topic_permissions()
    assert {each.name: each.tags for each in client.users()}["client-user"] == ["monitoring"]
    policy = Policy(
        name="short", pattern="x", definition={"max-length": 4}, vhost=VHOST, apply_to="queues"
    )
    client.set_policy(policy)
    assert client.policies(VHOST) == [policy]
    client.delete_policy("short", VHOST)
    client.delete_user("client-user")
    assert VHOST in {each.name for each in client.vhosts()}


def test_the_node_and_its_definitions(client):
    (node,) = client.nodes()
    assert node.running
    assert client.overview().node == node.name
    assert client.health("alarms").is_well
    assert not client.health("port-listener", "1").is_well
    assert isinstance(client.connections() + client.channels() + client.consumers(), list)
    definitions = client.definitions(VHOST)
    client.import_definitions({**definitions, "queues": [
        {"name": "carried", "durable": True, "auto_delete": False, "arguments": {}},
    ]}, VHOST)  # fmt: skip
    assert [each.name for each in client.queues(VHOST)] == ["carried"]
    with pytest.raises(ApiRefused, match="404"):
        client.queue("nowhere", VHOST)
