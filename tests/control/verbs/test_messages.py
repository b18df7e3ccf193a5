"""leveretctl's verbs on messages."""

import pytest

from leveret.control import exits
from leveret.control.verbs.messages import COLUMNS


@pytest.fixture
def channel(world):
    channel = world.channel()
    for name in ("q", "t"):
        channel.declare(name)
    for body in (b"a", b"b", b"c"):
        channel.publish(body, key="q")
    return channel


def rows(node, **asked):
    told = node.ask("peek", vhost="/", queue=asked.pop("queue", "q"), **asked)
    return [dict(zip(COLUMNS, row, strict=False)) for row in told]


def payloads(node, queue="q"):
    return [each["payload"] for each in rows(node, queue=queue)]


@pytest.mark.usefixtures("channel")
def test_messages_are_shown_and_stay(node):
    (second,) = rows(node, **{"from": "1", "count": 1, "base64": True})
    assert second.pop("position") > 0
    assert second == {
        "place": 1, "redelivered": False, "exchange": "", "routing_key": "q", "properties": [],
        "payload_bytes": 1, "payload": "Yg==", "payload_encoding": "base64",
    }  # fmt: skip
    assert [each["payload"] for each in rows(node, search="C", search_in="body")] == ["c"]
    assert [each["payload"] for each in rows(node, truncate=0)] == ["", "", ""]
    assert payloads(node) == ["a", "b", "c"]


def test_who_holds_what_is_out(node, channel):
    channel.get("q")
    (row,) = node.ask("peek", vhost="/", queue="q", unacknowledged=True)
    assert row[-1]["delivery_tag"] == 1


@pytest.mark.usefixtures("channel")
def test_chosen_ones_leave(node):
    positions = [each["position"] for each in rows(node)]
    asked = {"vhost": "/", "queue": "q"}
    told = node.ask("move_messages", **asked, target="t", positions=f"{positions[1]}")
    assert told == {"moved": 1, "missing": 0, "kept": 0, "reasons": {}}
    assert node.ask("delete_messages", **asked, positions=f"{positions[0]},1000000")["missing"] == 1
    assert (payloads(node), payloads(node, "t")) == (["c"], ["b"])
    told = node.ask("republish_messages", **asked, exchange="", routing_key="t", all=True)
    assert (told["moved"], payloads(node, "t")) == (1, ["b", "c"])


def test_dead_letters_go_back(node, channel):
    dead = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "q"}
    channel.declare("jobs", arguments=dead | {"x-max-length": 1})
    for body in (b"1", b"2"):
        channel.publish(body, key="jobs")
    told = node.ask("replay", vhost="/", queue="q", all=True)
    assert (told["moved"], told["kept"]) == (1, 3)
    assert payloads(node, "jobs") == ["1"]


@pytest.mark.parametrize(
    ("verb", "asked", "code"),
    [
        ("peek", {"queue": "nobody"}, exits.UNAVAILABLE),
        ("peek", {"from": "last"}, exits.USAGE),
        ("peek", {"search_in": "feet"}, exits.USAGE),
        ("peek", {"vhost": "nowhere"}, exits.DATA),
        ("delete_messages", {}, exits.USAGE),
        ("delete_messages", {"all": True, "positions": "1"}, exits.USAGE),
        ("delete_messages", {"positions": "1,x"}, exits.USAGE),
        ("delete_messages", {"queue": "s", "all": True}, exits.USAGE),
        ("move_messages", {"target": "nobody", "all": True}, exits.UNAVAILABLE),
        ("republish_messages", {"exchange": "nobody", "all": True}, exits.UNAVAILABLE),
    ],
)
def test_what_cannot_be_done_is_refused(node, channel, verb, asked, code):
    channel.declare("s", durable=True, arguments={"x-queue-type": "stream"})
    found, text = node.refusal(verb, **{"vhost": "/", "queue": "q", **asked})
    assert (found, bool(text)) == (code, True)
