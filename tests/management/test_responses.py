"""Answers as HTTP responses."""

import asyncio

from leveret.management.answers import CREATED, Done, Item, Json, Listing, Raw
from leveret.management.look import Look
from leveret.management.query import Query
from leveret.management.responses import response_to
from leveret.management.view import View

NAMED = View({"name": lambda thing, _look: thing, "size": lambda _thing, _look: 1})


def respond(answer, query="", is_head=False):
    """Status, headers, and the whole body as it is sent."""

    async def scene():
        response = await response_to(answer, Look(None, Query(query), 0.0, None), is_head=is_head)
        sent = []

        async def send(event):
            sent.append(event)

        async def receive():
            await asyncio.Event().wait()

        await response({"type": "http", "asgi": {"spec_version": "2.4"}}, receive, send)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        body = b"".join(event.get("body", b"") for event in sent[1:])
        return sent[0]["status"], headers, body

    return asyncio.run(scene())


def test_a_thing_is_shown_with_the_columns_asked_for():
    assert respond(Item("hare", NAMED), "columns=name")[2] == b'{"name":"hare"}'


def test_a_failed_check_has_its_status():
    status, headers, body = respond(Json({"status": "failed"}, 503))
    assert (status, headers["content-type"], body) == (
        503, "application/json", b'{"status":"failed"}',
    )  # fmt: skip


def test_what_is_done_has_nothing_to_show():
    assert respond(CREATED)[::2] == (201, b"")
    assert respond(Done(201, {"location": "x"}))[1]["location"] == "x"


def test_octets_go_as_they_are():
    status, headers, body = respond(Raw(b"hare", "text/plain", {"x-hare": "yes"}))
    assert (status, headers["x-hare"], body) == (200, "yes", b"hare")


def test_octets_may_come_in_pieces():
    async def pieces():
        yield b"ha"
        yield b"re"

    assert respond(Raw(pieces(), "text/plain"))[2] == b"hare"


def test_a_short_listing_has_a_length_and_a_long_one_comes_in_pieces():
    _, headers, body = respond(Listing(["a", "b"], NAMED))
    assert int(headers["content-length"]) == len(body)
    _, headers, body = respond(Listing(["x" * 1000] * 200, NAMED))
    assert "content-length" not in headers
    assert body.count(b'"name"') == 200
    assert respond(Listing(["x" * 1000] * 200, NAMED), is_head=True)[2] == b""
