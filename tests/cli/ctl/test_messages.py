"""leveretctl's commands on messages."""

import json

import pytest

from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.queues.queue import QueueOptions
from leveret.control import exits
from leveret.wire.properties import Properties


@pytest.fixture
def vhost(node):
    async def fill():
        vhost = node.broker.vhosts["/"]
        for name in ("q", "t"):
            vhost.create_queue(name, QueueOptions(), None)
        for body in (b"a", b"b"):
            vhost.publish("", "q", Properties(), body)
        return vhost

    return node.do(fill())


def peeked(ctl, queue="q"):
    return json.loads(ctl("peek", queue, "-q", "--formatter", "json").out)


@pytest.mark.usefixtures("vhost")
def test_looked_at(ctl):
    told = ctl("peek", "q", "--count", "1").out.splitlines()
    assert told[0] == "Looking at messages of queue 'q' in vhost '/' ..."
    assert told[1].split("\t")[:3] == ["position", "place", "redelivered"]
    assert told[2].split("\t")[-2:] == ["a", "string"]
    assert [each["payload"] for each in peeked(ctl)] == ["a", "b"]


@pytest.mark.usefixtures("vhost")
def test_moved(ctl):
    position = str(peeked(ctl)[0]["position"])
    assert ctl("move_messages", "q", "t", "--positions", f"{position},99999").out.splitlines() == [
        "Moving messages of queue 'q' to queue 't' in vhost '/' ...",
        "1 messages moved",
        "1 did not wait in the queue any more",
    ]
    assert [each["payload"] for each in peeked(ctl, "t")] == ["a"]
    told = ctl("move_messages", "q", "t", "--all", "--formatter", "json").out
    assert json.loads(told.splitlines()[-1])["moved"] == 1


@pytest.mark.usefixtures("vhost")
def test_published_again_replayed_and_deleted(ctl):
    told = ctl("republish_messages", "q", "amq.topic", "--routing-key", "k", "--all").out
    assert told.splitlines()[1:] == [
        "0 messages published",
        "2 left where they were: exchange 'amq.topic' has no queue for routing key 'k'",
    ]
    assert ctl("replay", "q", "--all").out.splitlines() == [
        "Replaying dead letters of queue 'q' in vhost '/' ...",
        "0 messages replayed",
        "2 left where they were: it has no x-death header that says which queue it died in",
    ]
    assert ctl("delete_messages", "q", "--all").out.splitlines()[-1] == "2 messages deleted"


@pytest.mark.usefixtures("vhost")
def test_which_ones_has_to_be_said(ctl):
    for words in ([], ["--all", "--positions", "1"]):
        outcome = ctl("delete_messages", "q", *words)
        assert outcome.code == exits.USAGE
        assert "--positions 17,18 or --all" in outcome.err


def test_held_back(node, ctl):
    async def fill():
        vhost = node.broker.vhosts["/"]
        arguments = {"x-delayed-type": "direct"}
        vhost.declare_exchange("later", "x-delayed-message", ExchangeOptions(arguments=arguments))
        vhost.publish("later", "k", Properties(headers={"x-delay": 60_000}), b"a")

    node.do(fill())
    told = ctl("peek_delayed", "later").out.splitlines()
    assert told[0] == "Looking at messages of exchange 'later' in vhost '/' ..."
    assert told[1].split("\t")[:3] == ["position", "place", "due"]
    assert told[2].split("\t")[-2:] == ["a", "string"]
    assert ctl("peek_delayed", "amq.direct").code == exits.USAGE
    assert ctl("peek_delayed", "nobody").code == exits.UNAVAILABLE
