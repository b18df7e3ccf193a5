"""Attempts to log in, logging in by a form, hashes of passwords."""

import base64

import pytest

from leveret.broker.attempts import HTTP
from leveret.broker.passwords import SHA256, is_right
from leveret.management.routes import logins as routes

NOT_THERE = (404, "Not Found")
FORM = {"content-type": "application/x-www-form-urlencoded"}


def test_attempts_are_listed_by_protocol_and_forgotten(office):
    node, attempts = office.broker.node, office.broker.logins.attempts
    attempts.succeeded("192.0.2.1", "ada")
    attempts.failed("192.0.2.1", "ada", HTTP)
    counted = {"auth_attempts": 1, "auth_attempts_failed": 0, "auth_attempts_succeeded": 1}
    failed = {"auth_attempts": 1, "auth_attempts_failed": 1, "auth_attempts_succeeded": 0}
    assert office.ask(routes.list_attempts, node=node) == [
        {"protocol": "amqp091", **counted},
        {"protocol": "http", **failed},
    ]
    assert office.ask(routes.forget_attempts, node=node) == 204
    assert office.ask(routes.list_attempts, node=node) == []


def test_attempts_are_listed_by_source_once_they_are_counted_so(office):
    node, attempts = office.broker.node, office.broker.logins.attempts
    attempts.succeeded("192.0.2.1", "ada")
    assert office.ask(routes.list_attempts_by_source, node=node) == []
    attempts.tracks_sources = True
    attempts.succeeded("192.0.2.1", "ada", HTTP)
    assert office.ask(routes.list_attempts_by_source, node=node) == [
        {
            "remote_address": "192.0.2.1",
            "username": "ada",
            "protocol": "http",
            "auth_attempts": 1,
            "auth_attempts_failed": 0,
            "auth_attempts_succeeded": 1,
        }
    ]


def test_another_node_is_not_there(office):
    for handler in (routes.list_attempts, routes.list_attempts_by_source, routes.forget_attempts):
        assert office.refusal(handler, node="other") == NOT_THERE


def test_a_hash_is_one_of_the_password(office):
    for told in (
        office.ask(routes.hash_of_path, password="pw"),
        office.ask(routes.hash_of_body, {"password": "pw"}),
    ):
        assert is_right("pw", base64.b64decode(told["ok"]), SHA256)
    assert office.refusal(routes.hash_of_body, {"password": 3})[0] == 400


def test_a_form_with_the_right_password_lets_in(office):
    call = office.call(b"username=ada&password=secret", headers=FORM)
    answer = routes.log_in(call)
    token = base64.b64encode(b"ada:secret").decode()
    assert (answer.value, answer.headers) == ("ok", {"set-cookie": f"auth={token}; Version=1"})


@pytest.mark.parametrize(
    "content",
    [b"", b"username=ada", b"password=secret", b"username=ada&password=wrong", b"%zz", b"{}"],
)
def test_any_other_form_does_not(office, content):
    assert office.refusal(routes.log_in, content, headers=FORM) == (401, "Login failed")


def test_who_may_not_use_the_api_is_told_so(office):
    office.broker.users.add("bob", "pw")
    refused = office.refusal(routes.log_in, b"username=bob&password=pw", headers=FORM)
    assert refused == (401, "Not management user")
