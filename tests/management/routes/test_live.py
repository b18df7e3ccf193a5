"""/live"""

import contextlib
import http.client
import json
import time
from urllib.parse import quote, urlencode, urlsplit

import pytest

from leveret.management.answers import HttpRefused
from leveret.management.inward import Inward
from leveret.management.live import PATHS_MAX, STREAMS_MAX
from leveret.management.routes import live as route
from leveret.management.streams import Streams
from tests.management.routes.living import living

CONSOLE = {"x-leveret-console": "1"}


class Stream:
    """What comes. Its socket is closed behind it."""

    def __init__(self, live, paths, headers):
        where = urlsplit(live.broker.management_url)
        self._connection = http.client.HTTPConnection(where.hostname, where.port, timeout=10)
        query = urlencode([("path", each) for each in paths])
        self._connection.request("GET", f"/api/live?{query}", headers=headers)
        self.reply = self._connection.getresponse()

    def event(self):
        """The next one, None at the end."""
        while line := self.reply.readline():
            if line.startswith(b"data: "):
                return json.loads(line.removeprefix(b"data: "))
        return None

    def close(self):
        self._connection.close()


@pytest.fixture
def cookie(live):
    """Of a session of keeper's."""
    said = {"username": "keeper", "password": "keeper"}
    reply = live.ask("POST", "/session", said, user=None, headers=CONSOLE)
    return {**CONSOLE, "cookie": reply.headers["set-cookie"].partition(";")[0]}


@contextlib.contextmanager
def watching(live, *paths, headers):
    stream = Stream(live, paths, headers)
    try:
        yield stream
    finally:
        stream.close()


def test_a_page_is_told_of_what_changes(live, cookie):
    live.ask("PUT", "/queues/%2F/watched", {})
    path = f"queues/{quote('/', safe='')}/watched?columns=name,messages"
    with watching(live, path, "whoami", headers=cookie) as stream:
        assert stream.reply.getheader("content-type").startswith("text/event-stream")
        assert stream.reply.getheader("x-accel-buffering") == "no"
        first = stream.event()
        assert first == {"path": path, "status": 200, "answer": {"name": "watched", "messages": 0}}
        assert stream.event()["answer"] == {"name": "keeper", "tags": ["management"]}
        message = {"routing_key": "watched", "payload": "x", "payload_encoding": "string"}
        live.ask("POST", "/exchanges/%2F/amq.default/publish", {**message, "properties": {}})
        assert stream.event()["answer"] == {"name": "watched", "messages": 1}
        live.ask("DELETE", "/queues/%2F/watched")
        assert stream.event()["status"] == 404


def test_rights_are_those_of_the_moment(live, cookie):
    with watching(live, "nodes?columns=name", "whoami?columns=name", headers=cookie) as stream:
        assert [stream.event()["status"] for _ in range(2)] == [401, 200]
        live.do(lambda broker: broker.users.set_tags("keeper", frozenset({"monitoring"})))
        try:
            told = [stream.event() for _ in range(2)]
        finally:
            live.do(lambda broker: broker.users.set_tags("keeper", frozenset({"management"})))
        assert [each["status"] for each in told] == [200, 200]


def test_it_ends_with_the_session(live, cookie):
    with watching(live, "whoami", headers=cookie) as stream:
        assert stream.event()["status"] == 200
        live.ask("DELETE", "/session", user=None, headers=cookie)
        assert stream.event()["status"] == 401
        assert stream.event() is None


def test_nobody_is_told_anything_without_a_login(live, cookie):
    without = {name: value for name, value in cookie.items() if name != "x-leveret-console"}
    for headers in ({}, CONSOLE, without):
        with watching(live, "whoami", headers=headers) as stream:
            assert stream.reply.status == 401


def test_who_has_gone_costs_nothing_any_more(live, cookie):
    streams = live.broker._node.application.streams
    with watching(live, "whoami", headers=cookie) as stream:
        stream.event()
        assert streams.count == 1
    ends_at = time.monotonic() + 5
    while streams.count and time.monotonic() < ends_at:
        time.sleep(0.01)
    assert streams.count == 0


@pytest.mark.parametrize(
    ("paths", "reason"),
    [
        ([], "give 1 to 32 paths"),
        ([f"queues/{number}" for number in range(PATHS_MAX + 1)], "give 1 to 32 paths"),
        (["queues/\u00fc"], "is ASCII"),
        (["queues/a\nb"], "is ASCII"),
    ],
)
def test_what_cannot_be_watched_is_refused(live, paths, reason):
    query = urlencode([("path", each) for each in paths])
    reply = live.ask("GET", f"/live?{query}")
    assert reply.status == 400
    assert reason in reply.body["reason"]


def test_a_stream_is_not_watched(live, cookie):
    with watching(live, "live?path=whoami", headers=cookie) as stream:
        told = stream.event()
        assert (told["status"], told["answer"]["reason"]) == (400, "a stream cannot be watched")


def test_there_are_only_so_many(office):
    call = office.call(query="path=whoami")
    call.host.streams = Streams()
    call.inward = Inward({}, "/api")
    call.host.streams.count = STREAMS_MAX
    with pytest.raises(HttpRefused, match="503 too_many_streams"):
        route.stream(call)


def test_a_node_that_stops_ends_it_at_once():
    with living() as node:
        headers = {"authorization": "Basic Z3Vlc3Q6Z3Vlc3Q="}
        stream = Stream(node, ["whoami"], headers)
        assert stream.event()["status"] == 200
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert stream.event() is None
    stream.close()


def test_head_is_answered_with_the_head(live):
    reply = live.ask("HEAD", "/live?path=whoami")
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/event-stream")
