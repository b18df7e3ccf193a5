"""Exchanges over HTTP. What RabbitMQ answers to the same is compared in tests/conformance."""


def test_an_exchange_is_declared_shown_and_deleted(api):
    told = {"type": "topic", "internal": True, "arguments": {"a": 1}}
    assert api.ask("PUT", "/exchanges/{v}/x", told).status == 201
    assert api.ask("PUT", "/exchanges/{v}/x", told).status == 204
    shown = api.get("/exchanges/{v}/x")
    assert {name: shown[name] for name in told} == told
    assert api.ask("DELETE", "/exchanges/{v}/x").status == 204
    assert api.ask("DELETE", "/exchanges/{v}/x").status == 404


def test_an_exchange_is_direct_unless_it_says_otherwise(api):
    api.do("PUT", "/exchanges/{v}/x")
    assert api.get("/exchanges/{v}/x")["type"] == "direct"


def test_the_default_exchange_goes_by_a_name_of_its_own(api):
    assert api.get("/exchanges/{v}/amq.default")["name"] == ""
    assert api.ask("DELETE", "/exchanges/{v}/amq.default").status == 401
    assert api.ask("PUT", "/exchanges/{v}/amq.default").status == 401


def test_every_exchange_is_listed_in_order(api):
    api.do("PUT", "/exchanges/{v}/amber")
    names = [each["name"] for each in api.get("/exchanges/{v}")]
    assert names == sorted(names)
    assert {"", "amber", "amq.topic"} <= set(names)
    assert {each["name"] for each in api.get("/exchanges?disable_stats=true")} >= set(names)


def test_one_that_is_used_is_spared_if_that_is_asked_for(api):
    api.do("PUT", "/exchanges/{v}/x")
    api.do("PUT", "/queues/{v}/q")
    api.do("POST", "/bindings/{v}/e/x/q/q")
    answer = api.ask("DELETE", "/exchanges/{v}/x?if-unused=true")
    assert (answer.status, answer.body["reason"]) == (
        400,
        f"exchange 'x' in vhost '{api.vhost}' in use",
    )


def test_what_leveret_adds_can_be_declared_too(api):
    told = {"type": "x-delayed-message", "arguments": {"x-delayed-type": "direct"}}
    assert api.ask("PUT", "/exchanges/{v}/later", told).status == 201
    assert api.get("/exchanges/{v}/later")["type"] == "x-delayed-message"


def test_a_type_that_is_no_text_is_refused(api):
    assert api.ask("PUT", "/exchanges/{v}/x", {"type": 5}).body["reason"] == ["not_string", "type"]
