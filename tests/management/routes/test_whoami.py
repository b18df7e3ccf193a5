"""GET /whoami, /auth, /version."""

import pytest


def test_who_asks_is_told(live):
    assert live.get("/whoami") == {"name": "guest", "tags": ["administrator"]}
    assert live.get("/whoami", user="keeper") == {"name": "keeper", "tags": ["management"]}


def test_who_has_no_tag_is_not_told(live):
    reply = live.ask("GET", "/whoami", user="nobody")
    assert (reply.status, reply.body["reason"]) == (401, "Not management user")


@pytest.mark.parametrize("user", [None, "stranger", "guest"])
def test_how_to_log_in_may_be_known_by_anybody(live, user):
    told = {"enable_uaa": False, "uaa_client_id": "", "uaa_location": ""}
    assert live.get("/auth", user=user) == told
    assert live.get("/version", user=user) == live.broker.settings.product_version
