"""Accounts, as administrators see and set them."""

import base64

import pytest

from leveret.broker.passwords import NO_PASSWORD
from leveret.management.routes import users

NOT_THERE = (404, "Not Found")
RIGHTS = {"configure": "c", "write": "w", "read": "r"}


def test_an_account_is_made_and_then_changed(office):
    assert office.ask(users.put_user, {"password": "pw", "tags": "a, b"}, user="bob") == 201
    assert office.ask(users.put_user, {"password": "pw", "tags": ["c"]}, user="bob") == 204
    assert office.broker.users.find("bob").tags == {"c"}
    assert office.broker.users.authenticate("bob", "pw")


def test_an_account_without_password_lets_nobody_in(office):
    office.ask(users.put_user, {"password": "pw", "tags": ""}, user="bob")
    office.ask(users.put_user, {"tags": ""}, user="bob")
    assert office.broker.users.find("bob").password_hash == NO_PASSWORD


def test_a_hash_made_elsewhere_is_kept_as_it_is(office):
    told = base64.b64encode(b"salt and digest").decode()
    algorithm = "rabbit_password_hashing_sha512"
    body = {"password_hash": told, "tags": "z,a", "hashing_algorithm": algorithm}
    office.ask(users.put_user, body, user="bob")
    assert office.ask(users.show_user, user="bob") == {
        "name": "bob",
        "password_hash": told,
        "hashing_algorithm": algorithm,
        "tags": ["a", "z"],
        "limits": {},
    }


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({}, "tags_not_present"),
        ({"password": "x"}, "tags_not_present"),
        (
            {"password": "x", "password_hash": "", "tags": ""},
            "both_password_and_password_hash_are_provided",
        ),
        ({"password_hash": "z!", "tags": ""}, ["not_base64", "z!"]),
        ({"password_hash": 3, "tags": ""}, ["not_base64", 3]),
        ({"password": "x", "tags": "", "limits": {"foo": 3}}, None),
        ({"password": "x", "tags": "", "limits": 3}, None),
        ({"password": 3, "tags": ""}, None),
        ({"password": "x", "tags": [3]}, None),
        ({"password_hash": "", "tags": "", "hashing_algorithm": "nosuch"}, None),
        ({"tags": "", "permissions": {"none": RIGHTS}}, ["no_such_vhost", "none"]),
        ({"tags": "", "permissions": {"/": {**RIGHTS, "read": "("}}}, None),
        ({"tags": "", "permissions": {"/": {}}}, "configure should be a string"),
        ({"tags": "", "permissions": 3}, "permissions should be an object"),
    ],
)
def test_an_account_that_is_refused_is_not_made(office, told, reason):
    status, found = office.refusal(users.put_user, told, user="bob")
    assert status == 400
    assert reason in (None, found)
    assert office.broker.users.get("bob") is None


def test_a_name_that_amqp_cannot_say_is_refused(office):
    assert office.refusal(users.put_user, {"tags": ""}, user="x" * 256)[0] == 400


def test_limits_come_beside_those_that_are_there(office):
    office.ask(users.put_user, {"tags": "", "limits": {"max-channels": 1}}, user="bob")
    office.ask(users.put_user, {"tags": "", "limits": {"max-connections": 2}}, user="bob")
    office.ask(users.put_user, {"tags": "", "limits": {}}, user="bob")
    limits = {"max-channels": 1, "max-connections": 2}
    assert office.ask(users.show_user, user="bob")["limits"] == limits


def test_permissions_are_taken_for_a_new_account_only(office):
    office.ask(users.put_user, {"tags": "", "permissions": {"/": RIGHTS}}, user="bob")
    other = {"/": {**RIGHTS, "read": "other"}}
    office.ask(users.put_user, {"tags": "", "permissions": other}, user="bob")
    assert office.broker.permissions.get("bob", "/").read == "r"


def test_those_without_permissions_are_listed(office):
    office.broker.users.add("bob", "pw")
    assert [each["name"] for each in office.ask(users.list_users)] == ["ada", "bob"]
    assert [each["name"] for each in office.ask(users.list_strangers)] == ["bob"]


def test_an_account_is_deleted_once(office):
    office.broker.users.add("bob", "pw")
    assert office.ask(users.delete_user, user="bob") == 204
    assert office.refusal(users.delete_user, user="bob") == NOT_THERE
    assert office.refusal(users.show_user, user="bob") == NOT_THERE


def test_many_are_deleted_at_once_or_none_is(office):
    for name in ("bob", "cleo"):
        office.broker.users.add(name, "pw")
    told = {"users": ["bob", "none"]}
    assert office.refusal(users.delete_users, told) == (400, ["no_such_user", "none"])
    assert office.broker.users.get("bob")
    assert office.ask(users.delete_users, {"users": ["bob", "cleo"]}) == 204
    assert not office.broker.users.get("bob")


@pytest.mark.parametrize("told", [{}, {"users": "bob"}, {"users": [3]}, {"users": [[]]}])
def test_what_is_no_list_of_accounts_is_refused(office, told):
    assert office.refusal(users.delete_users, told)[0] == 400
