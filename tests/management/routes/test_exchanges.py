"""Exchanges over HTTP. What RabbitMQ answers to the same is compared in tests/conformance."""


def test_an_exchange_is_declared_shown_and_deleted(objects):
    told = {"type": "topic", "internal": True, "arguments": {"a": 1}}
    assert objects.ask("PUT", "/exchanges/{v}/x", told).status == 201
    assert objects.ask("PUT", "/exchanges/{v}/x", told).status == 204
    shown = objects.get("/exchanges/{v}/x")
    assert {name: shown[name] for name in told} == told
    assert objects.ask("DELETE", "/exchanges/{v}/x").status == 204
    assert objects.ask("DELETE", "/exchanges/{v}/x").status == 404


def test_an_exchange_is_direct_unless_it_says_otherwise(objects):
    objects.do("PUT", "/exchanges/{v}/x")
    assert objects.get("/exchanges/{v}/x")["type"] == "direct"


def test_the_default_exchange_goes_by_a_name_of_its_own(objects):
    assert objects.get("/exchanges/{v}/amq.default")["name"] == ""
    assert objects.ask("DELETE", "/exchanges/{v}/amq.default").status == 401
    assert objects.ask("PUT", "/exchanges/{v}/amq.default").status == 401


def test_every_exchange_is_listed_in_order(objects):
    objects.do("PUT", "/exchanges/{v}/amber")
    names = [each["name"] for each in objects.get("/exchanges/{v}")]
    assert names == sorted(names)
    assert {"", "amber", "amq.topic"} <= set(names)
    assert {each["name"] for each in objects.get("/exchanges?disable_stats=true")} >= set(names)


def test_one_that_is_used_is_spared_if_that_is_asked_for(objects):
    objects.do("PUT", "/exchanges/{v}/x")
    objects.do("PUT", "/queues/{v}/q")
    objects.do("POST", "/bindings/{v}/e/x/q/q")
    answer = objects.ask("DELETE", "/exchanges/{v}/x?if-unused=true")
    assert (answer.status, answer.body["reason"]) == (
        400,
        f"exchange 'x' in vhost '{objects.vhost}' in use",
    )


def test_what_leveret_adds_can_be_declared_too(objects):
    told = {"type": "x-delayed-message", "arguments": {"x-delayed-type": "direct"}}
    assert objects.ask("PUT", "/exchanges/{v}/later", told).status == 201
    assert objects.get("/exchanges/{v}/later")["type"] == "x-delayed-message"


def test_a_type_that_is_no_text_is_refused(objects):
    assert objects.ask("PUT", "/exchanges/{v}/x", {"type": 5}).body["reason"] == [
        "not_string",
        "type",
    ]
