"""Limits of vhosts and of users."""

import pytest

from leveret.management.routes import limits as routes

NOT_THERE = (404, "Not Found")
VHOST = {"vhost": "/", "name": "max-queues"}
USER = {"user": "ada", "name": "max-channels"}


def test_limits_of_a_vhost_stand_beside_each_other(office):
    assert office.ask(routes.put_vhost_limit, {"value": 3}, **VHOST) == 204
    assert (
        office.ask(routes.put_vhost_limit, {"value": 5}, vhost="/", name="max-connections") == 204
    )
    shown = [{"vhost": "/", "value": {"max-queues": 3, "max-connections": 5}}]
    assert office.ask(routes.list_vhost_limits) == shown
    assert office.ask(routes.list_limits_of_vhost, vhost="/") == shown


def test_a_vhosts_last_limit_leaves_nothing_behind(office):
    office.ask(routes.put_vhost_limit, {"value": 3}, **VHOST)
    office.ask(routes.put_vhost_limit, {"value": 3}, vhost="/", name="max-connections")
    assert office.ask(routes.delete_vhost_limit, **VHOST) == 204
    assert office.broker.limits.of_vhost("/") == {"max-connections": 3}
    assert office.ask(routes.delete_vhost_limit, vhost="/", name="max-connections") == 204
    assert office.ask(routes.list_vhost_limits) == []
    assert list(office.broker.parameters.all()) == []


def test_clearing_what_is_not_set_is_no_error(office):
    assert office.ask(routes.delete_vhost_limit, **VHOST) == 204
    assert office.ask(routes.delete_user_limit, **USER) == 204


def test_limits_of_a_user_stand_beside_each_other(office):
    assert office.ask(routes.put_user_limit, {"value": 3}, **USER) == 204
    assert (
        office.ask(routes.put_user_limit, {"value": 5}, user="ada", name="max-connections") == 204
    )
    shown = [{"user": "ada", "value": {"max-channels": 3, "max-connections": 5}}]
    assert office.ask(routes.list_user_limits) == shown
    assert office.ask(routes.list_limits_of_user, user="ada") == shown
    assert office.ask(routes.delete_user_limit, **USER) == 204
    assert office.broker.limits.of_user("ada") == {"max-connections": 5}


@pytest.mark.parametrize("told", [{}, {"value": "x"}, {"value": None}, {"value": 1.5}])
def test_what_is_no_limit_is_refused(office, told):
    assert office.refusal(routes.put_vhost_limit, told, **VHOST)[0] == 400
    assert office.refusal(routes.put_user_limit, told, **USER)[0] == 400
    assert office.ask(routes.list_vhost_limits) == office.ask(routes.list_user_limits) == []


def test_a_limit_of_another_name_is_refused_in_rabbitmqs_words(office):
    reason = 'Validation failed\n\nUnrecognised terms [{<<"x">>,3}] in limits\n'
    asked = {"vhost": "/", "name": "x"}
    assert office.refusal(routes.put_vhost_limit, {"value": 3}, **asked) == (400, reason)
    reason = 'Unrecognised terms [{<<"x">>,3}] in user-limits'
    asked = {"user": "ada", "name": "x"}
    assert office.refusal(routes.put_user_limit, {"value": 3}, **asked) == (400, reason)


def test_who_or_where_must_be_there(office):
    value, nobody, nowhere = {"value": 3}, {**USER, "user": "none"}, {**VHOST, "vhost": "none"}
    assert office.refusal(routes.put_user_limit, value, **nobody) == (400, ["no_such_user", "none"])
    assert office.refusal(routes.put_vhost_limit, value, **nowhere) == (404, "vhost_not_found")
    assert office.refusal(routes.delete_user_limit, **nobody) == NOT_THERE
    assert office.refusal(routes.delete_vhost_limit, **nowhere) == NOT_THERE
    assert office.refusal(routes.list_limits_of_user, user="none") == NOT_THERE
    assert office.refusal(routes.list_limits_of_vhost, vhost="none") == NOT_THERE


def test_limits_of_a_vhost_are_for_those_who_know_of_it(office):
    for tag in ("management", "monitoring"):
        office.broker.users.add(tag, "pw", frozenset({tag}))
    office.ask(routes.put_vhost_limit, {"value": 3}, **VHOST)
    refused = (401, "User not authorised to access virtual host")
    assert office.refusal(routes.list_limits_of_vhost, by="management", vhost="/") == refused
    assert office.ask(routes.list_vhost_limits, by="management") == []
    assert len(office.ask(routes.list_limits_of_vhost, by="monitoring", vhost="/")) == 1
