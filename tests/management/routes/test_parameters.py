"""Runtime parameters of vhosts and of the whole broker."""

import pytest

from leveret.broker.policies import Policy
from leveret.management.routes import parameters as routes

NOT_THERE = (404, "Not Found")
LIMITS = {"component": "vhost-limits", "vhost": "/", "name": "limits"}
VALUE = {"max-queues": 3}


def test_a_parameter_is_set_shown_and_cleared(office):
    assert office.refusal(routes.show_parameter, **LIMITS) == NOT_THERE
    assert office.ask(routes.put_parameter, {"value": VALUE}, **LIMITS) == 201
    assert office.ask(routes.put_parameter, {"value": VALUE}, **LIMITS) == 204
    assert office.ask(routes.show_parameter, **LIMITS) == {**LIMITS, "value": VALUE}
    assert office.ask(routes.delete_parameter, **LIMITS) == 204
    assert office.refusal(routes.delete_parameter, **LIMITS) == NOT_THERE


def test_only_what_is_in_vhosts_that_one_may_enter_is_listed(office):
    office.ask(routes.put_parameter, {"value": VALUE}, **LIMITS)
    office.broker.add_vhost("v")
    office.broker.users.add("bob", "pw", frozenset({"policymaker"}))
    office.broker.set_permission("bob", "v")
    place = {"component": "vhost-limits", "vhost": "/"}
    assert len(office.ask(routes.list_parameters)) == 1
    assert len(office.ask(routes.list_component, component="vhost-limits")) == 1
    assert len(office.ask(routes.list_component_in_vhost, **place)) == 1
    assert office.ask(routes.list_parameters, by="bob") == []
    assert office.ask(routes.list_component, by="bob", component="vhost-limits") == []


def test_policies_are_shown_where_they_are_asked_for_and_set_elsewhere(office):
    office.broker.parameters.set_policy("/", Policy("p", "x", {"max-length": 3}))
    place = {"component": "policy", "vhost": "/", "name": "p"}
    assert office.ask(routes.list_parameters) == []
    assert len(office.ask(routes.list_component, component="policy")) == 1
    assert office.ask(routes.show_parameter, **place)["name"] == "p"
    reason = "policies may not be set using this method"
    assert office.refusal(routes.put_parameter, {"value": {}}, **place) == (400, reason)
    reason = "policies may not be cleared using this method"
    assert office.refusal(routes.delete_parameter, **place) == (400, reason)


@pytest.mark.parametrize(
    ("place", "told", "reason"),
    [
        (LIMITS, {}, "[{key_missing,value}]"),
        (
            LIMITS,
            {"value": {"foo": 3}},
            'Validation failed\n\nUnrecognised terms [{&lt;&lt;"foo"&gt;&gt;,3}] in limits\n',
        ),
        (
            {**LIMITS, "component": "none"},
            {"value": 1},
            "Validation failed\n\ncomponent none not found\n",
        ),
    ],
)
def test_what_is_no_parameter_is_refused(office, place, told, reason):
    assert office.refusal(routes.put_parameter, told, **place) == (400, reason)
    assert office.ask(routes.list_parameters) == []


def test_a_missing_vhost_is_told_before_the_body_is_looked_at(office):
    place = {**LIMITS, "vhost": "none"}
    assert office.refusal(routes.put_parameter, {}, **place) == (404, "vhost_not_found")


def test_a_global_parameter_is_any_value(office):
    for value in (None, True, 1.5, "text", [], {}, {"a": [1, None, {}]}):
        office.ask(routes.put_global, {"value": value}, name="g")
        assert office.ask(routes.show_global, name="g") == {"name": "g", "value": value}


def test_a_global_parameter_is_set_listed_and_cleared(office):
    assert office.ask(routes.put_global, {"value": 1}, name="g") == 201
    assert office.ask(routes.put_global, {"value": 2}, name="g") == 204
    assert office.ask(routes.list_globals) == [{"name": "g", "value": 2}]
    assert office.ask(routes.delete_global, name="g") == 204
    assert office.refusal(routes.delete_global, name="g") == NOT_THERE


def test_a_value_that_nobody_could_keep_is_refused(office):
    deep = 1
    for _ in range(500):
        deep = [deep]
    assert office.refusal(routes.put_global, {"value": deep}, name="g")[0] == 400
    assert office.ask(routes.list_globals) == []
