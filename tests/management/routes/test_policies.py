"""Policies, and the operator's limits on them: the same routes over two rows."""

import pytest

from leveret.management.routes import policies as routes

NOT_THERE = (404, "Not Found")
PLACE = {"vhost": "/", "name": "p"}
POLICY = {"pattern": "^x", "definition": {"max-length": 3}}
SHOWN = {**PLACE, **POLICY, "apply-to": "all", "priority": 0}


@pytest.fixture(params=["policy", "operator_policy"])
def verbs(request):
    kind = request.param
    plural = kind.replace("policy", "policies")
    return {
        "put": getattr(routes, f"put_{kind}"),
        "show": getattr(routes, f"show_{kind}"),
        "delete": getattr(routes, f"delete_{kind}"),
        "list": getattr(routes, f"list_{plural}"),
        "list in vhost": getattr(routes, f"list_{plural}_in_vhost"),
    }


def test_a_policy_is_set_shown_and_cleared(office, verbs):
    assert office.refusal(verbs["show"], **PLACE) == NOT_THERE
    assert office.ask(verbs["put"], POLICY, **PLACE) == 201
    assert office.ask(verbs["put"], POLICY, **PLACE) == 204
    assert office.ask(verbs["show"], **PLACE) == SHOWN
    assert office.ask(verbs["list"]) == [SHOWN]
    assert office.ask(verbs["list in vhost"], vhost="/") == [SHOWN]
    assert office.ask(verbs["delete"], **PLACE) == 204
    assert office.refusal(verbs["delete"], **PLACE) == NOT_THERE


def test_each_row_has_its_own(office):
    office.ask(routes.put_policy, POLICY, **PLACE)
    assert office.ask(routes.list_operator_policies) == []


def test_those_of_vhosts_that_one_may_not_enter_are_not_listed(office, verbs):
    office.ask(verbs["put"], POLICY, **PLACE)
    office.broker.users.add("bob", "pw", frozenset({"monitoring"}))
    assert office.ask(verbs["list"], by="bob") == []


def test_what_is_told_holds(office, verbs):
    told = {**POLICY, "priority": 1.5, "apply-to": "queues", "name": "other", "vhost": "other"}
    office.ask(verbs["put"], told, **PLACE)
    shown = office.ask(verbs["show"], **PLACE)
    assert shown == {**SHOWN, "priority": 1.5, "apply-to": "queues"}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({}, "[{key_missing,pattern},{key_missing,definition}]"),
        ({**POLICY, "definition": {}}, "Validation failed\n\nno policy provided\n"),
        (
            {**POLICY, "pattern": 3},
            "Validation failed\n\npattern should be a binary but was 3\n",
        ),
        ({**POLICY, "definition": []}, "definition should be an object"),
        ({**POLICY, "apply-to": 3}, "apply-to should be a string"),
        ({**POLICY, "apply-to": None}, None),
        ({**POLICY, "priority": "1"}, None),
    ],
)
def test_what_is_no_policy_is_refused(office, verbs, told, reason):
    status, found = office.refusal(verbs["put"], told, **PLACE)
    assert status == 400
    assert reason in (None, found)
    assert office.refusal(verbs["show"], **PLACE) == NOT_THERE


def test_what_is_wrong_with_a_policy_is_told_as_html(office):
    told = {**POLICY, "definition": {"foo": 3}}
    assert "&lt;&lt;" in office.refusal(routes.put_policy, told, **PLACE)[1]
    assert "<<" in office.refusal(routes.put_operator_policy, told, **PLACE)[1]


def test_a_missing_vhost_is_told_before_the_body_is_looked_at(office, verbs):
    place = {**PLACE, "vhost": "none"}
    assert office.refusal(verbs["put"], {}, **place) == (404, "vhost_not_found")
    assert office.refusal(verbs["show"], **place) == NOT_THERE
