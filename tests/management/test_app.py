"""From requests to calls and from answers to responses, whatever the resource."""

import asyncio
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


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_of_dots_may_be_said_so_that_no_browser_changes_it(api, name):
    path, other = f"/api/queues/%2F/{name};", f"/api/queues/%2F/{name}%3B"
    assert api.ask("PUT", path, {}).status == 201
    assert api.get(path).json["name"] == name
    assert api.get(f"/api/queues/%2F/{name}").json["name"] == name
    assert api.get(other).status == 404
    assert api.ask("DELETE", path).status == 204
    assert api.get(path).status == 404


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


# In a cluster ------------------------------------------------------------------------------------

# What neither changes what all nodes know, nor waits until it may.
NEEDS_NO_PEN = {
    ("POST", "/rebalance/queues"),
    ("DELETE", "/reset"),
    ("DELETE", "/reset/{node}"),
    ("DELETE", "/connections/username/{user}"),
    ("DELETE", "/connections/{name}"),
    ("PUT", "/feature-flags/{name}/enable"),
    ("POST", "/login"),
    ("POST", "/session"),
    ("DELETE", "/session"),
    ("DELETE", "/auth/attempts/{node}"),
    ("DELETE", "/auth/attempts/{node}/source"),
    ("POST", "/auth/hash_password"),
    ("POST", "/exchanges/{vhost}/{name}/publish"),
    ("POST", "/exchanges/{vhost}/{name}/explain"),
    ("POST", "/queues/{vhost}/{name}/get"),
    ("DELETE", "/queues/{vhost}/{name}/contents"),
    ("POST", "/queues/{vhost}/{name}/actions"),
    ("POST", "/queues/{vhost}/{name}/messages/delete"),
    ("POST", "/queues/{vhost}/{name}/messages/move"),
    ("POST", "/queues/{vhost}/{name}/messages/replay"),
    ("POST", "/queues/{vhost}/{name}/messages/republish"),
    ("POST", "/queues/{vhost}/{name}/messages/requeue"),
}
# What takes it a slice at a time.
TAKES_IT_ITSELF = {
    ("POST", "/definitions"),
    ("POST", "/all-configuration"),
    ("POST", "/definitions/{vhost}"),
}


def test_whatever_writes_does_so_with_the_pen_in_hand_but_for_these():
    from leveret.management.api import RESOURCES

    without = {
        (method, each.path)
        for each in RESOURCES
        for method in each.handlers
        if method != "GET" and method not in each.commits
    }
    assert without == NEEDS_NO_PEN | TAKES_IT_ITSELF


async def asked_in_cluster(act):
    """What an app answers whose broker is one of several; act(app, pen)."""
    from types import SimpleNamespace

    from leveret.config import Settings
    from leveret.management.app import make_app
    from leveret.statistics.statistics import Statistics
    from tests.broker.hand_pen import give_pen
    from tests.management.asked import new_broker

    broker = new_broker()
    host = SimpleNamespace(
        broker=broker, settings=Settings(), statistics=Statistics(broker), peers=None
    )
    pen = give_pen(broker)
    return await act(make_app(host), broker, pen)


async def reply_of(app, method, path, content=b"{}"):
    from leveret.management.elsewhere.desk import reply_to
    from leveret.management.question import Question

    return await reply_to(app, Question(method, path, content=content, user="ada"), "")


def test_what_changes_metadata_waits_for_the_pen():
    async def act(app, broker, pen):
        asking = asyncio.create_task(reply_of(app, "PUT", "/queues/%2F/q"))
        await asyncio.sleep(0.05)
        assert not asking.done()
        assert not broker.vhosts["/"].queues
        pen.come()
        assert "q" in broker.vhosts["/"].queues
        assert (await asking).status == 201

    asyncio.run(asked_in_cluster(act))


def test_without_a_pen_that_is_told_with_a_reason():
    async def act(app, broker, pen):
        asking = asyncio.create_task(reply_of(app, "PUT", "/queues/%2F/q"))
        await asyncio.sleep(0.05)
        pen.give_up()
        reply = await asking
        assert reply.status == 503
        assert b"majority" in reply.content
        assert not broker.vhosts["/"].queues

    asyncio.run(asked_in_cluster(act))


def test_what_was_undone_before_it_was_looked_for_is_told_too():
    async def act(app, broker, pen):
        asking = asyncio.create_task(reply_of(app, "PUT", "/queues/%2F/q"))
        await asyncio.sleep(0.05)
        pen.come()
        broker.awaiting.lose()
        assert (await asking).status == 503

    asyncio.run(asked_in_cluster(act))


def test_what_changes_none_waits_for_nothing():
    async def act(app, _broker, pen):
        assert (await reply_of(app, "GET", "/queues")).status == 200
        assert (
            await reply_of(app, "POST", "/auth/hash_password", b'{"password":"x"}')
        ).status == 200
        assert pen.wishes == []

    asyncio.run(asked_in_cluster(act))
