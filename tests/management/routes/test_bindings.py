"""Bindings over HTTP. What RabbitMQ answers to the same is compared in tests/conformance."""

import pytest


@pytest.fixture
def bound(objects):
    """A queue q with a binding from amq.direct under the key `a b/c~d`, and where that is."""
    objects.do("PUT", "/queues/{v}/q")
    told = {"routing_key": "a b/c~d", "arguments": {"z": 1}}
    answer = objects.do("POST", "/bindings/{v}/e/amq.direct/q/q", told)
    return objects, "/bindings/{v}/e/amq.direct/q/" + answer.headers["location"]


def test_a_binding_is_where_the_answer_says(bound):
    objects, place = bound
    shown = objects.get(place)
    assert (shown["routing_key"], shown["arguments"]) == ("a b/c~d", {"z": 1})
    assert objects.ask("DELETE", place).status == 204
    assert objects.ask("GET", place).status == 404
    assert objects.ask("DELETE", place).status == 404


def test_a_binding_is_seen_from_both_ends(bound):
    objects, _ = bound
    there = [
        "/bindings/{v}/e/amq.direct/q/q",
        "/exchanges/{v}/amq.direct/bindings/source",
        "/queues/{v}/q/bindings",
        "/bindings/{v}",
        "/bindings",
    ]
    for path in there:
        assert "a b/c~d" in [each["routing_key"] for each in objects.get(path)], path


def test_messages_go_by_it(bound):
    objects, _ = bound
    told = {
        "properties": {},
        "routing_key": "a b/c~d",
        "payload": "x",
        "payload_encoding": "string",
    }
    assert objects.do("POST", "/exchanges/{v}/amq.direct/publish", told).body == {"routed": True}
    assert [each["payload"] for each in objects.take("q")] == ["x"]


def test_exchanges_are_bound_to_exchanges(objects):
    answer = objects.do("POST", "/bindings/{v}/e/amq.topic/e/amq.fanout", {"routing_key": "a.#"})
    assert answer.headers["location"] == "amq.fanout/a.%2523"
    (shown,) = objects.get("/exchanges/{v}/amq.fanout/bindings/destination")
    assert (shown["source"], shown["destination_type"]) == ("amq.topic", "exchange")
    objects.do("DELETE", "/bindings/{v}/e/amq.topic/e/amq.fanout/a.%2523")
    assert objects.get("/exchanges/{v}/amq.fanout/bindings/destination") == []


def test_the_default_binding_of_a_queue_is_shown_and_stays(objects):
    objects.do("PUT", "/queues/{v}/q")
    (shown,) = objects.get("/queues/{v}/q/bindings")
    assert (shown["source"], shown["routing_key"]) == ("", "q")
    assert objects.get("/exchanges/{v}/amq.default/bindings/source") == [shown]
    assert objects.ask("DELETE", "/bindings/{v}/e/amq.default/q/q/q").status == 401


def test_what_is_not_there_has_no_bindings(objects):
    assert objects.get("/queues/{v}/none/bindings") == []
    assert objects.get("/exchanges/{v}/none/bindings/source") == []
    assert objects.get("/bindings/{v}/e/none/q/none") == []
    assert objects.ask("POST", "/bindings/{v}/e/amq.direct/q/none").body["error"] == "not_found"


def test_bindings_come_in_order(objects):
    for name in ("b", "a"):
        objects.do("PUT", f"/queues/{{v}}/{name}")
        for key, arguments in (("z", {}), ("k", {"n": 1}), ("k", {})):
            told = {"routing_key": key, "arguments": arguments}
            objects.do("POST", f"/bindings/{{v}}/e/amq.topic/q/{name}", told)
    shown = [(each["source"], each["destination"], each["properties_key"]) for each in
             objects.get("/bindings/{v}")]  # fmt: skip
    assert shown == sorted(shown)
    assert len(shown) == 8


def test_bindings_are_not_paged(objects):
    objects.do("PUT", "/queues/{v}/q")
    assert isinstance(objects.get("/queues/{v}/q/bindings?page=1&page_size=1"), list)


@pytest.mark.parametrize("key", [5, None, "x" * 256])
def test_a_routing_key_is_what_amqp_can_carry(objects, key):
    objects.do("PUT", "/queues/{v}/q")
    assert objects.ask("POST", "/bindings/{v}/e/amq.direct/q/q", {"routing_key": key}).status == 400
    assert objects.get("/bindings/{v}/e/amq.direct/q/q") == []
