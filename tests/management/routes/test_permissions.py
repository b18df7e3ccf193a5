"""What users may do in vhosts, and what they may say to topic exchanges."""

import pytest

from leveret.management.routes import permissions as routes

NOT_THERE = (404, "Not Found")
NOWHERE = (400, "vhost_or_user_not_found")
PLACE = {"vhost": "/", "user": "bob"}
RIGHTS = {"configure": "c", "write": "w", "read": "r"}
TOPICS = {"exchange": "amq.topic", "write": "w", "read": "r"}


@pytest.fixture
def office(office):
    office.broker.users.add("bob", "pw")
    return office


def test_a_permission_is_set_shown_and_taken_away(office):
    assert office.refusal(routes.show_permission, **PLACE) == NOT_THERE
    assert office.ask(routes.put_permission, RIGHTS, **PLACE) == 201
    assert office.ask(routes.put_permission, RIGHTS, **PLACE) == 204
    assert office.ask(routes.show_permission, **PLACE) == {**PLACE, **RIGHTS}
    assert office.ask(routes.delete_permission, **PLACE) == 204
    assert office.refusal(routes.delete_permission, **PLACE) == NOT_THERE


def test_permissions_are_listed_by_vhost_and_by_user(office):
    office.broker.add_vhost("v")
    office.ask(routes.put_permission, RIGHTS, **PLACE)
    mine = {**PLACE, **RIGHTS}
    assert mine in office.ask(routes.list_permissions)
    assert mine in office.ask(routes.list_permissions_in_vhost, vhost="/")
    assert office.ask(routes.list_permissions_in_vhost, vhost="v") == []
    assert office.ask(routes.list_permissions_of_user, user="bob") == [mine]
    assert office.refusal(routes.list_permissions_of_user, user="none") == NOT_THERE
    assert office.refusal(routes.list_permissions_in_vhost, vhost="none") == NOT_THERE


@pytest.mark.parametrize("place", [{**PLACE, "vhost": "none"}, {**PLACE, "user": "none"}])
def test_where_or_who_is_not_there_is_asked_first(office, place):
    assert office.refusal(routes.put_permission, {}, **place) == NOWHERE
    assert office.refusal(routes.put_topic_permission, {}, **place) == NOWHERE


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"write": ""}, "[{key_missing,configure},{key_missing,read}]"),
        ({**RIGHTS, "read": 3}, "read should be a string"),
        ({**RIGHTS, "read": "("}, "regular expression '(' is invalid: missing ) at 1"),
    ],
)
def test_a_permission_that_is_none_is_refused(office, told, reason):
    assert office.refusal(routes.put_permission, told, **PLACE) == (400, reason)
    assert office.refusal(routes.show_permission, **PLACE) == NOT_THERE


def test_topic_permissions_are_set_by_exchange_and_shown_together(office):
    assert office.refusal(routes.show_topic_permissions, **PLACE) == NOT_THERE
    assert office.ask(routes.put_topic_permission, TOPICS, **PLACE) == 201
    assert office.ask(routes.put_topic_permission, {**TOPICS, "exchange": "x"}, **PLACE) == 204
    shown = [{**PLACE, **TOPICS}, {**PLACE, **TOPICS, "exchange": "x"}]
    assert office.ask(routes.show_topic_permissions, **PLACE) == shown
    assert office.ask(routes.show_topic_permissions, **PLACE, exchange="x") == shown
    assert office.ask(routes.list_topic_permissions) == shown
    assert office.ask(routes.list_topic_permissions_in_vhost, vhost="/") == shown
    assert office.ask(routes.list_topic_permissions_of_user, user="bob") == shown


def test_topic_permissions_go_by_exchange_or_all_at_once(office):
    for exchange in ("x", "y", "z"):
        office.ask(routes.put_topic_permission, {**TOPICS, "exchange": exchange}, **PLACE)
    assert office.ask(routes.delete_topic_permissions, **PLACE, exchange="x") == 204
    assert len(office.ask(routes.show_topic_permissions, **PLACE)) == 2
    assert office.ask(routes.delete_topic_permissions, **PLACE) == 204
    assert office.refusal(routes.delete_topic_permissions, **PLACE) == NOT_THERE


@pytest.mark.parametrize(
    "told",
    [{}, {**TOPICS, "exchange": 3}, {**TOPICS, "write": 3}, {**TOPICS, "read": "("}],
)
def test_a_topic_permission_that_is_none_is_refused(office, told):
    assert office.refusal(routes.put_topic_permission, told, **PLACE)[0] == 400
    assert office.refusal(routes.show_topic_permissions, **PLACE) == NOT_THERE
