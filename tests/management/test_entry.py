"""Who is let in."""

import logging

import pytest

from leveret import Settings
from tests.management.asking import asking

REALM = 'Basic realm="RabbitMQ Management"'


def test_who_says_nothing_is_asked_for_a_name(api):
    told = api.get("/api/whoami", user=None)
    assert (told.status, told.headers["www-authenticate"], told.content) == (401, REALM, b"")


@pytest.mark.parametrize("said", ["guest:hare", "hare:guest", ":"])
def test_a_refusal_does_not_tell_what_was_wrong(api, said):
    told = api.get("/api/whoami", user=said)
    assert (told.status, told.headers["www-authenticate"]) == (401, REALM)
    assert told.json == {"error": "not_authorized", "reason": "Login failed"}


def test_another_scheme_is_no_login(api):
    told = api.ask("GET", "/api/whoami", user=None, headers={"Authorization": "Bearer x"})
    assert told.status == 401


@pytest.mark.parametrize("said", ["Basic !!!", "Basic aGFyZQ==", "Basic /w=="])
def test_a_header_that_cannot_be_read_is_a_bad_request(api, said):
    told = api.ask("GET", "/api/whoami", user=None, headers={"Authorization": said})
    assert (told.status, told.content) == (400, b"")


def test_a_user_without_a_tag_is_none_of_management(api):
    told = api.get("/api/whoami", user="nobody:x")
    assert told.status == 401
    assert told.json == {"error": "not_authorised", "reason": "Not management user"}


@pytest.mark.parametrize("tag", ["management", "policymaker", "monitoring", "administrator"])
def test_each_tag_lets_in(api, tag):
    assert api.get("/api/whoami", user=f"{tag}:x").json == {"name": tag, "tags": [tag]}


def test_many_wrong_passwords_shut_the_door_for_a_while(caplog):
    caplog.set_level(logging.CRITICAL)
    with asking(settings=Settings(login_failures_max=3)) as api:
        for _ in range(3):
            assert api.get("/api/whoami", user="guest:wrong").status == 401
        assert api.get("/api/whoami").status == 401
