"""The answers to some paths, again each time they have changed."""

import asyncio
import json

import pytest

from leveret.management import live
from leveret.management.elsewhere.asking import Reply
from leveret.management.streams import Streams


class Told:
    """What there is at each path, and how often it was asked for."""

    is_within = False

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    async def get(self, path):
        self.asked.append(path)
        return self.answers[path]


def answer(value, status=200):
    return Reply(status, json.dumps(value).encode(), "application/json")


REFUSED = answer({"error": "not_authorized"}, 401)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(live, "LOOK_EVERY_S", 0.005)


def event_of(piece):
    assert piece.startswith(b"data: ")
    assert piece.endswith(b"\n\n")
    assert piece.count(b"\n") == 2
    return json.loads(piece.removeprefix(b"data: "))


def play(told, paths, *steps, streams=None):
    """The pieces that come; before each one after the first, a step."""

    async def scene():
        pieces, left = [], list(steps)
        async with asyncio.timeout(10):
            async for piece in live.watch(streams or Streams(), told, paths):
                pieces.append(piece)
                if left:
                    left.pop(0)()
        return pieces

    return asyncio.run(scene())


def test_each_path_is_answered_at_first_and_then_when_it_has_changed():
    told = Told(a=answer(1), b=answer({"n": 1}))

    def change():
        told.answers["b"] = answer({"n": 2})

    def refuse():
        told.answers |= {"a": REFUSED, "b": REFUSED}

    pieces = play(told, ["a", "b"], lambda: None, change, refuse)
    assert [event_of(each) for each in pieces] == [
        {"path": "a", "status": 200, "answer": 1},
        {"path": "b", "status": 200, "answer": {"n": 1}},
        {"path": "b", "status": 200, "answer": {"n": 2}},
        {"path": "a", "status": 401, "answer": {"error": "not_authorized"}},
        {"path": "b", "status": 401, "answer": {"error": "not_authorized"}},
    ]


def test_a_refusal_of_one_path_ends_nothing():
    told = Told(a=answer(1), b=REFUSED)
    streams = Streams()
    pieces = play(told, ["a", "b"], lambda: None, streams.end, streams=streams)
    assert [event_of(each)["status"] for each in pieces] == [200, 401]


def test_the_same_with_another_status_is_a_change():
    told = Told(a=answer({}))
    streams = Streams()

    def fail():
        told.answers["a"] = answer({}, 503)

    pieces = play(told, ["a"], fail, streams.end, streams=streams)
    assert [event_of(each)["status"] for each in pieces] == [200, 503]


def test_what_is_no_json_is_told_without():
    told = Told(page=Reply(200, b"<html>", "text/html"), done=Reply(204))
    streams = Streams()
    pieces = play(told, ["page", "done"], lambda: None, streams.end, streams=streams)
    assert [event_of(each)["answer"] for each in pieces] == [None, None]


def test_what_is_quiet_says_that_it_is_there(monkeypatch):
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.03)
    told, streams = Told(a=answer(1)), Streams()
    pieces = play(told, ["a"], lambda: None, streams.end, streams=streams)
    assert pieces[1:] == [live.HEARTBEAT]
    assert len(told.asked) > 2


def test_a_look_that_takes_long_is_taken_seldom():
    assert live._rest_s(0.001, 1) == pytest.approx(0.02)
    assert live._rest_s(0.001, 5) == pytest.approx(0.1)
    assert live._rest_s(0.0, 5) == 0.005
    assert live._rest_s(100, 1) == live.HEARTBEAT_S


def test_nothing_is_looked_at_while_nobody_reads():
    told, streams = Told(a=answer(1), b=answer(2)), Streams()

    async def scene():
        pieces = live.watch(streams, told, ["a", "b"])
        await anext(pieces)
        await asyncio.sleep(0.05)
        assert told.asked == ["a"]
        assert streams.count == 1
        await pieces.aclose()
        assert streams.count == 0

    asyncio.run(scene())
