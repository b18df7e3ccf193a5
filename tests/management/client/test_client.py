"""A method for each thing: what it asks for, and what it makes of the answer.

That both brokers understand it is stated in tests/conformance/management.
"""

import pytest

from leveret.management.client import ApiRefused, Binding, Client, Permission, Policy, Queue
from tests.management.answering import answering

BINDING = Binding(
    source="logs", destination="jobs", destination_type="queue", routing_key="a.#",
    properties_key="a.%23",
)  # fmt: skip
BOUND = ("POST", "/api/bindings/%2F/e/logs/q/jobs")


@pytest.fixture
def api():
    with answering() as told:
        yield told


@pytest.fixture
def client(api):
    return Client(f"http://127.0.0.1:{api.port}")


# What changes something: the call, and where it goes.
CHANGES = {
    "declare_queue": (lambda c: c.declare_queue("q", "v"), "PUT", "/api/queues/v/q"),
    "delete_queue": (lambda c: c.delete_queue("q"), "DELETE", "/api/queues/%2F/q"),
    "delete_queue if": (
        lambda c: c.delete_queue("q", if_empty=True, if_unused=True),
        "DELETE",
        "/api/queues/%2F/q?if-empty=true&if-unused=true",
    ),
    "purge_queue": (lambda c: c.purge_queue("q"), "DELETE", "/api/queues/%2F/q/contents"),
    "declare_exchange": (
        lambda c: c.declare_exchange("x", "topic"), "PUT", "/api/exchanges/%2F/x",
    ),
    "delete_exchange": (
        lambda c: c.delete_exchange("x", if_unused=True),
        "DELETE",
        "/api/exchanges/%2F/x?if-unused=true",
    ),
    "bind": (lambda c: c.bind(BINDING), *BOUND),
    "unbind": (lambda c: c.unbind(BINDING), "DELETE", f"{BOUND[1]}/a.%2523"),
    "add_vhost": (lambda c: c.add_vhost("a/b"), "PUT", "/api/vhosts/a%2Fb"),
    "delete_vhost": (lambda c: c.delete_vhost("v"), "DELETE", "/api/vhosts/v"),
    "add_user": (lambda c: c.add_user("u", "p", ["monitoring"]), "PUT", "/api/users/u"),
    "delete_user": (lambda c: c.delete_user("u"), "DELETE", "/api/users/u"),
    "set_permission": (
        lambda c: c.set_permission(
            Permission(user="u", vhost="v", configure="", write="", read="")
        ),
        "PUT",
        "/api/permissions/v/u",
    ),
    "set_policy": (
        lambda c: c.set_policy(Policy(name="p", pattern="", definition={}, vhost="v")),
        "PUT",
        "/api/policies/v/p",
    ),
    "delete_policy": (lambda c: c.delete_policy("p"), "DELETE", "/api/policies/%2F/p"),
    "close_connection": (
        lambda c: c.close_connection("a -> b"), "DELETE", "/api/connections/a%20-%3E%20b",
    ),
    "import_definitions": (
        lambda c: c.import_definitions({"queues": []}, "v"), "POST", "/api/definitions/v",
    ),
}  # fmt: skip

# What lists things: the method, its path, and one of the things.
LISTS = {
    "nodes": ("nodes", {"name": "n", "mem_used": 3}),
    "connections": ("connections", {"name": "a -> b"}),
    "channels": ("channels", {"name": "a -> b (1)"}),
    "consumers": ("consumers", {"consumer_tag": "t", "queue": {"name": "q", "vhost": "/"}}),
    "queues": ("queues", {"name": "q", "message_stats": {"publish_details": {"rate": 0.2}}}),
    "exchanges": ("exchanges", {"name": "", "type": "direct"}),
    "bindings": ("bindings", {"source": "", "destination": "q", "destination_type": "queue"}),
    "vhosts": ("vhosts", {"name": "/"}),
    "users": ("users", {"name": "guest", "tags": ["administrator"]}),
    "permissions": (
        "permissions", {"user": "u", "vhost": "v", "configure": "", "write": "", "read": ""},
    ),
    "topic_permissions": (
        "topic-permissions", {"user": "u", "vhost": "v", "exchange": "x", "write": "", "read": ""},
    ),
    "policies": ("policies", {"name": "p", "pattern": "", "definition": {}, "apply-to": "queues"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_goes_where_the_api_has_it(api, client, name):
    change, method, target = CHANGES[name]
    change(client)
    assert (api.only.method, api.only.target) == (method, target)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_of_values(api, client, name):
    path, thing = LISTS[name]
    api.answer([thing])
    (listed,) = getattr(client, name)()
    assert api.only.target == f"/api/{path}"
    for field, value in thing.items():
        if not isinstance(value, dict):
            assert getattr(listed, field.replace("-", "_")) == value


@pytest.mark.parametrize("name", ["queues", "exchanges", "bindings", "consumers", "policies"])
def test_a_list_may_be_of_one_vhost(api, client, name):
    assert getattr(client, name)("a/b") == []
    assert api.only.target == f"/api/{name}/a%2Fb"


def test_what_is_declared_is_told(api, client):
    client.declare_queue("q", durable=False, arguments={"x-max-length": 5})
    assert api.only.body == {
        "durable": False,
        "auto_delete": False,
        "arguments": {"x-max-length": 5},
    }


def test_a_page_is_part_of_the_whole(api, client):
    counts = {"page": 2, "page_count": 3, "page_size": 1, "item_count": 1}
    api.answer({"items": [{"name": "q"}], "filtered_count": 3, "total_count": 9, **counts})
    page = client.page_of_queues(2, size=1, name="^q", use_regex=True)
    assert (page.items, page.total_count) == ([Queue(name="q")], 9)
    assert api.only.target == "/api/queues?page=2&page_size=1&name=%5Eq&use_regex=true"


def test_single_things_are_asked_for_by_name(api, client):
    api.answer({"name": "q", "messages": 3}, to=("GET", "/api/queues/v/q"))
    api.answer({"name": "x", "type": "topic"}, to=("GET", "/api/exchanges/%2F/x"))
    api.answer({"cluster_name": "c"}, to=("GET", "/api/overview"))
    api.answer({"queues": []}, to=("GET", "/api/definitions"))
    assert client.queue("q", "v").messages == 3
    assert client.exchange("x").type == "topic"
    assert client.overview().cluster_name == "c"
    assert client.definitions() == {"queues": []}


def test_a_message_goes_and_comes_as_octets(api, client):
    api.answer({"routed": True})
    assert client.publish("", "q", b"\xff", properties={"delivery_mode": 2})
    assert api.only.target == "/api/exchanges/%2F/amq.default/publish"
    assert api.only.body == {
        "routing_key": "q",
        "properties": {"delivery_mode": 2},
        "payload": "/w==",
        "payload_encoding": "base64",
    }
    got = {"payload": "/w==", "payload_bytes": 1, "payload_encoding": "base64", "routing_key": "q"}
    api.answer([got])
    (message,) = client.messages("q", count=5)
    assert message.body == b"\xff"
    assert api.asked[1].body == {"count": 5, "ackmode": "ack_requeue_false", "encoding": "auto"}


def test_a_check_that_fails_is_an_answer(api, client):
    api.answer({"status": "failed", "reason": "alarms"}, 503)
    assert not client.health("alarms").is_well
    assert api.only.target == "/api/health/checks/alarms"
    api.answer({"error": "Object Not Found", "reason": "Not Found"}, 404)
    with pytest.raises(ApiRefused):
        client.health("nonsense")


def test_a_refusal_is_raised(api, client):
    api.answer({"error": "bad_request", "reason": "no"}, 400)
    with pytest.raises(ApiRefused, match="400 bad_request: no"):
        client.declare_queue("q")
