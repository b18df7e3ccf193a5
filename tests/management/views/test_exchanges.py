"""What is shown of exchanges. All fields are compared with RabbitMQ's in tests/conformance."""

from leveret import Policy


def test_an_exchange_shows_what_it_was_declared_as(api):
    told = {"type": "topic", "durable": True, "arguments": {"alternate-exchange": "amq.fanout"}}
    api.do("PUT", "/exchanges/{v}/x", told)
    assert api.get("/exchanges/{v}/x") == {
        "arguments": {"alternate-exchange": "amq.fanout"},
        "auto_delete": False,
        "durable": True,
        "incoming": [],
        "internal": False,
        "name": "x",
        "outgoing": [],
        "type": "topic",
        "vhost": api.vhost,
    }


def test_its_policy_is_shown_where_there_is_one(api):
    api.node.admin.set_policy(
        Policy("alternate", "^x", {"alternate-exchange": "amq.fanout"}), vhost=api.vhost
    )
    api.do("PUT", "/exchanges/{v}/x")
    assert api.get("/exchanges/{v}/x")["policy"] == "alternate"
    assert "policy" not in api.get("/exchanges/{v}/amq.topic")


def test_statistics_are_of_what_came_by(api):
    api.do("PUT", "/queues/{v}/q")
    with api.channel() as channel:
        channel.basic_publish("", "q", b"x")
        channel.queue_declare("q", passive=True)
    told = api.get("/exchanges/{v}/amq.default")["message_stats"]
    assert (told["publish_in"], told["publish_out"]) == (1, 1)
    bare = api.get("/exchanges/{v}/amq.default?disable_stats=true")
    assert "message_stats" not in bare
