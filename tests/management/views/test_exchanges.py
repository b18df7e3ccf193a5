"""What is shown of exchanges. All fields are compared with RabbitMQ's in tests/conformance."""

from leveret import Policy


def test_an_exchange_shows_what_it_was_declared_as(objects):
    told = {"type": "topic", "durable": True, "arguments": {"alternate-exchange": "amq.fanout"}}
    objects.do("PUT", "/exchanges/{v}/x", told)
    assert objects.get("/exchanges/{v}/x") == {
        "arguments": {"alternate-exchange": "amq.fanout"},
        "auto_delete": False,
        "durable": True,
        "incoming": [],
        "internal": False,
        "name": "x",
        "outgoing": [],
        "type": "topic",
        "vhost": objects.vhost,
    }


def test_its_policy_is_shown_where_there_is_one(objects):
    objects.node.admin.set_policy(
        Policy("alternate", "^x", {"alternate-exchange": "amq.fanout"}), vhost=objects.vhost
    )
    objects.do("PUT", "/exchanges/{v}/x")
    assert objects.get("/exchanges/{v}/x")["policy"] == "alternate"
    assert "policy" not in objects.get("/exchanges/{v}/amq.topic")


def test_statistics_are_of_what_came_by(objects):
    objects.do("PUT", "/queues/{v}/q")
    with objects.channel() as channel:
        channel.basic_publish("", "q", b"x")
        channel.queue_declare("q", passive=True)
    told = objects.get("/exchanges/{v}/amq.default")["message_stats"]
    assert (told["publish_in"], told["publish_out"]) == (1, 1)
    bare = objects.get("/exchanges/{v}/amq.default?disable_stats=true")
    assert "message_stats" not in bare
