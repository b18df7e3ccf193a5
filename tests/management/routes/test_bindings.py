"""Bindings over HTTP. What RabbitMQ answers to the same is compared in tests/conformance."""

import pytest


@pytest.fixture
def bound(api):
    """A queue q with a binding from amq.direct under the key `a b/c~d`, and where that is."""
    api.do("PUT", "/queues/{v}/q")
    told = {"routing_key": "a b/c~d", "arguments": {"z": 1}}
    answer = api.do("POST", "/bindings/{v}/e/amq.direct/q/q", told)
    return api, "/bindings/{v}/e/amq.direct/q/" + answer.headers["location"]


def test_a_binding_is_where_the_answer_says(bound):
    api, place = bound
    shown = api.get(place)
    assert (shown["routing_key"], shown["arguments"]) == ("a b/c~d", {"z": 1})
    assert api.ask("DELETE", place).status == 204
    assert api.ask("GET", place).status == 404
    assert api.ask("DELETE", place).status == 404


def test_a_binding_is_seen_from_both_ends(bound):
    api, _ = bound
    there = [
        "/bindings/{v}/e/amq.direct/q/q",
        "/exchanges/{v}/amq.direct/bindings/source",
        "/queues/{v}/q/bindings",
        "/bindings/{v}",
        "/bindings",
    ]
    for path in there:
        assert "a b/c~d" in [each["routing_key"] for each in api.get(path)], path


def test_messages_go_by_it(bound):
    api, _ = bound
    told = {
        "properties": {},
        "routing_key": "a b/c~d",
        "payload": "x",
        "payload_encoding": "string",
    }
    assert api.do("POST", "/exchanges/{v}/amq.direct/publish", told).body == {"routed": True}
    assert [each["payload"] for each in api.take("q")] == ["x"]


def test_exchanges_are_bound_to_exchanges(api):
    answer = api.do("POST", "/bindings/{v}/e/amq.topic/e/amq.fanout", {"routing_key": "a.#"})
    assert answer.headers["location"] == "amq.fanout/a.%2523"
    (shown,) = api.get("/exchanges/{v}/amq.fanout/bindings/destination")
    assert (shown["source"], shown["destination_type"]) == ("amq.topic", "exchange")
    api.do("DELETE", "/bindings/{v}/e/amq.topic/e/amq.fanout/a.%2523")
    assert api.get("/exchanges/{v}/amq.fanout/bindings/destination") == []


def test_the_default_binding_of_a_queue_is_shown_and_stays(api):
    api.do("PUT", "/queues/{v}/q")
    (shown,) = api.get("/queues/{v}/q/bindings")
    assert (shown["source"], shown["routing_key"]) == ("", "q")
    assert api.get("/exchanges/{v}/amq.default/bindings/source") == [shown]
    assert api.ask("DELETE", "/bindings/{v}/e/amq.default/q/q/q").status == 401


def test_what_is_not_there_has_no_bindings(api):
    assert api.get("/queues/{v}/none/bindings") == []
    assert api.get("/exchanges/{v}/none/bindings/source") == []
    assert api.get("/bindings/{v}/e/none/q/none") == []
    assert api.ask("POST", "/bindings/{v}/e/amq.direct/q/none").body["error"] == "not_found"


def test_bindings_are_not_paged(api):
    api.do("PUT", "/queues/{v}/q")
    assert isinstance(api.get("/queues/{v}/q/bindings?page=1&page_size=1"), list)


@pytest.mark.parametrize("key", [5, None, "x" * 256])
def test_a_routing_key_is_what_amqp_can_carry(api, key):
    api.do("PUT", "/queues/{v}/q")
    assert api.ask("POST", "/bindings/{v}/e/amq.direct/q/q", {"routing_key": key}).status == 400
    assert api.get("/bindings/{v}/e/amq.direct/q/q") == []
