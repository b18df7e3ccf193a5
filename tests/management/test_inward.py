"""Requests that reach the app without a socket."""

import asyncio

from starlette.responses import PlainTextResponse, StreamingResponse

from leveret.management.inward import Inward, perform

SCOPE = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "scheme": "https",
    "root_path": "",
    "headers": [(b"cookie", b"a=b")],
    "client": ("127.0.0.9", 5),
    "server": ("127.0.0.1", 15672),
    "path_params": {"vhost": "/"},
}


def asked(path, app, **scope):
    inward = Inward({**SCOPE, "app": app, **scope}, "/mq/api")
    return asyncio.run(inward.get(path))


def test_another_path_is_asked_for_by_who_asks_here():
    seen = []

    async def app(scope, receive, send):
        seen.append(scope)
        await PlainTextResponse("told", 203)(scope, receive, send)

    reply = asked("queues/%2F?page=1&name=a%26b", app)
    assert (reply.status, reply.content, reply.content_type) == (
        203, b"told", "text/plain; charset=utf-8",
    )  # fmt: skip
    (scope,) = seen
    assert scope["raw_path"] == b"/mq/api/queues/%2F"
    assert (scope["path"], scope["query_string"]) == ("/mq/api/queues/%2F", b"page=1&name=a%26b")
    for name in ("scheme", "headers", "client", "server"):
        assert scope[name] == SCOPE[name]
    assert "path_params" not in scope
    assert Inward(scope, "").is_within
    assert not Inward(SCOPE, "").is_within


def test_an_answer_in_pieces_comes_whole():
    async def pieces():
        for each in (b"one ", b"two"):
            yield each

    async def app(scope, receive, send):
        await StreamingResponse(pieces())(scope, receive, send)

    assert asked("x", app).content == b"one two"


def test_the_body_is_read_once():
    async def app(scope, receive, send):
        event = await receive()
        assert event == {"type": "http.request", "body": b"said", "more_body": False}
        await PlainTextResponse("")(scope, receive, send)

    assert asyncio.run(perform(app, SCOPE, b"said")).status == 200
