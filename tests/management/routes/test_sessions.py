"""Logging in to the console and out, over a real socket."""

import pytest

from tests.management.asking import asking

CONSOLE = {"x-leveret-console": "1"}
GUEST = {"username": "guest", "password": "guest"}


def log_in(api, said=None):
    return api.ask("POST", "/api/session", said or GUEST, user=None, headers=CONSOLE)


def with_cookie(told):
    return {"cookie": told.headers["set-cookie"].partition(";")[0]}


def test_a_session_is_believed_until_its_end(api):
    told = log_in(api)
    assert (told.status, told.json["name"], told.json["expires_in"]) == (200, "guest", 28800)
    headers = {**with_cookie(told), **CONSOLE}
    assert api.ask("GET", "/api/whoami", user=None, headers=headers).json["name"] == "guest"
    ended = api.ask("DELETE", "/api/session", user=None, headers=headers)
    assert (ended.status, "Max-Age=0" in ended.headers["set-cookie"]) == (204, True)
    assert api.ask("GET", "/api/whoami", user=None, headers=headers).status == 401


def test_a_session_tells_who_has_it_and_where_he_may_act(api):
    api.ask("PUT", "/api/users/keeper", {"password": "x", "tags": "administrator"})
    all_rights = {"configure": ".*", "write": ".*", "read": ".*"}
    api.ask("PUT", "/api/permissions/%2F/keeper", all_rights)
    told = log_in(api, {"username": "keeper", "password": "x"})
    assert told.json["vhosts"] == ["/"]
    headers = {**with_cookie(told), **CONSOLE}
    api.ask("PUT", "/api/vhosts/shop", {}, user="keeper:x")
    shown = api.ask("GET", "/api/session", user=None, headers=headers).json
    amqp = {"port": api.broker.port, "ssl": False}
    assert shown == {
        "name": "keeper", "tags": ["administrator"], "vhosts": ["/", "shop"], "amqp": amqp
    }  # fmt: skip
    api.ask("DELETE", "/api/permissions/shop/keeper")
    assert api.ask("GET", "/api/session", user=None, headers=headers).json["vhosts"] == ["/"]
    assert api.ask("GET", "/api/session", user=None, headers=CONSOLE).status == 401


def test_the_cookie_alone_is_not_believed(api):
    headers = with_cookie(log_in(api))
    assert api.ask("GET", "/api/whoami", user=None, headers=headers).status == 401


def test_the_console_asks_for_a_password_itself(api):
    told = api.ask("GET", "/api/whoami", user=None, headers=CONSOLE)
    assert (told.status, "www-authenticate" in told.headers) == (401, False)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({**GUEST, "password": "wrong"}, 401),
        ({"username": "nobody", "password": "x"}, 401),
        ({"username": "guest"}, 400),
        ({"username": "guest", "password": 3}, 400),
    ],
)
def test_nobody_else_is_given_one(api, said, status):
    told = log_in(api, said)
    assert (told.status, "set-cookie" in told.headers) == (status, False)


def test_a_session_may_do_what_its_user_may(api):
    told = log_in(api, {"username": "monitoring", "password": "x"})
    headers = {**with_cookie(told), **CONSOLE}
    assert api.ask("GET", "/api/nodes", user=None, headers=headers).status == 200
    refused = api.ask("GET", "/api/users", user=None, headers=headers)
    assert (refused.status, refused.json["reason"]) == (401, "Not administrator user")


def test_how_long_a_session_lasts_is_a_setting():
    from dataclasses import replace

    from leveret import Settings

    settings = Settings()
    settings = replace(settings, http=replace(settings.http, session_minutes=1, path_prefix="/mq"))
    with asking(settings=settings) as api:
        told = api.ask("POST", "/mq/api/session", GUEST, user=None, headers=CONSOLE)
        assert told.json["expires_in"] == 60
        assert "; Path=/mq; Max-Age=60;" in told.headers["set-cookie"]
