"""From requests to calls and from answers to responses, whatever the resource."""

import logging

import pytest

from tests.management.asking import asking


def test_every_get_answers_head_without_a_body(api):
    shown, headed = api.get("/api/whoami"), api.ask("HEAD", "/api/whoami")
    assert (headed.status, headed.content) == (200, b"")
    assert headed.headers["content-length"] == shown.headers["content-length"]


def test_options_names_the_methods_to_anybody(api):
    told = api.ask("OPTIONS", "/api/whoami", user=None)
    assert (told.status, told.headers["allow"]) == (200, "HEAD, GET, OPTIONS")


def test_a_method_that_is_not_there_is_told_before_who_asks(api):
    told = api.ask("DELETE", "/api/whoami", user=None)
    assert (told.status, told.headers["allow"]) == (405, "HEAD, GET, OPTIONS")


@pytest.mark.parametrize("path", ["/api/hares", "/hares", "/api/whoami/x"])
def test_what_is_not_there_is_said_in_json(api, path):
    told = api.get(path)
    assert told.status == 404
    assert told.json == {"error": "Object Not Found", "reason": "Not Found"}


def test_a_slash_at_the_end_changes_nothing(api):
    assert api.get("/api/whoami/").json == api.get("/api/whoami").json


def test_answers_are_not_kept_by_anybody(api):
    assert api.get("/api/whoami").headers["cache-control"] == "no-cache"


def test_a_prefix_stands_before_every_path():
    import dataclasses

    from leveret import Settings

    settings = Settings()
    settings = dataclasses.replace(
        settings, http=dataclasses.replace(settings.http, path_prefix="/mq")
    )
    with asking(settings=settings) as api:
        assert api.get("/mq/api/whoami").status == 200
        assert api.get("/api/whoami").status == 404


def test_a_bug_of_ours_costs_one_request(monkeypatch, caplog):
    from leveret.management import api as routes
    from leveret.management.resource import USER, Resource

    def broken(_call):
        raise ZeroDivisionError

    resource = Resource("/broken", USER, "Fails.", get=broken)
    monkeypatch.setattr("leveret.management.app.RESOURCES", (*routes.RESOURCES, resource))
    with asking() as api, caplog.at_level(logging.ERROR):
        told = api.get("/api/broken")
        assert (told.status, told.json["error"]) == (500, "internal_error")
        assert api.get("/api/whoami").status == 200
    assert "GET /api/broken failed" in caplog.text
