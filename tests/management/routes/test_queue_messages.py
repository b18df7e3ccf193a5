"""What is in a queue, over HTTP: looked at, and moved, deleted, replayed where chosen."""

import time
from datetime import datetime

import pytest


class Queues:
    """The queue `q` with some messages, and `t`."""

    def __init__(self, live):
        self.live = live
        for name in ("q", "t"):
            self.ask("DELETE", f"/queues/%2F/{name}")
            self.do("PUT", f"/queues/%2F/{name}", {})

    def ask(self, method, path, body=None, user="guest"):
        return self.live.ask(method, path, body, user=user)

    def do(self, method, path, body=None):
        reply = self.ask(method, path, body)
        assert reply.status in {200, 201, 204}, reply
        return reply.body

    def publish(self, *payloads, **properties):
        for payload in payloads:
            told = {"properties": properties, "routing_key": "q", "payload": payload}
            told["payload_encoding"] = "string"
            self.do("POST", "/exchanges/%2F/amq.default/publish", told)

    def look(self, query="", name="q"):
        return self.do("GET", f"/queues/%2F/{name}/messages?{query}")

    def payloads(self, name="q"):
        return [each["payload"] for each in self.look(name=name)["messages"]]

    def position(self, payload):
        return next(e["position"] for e in self.look()["messages"] if e["payload"] == payload)

    def act(self, action, **body):
        return self.do("POST", f"/queues/%2F/q/messages/{action}", body)


@pytest.fixture
def queues(live):
    return Queues(live)


def test_what_waits_is_shown_and_stays(queues):
    queues.publish("a", "b", priority=3)
    told = queues.look("count=1")
    (first,) = told.pop("messages")
    assert told == {
        "messages_ready": 2, "messages_unacknowledged": 0, "looked_at": 1, "next": 1,
    }  # fmt: skip
    assert first.pop("position") > 0
    assert first == {
        "place": 0,
        "redelivered": False,
        "payload_bytes": 1,
        "exchange": "",
        "routing_key": "q",
        "properties": {"priority": 3},
        "payload": "a",
        "payload_encoding": "string",
    }
    assert queues.payloads() == ["a", "b"]


def test_looked_for_and_cut_off(queues):
    queues.publish("needle in hay", "hay")
    (found,) = queues.look("search=NEEDLE&search_in=body&truncate=3&encoding=base64")["messages"]
    assert (found["payload"], found["payload_bytes"]) == ("bmVl", 13)
    assert queues.look("search=needle&search_in=properties,address")["messages"] == []


@pytest.mark.parametrize(
    "query",
    ["from=x", "count=x", "truncate=-1", "state=gone", "encoding=hex", "search_in=feet"],
)
def test_what_is_no_way_of_looking_is_refused(queues, query):
    assert queues.ask("GET", f"/queues/%2F/q/messages?{query}").status == 400


def test_what_is_out_is_shown_with_who_has_it(queues):
    queues.publish("a", "b")
    with queues.live.connection() as connection:
        connection.channel().basic_get("q")
        (out,) = queues.look("state=unacknowledged")["messages"]
        assert (out["payload"], out["holder"]["user"], out["holder"]["delivery_tag"]) == (
            "a", "guest", 1,
        )  # fmt: skip
        names = [each["name"] for each in queues.do("GET", "/connections")]
        assert out["holder"]["connection"] in names


def test_moved_and_deleted(queues):
    queues.publish("a", "b", "c")
    chosen = [queues.position("b"), 10**15]
    told = queues.act("move", positions=chosen, queue="t")
    assert told == {"moved": 1, "missing": 1, "kept": 0, "reasons": {}}
    assert (queues.payloads(), queues.payloads("t")) == (["a", "c"], ["b"])
    assert queues.act("delete", positions=[queues.position("c")])["moved"] == 1
    assert queues.payloads() == ["a"]


def test_put_behind_all_others(queues):
    queues.publish("a", "b", "c")
    queues.act("requeue", positions=[queues.position("a")])
    assert queues.payloads() == ["b", "c", "a"]


def test_published_again(queues):
    queues.publish("a", "b")
    told = queues.act("republish", positions="all", exchange="amq.default", routing_key="t")
    assert told["moved"] == 2
    assert queues.payloads("t") == ["a", "b"]
    queues.publish("c")
    told = queues.act("republish", positions="all", exchange="amq.topic")
    assert told["reasons"] == {"exchange 'amq.topic' has no queue for routing key 'q'": 1}
    assert queues.payloads() == ["c"]


def test_dead_letters_go_back_where_they_died(queues):
    dead = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "q"}
    queues.do("DELETE", "/queues/%2F/t")
    queues.do("PUT", "/queues/%2F/t", {"arguments": dead})
    told = {"properties": {}, "routing_key": "t", "payload": "a", "payload_encoding": "string"}
    queues.do("POST", "/exchanges/%2F/amq.default/publish", told)
    rejected = {"count": 1, "ackmode": "reject_requeue_false", "encoding": "auto"}
    queues.do("POST", "/queues/%2F/t/get", rejected)
    queues.publish("alive")
    told = queues.act("replay", positions="all")
    assert (told["moved"], told["kept"]) == (1, 1)
    (back,) = queues.look(name="t")["messages"]
    assert (back["payload"], back["routing_key"], back["properties"]) == ("a", "t", [])


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("move", {"positions": "all"}, 400),
        ("move", {"positions": "some", "queue": "t"}, 400),
        ("move", {"positions": [True], "queue": "t"}, 400),
        ("move", {"positions": [], "queue": "nobody"}, 404),
        ("move", {"positions": [], "queue": 7}, 400),
        ("republish", {"positions": [], "exchange": "nobody"}, 404),
        ("republish", {"positions": [], "exchange": "", "routing_key": 1}, 400),
        ("delete", {}, 400),
        ("other", {"positions": []}, 404),
    ],
)
def test_what_cannot_be_done_is_refused(queues, action, body, status):
    queues.publish("a")
    assert queues.ask("POST", f"/queues/%2F/q/messages/{action}", body).status == status
    assert queues.payloads() == ["a"]


def test_permissions_decide(queues, live):
    """Who looks has to read the queue; who moves has to write where it goes, too."""
    live.broker.admin.add_user("reader", "reader", frozenset({"management"}))
    told = {"configure": "^$", "write": "^$", "read": "^q$"}
    queues.do("PUT", "/permissions/%2F/reader", told)
    queues.publish("a")
    assert queues.ask("GET", "/queues/%2F/q/messages", user="reader").status == 200
    assert queues.ask("GET", "/queues/%2F/t/messages", user="reader").status == 401
    told = {"positions": "all", "queue": "t"}
    moved = queues.ask("POST", "/queues/%2F/q/messages/move", told, user="reader")
    assert (moved.status, moved.body["reason"]) == (401, "Access refused.")
    assert queues.payloads() == ["a"]


def test_a_queue_has_to_be_there_and_to_be_one_to_take_from(queues):
    assert queues.ask("GET", "/queues/%2F/nobody/messages").status == 404
    stream = {"durable": True, "arguments": {"x-queue-type": "stream"}}
    queues.do("PUT", "/queues/%2F/stream", stream)
    told = queues.ask("POST", "/queues/%2F/stream/messages/delete", {"positions": "all"})
    assert (told.status, told.body["reason"]) == (
        400,
        "messages of a stream cannot be moved or deleted: queue 'stream' in vhost '/'",
    )


# Delayed ----------------------------------------------------------------------------------------

LATER = "/exchanges/%2F/later"


@pytest.fixture
def later(queues):
    """A delayed exchange that holds two messages, the second to be sent first."""
    queues.ask("DELETE", LATER)
    arguments = {"x-delayed-type": "direct"}
    queues.do("PUT", LATER, {"type": "x-delayed-message", "arguments": arguments})
    for payload, delay in (("b", 120_000), ("a", 60_000)):
        told = {"properties": {"headers": {"x-delay": delay}}, "routing_key": "k"}
        told |= {"payload": payload, "payload_encoding": "string"}
        queues.do("POST", f"{LATER}/publish", told)
    yield queues
    queues.do("DELETE", LATER)


def test_what_is_held_back_is_shown_with_when_it_is_due(later):
    told = later.do("GET", f"{LATER}/delayed?count=1")
    assert (told["node"], told["messages_delayed"], told["next"]) == (later.live.node, 2, 1)
    (first,) = told["messages"]
    assert (first["payload"], first["routing_key"], first["place"]) == ("a", "k", 0)
    left_s = datetime.fromisoformat(first["due"]).timestamp() - time.time()
    assert 40 < left_s <= 60
    (found,) = later.do("GET", f"{LATER}/delayed?search=b&search_in=body")["messages"]
    assert (found["payload"], found["place"]) == ("b", 1)


@pytest.mark.parametrize("path", ["amq.direct/delayed", "later/delayed?node=nobody"])
def test_who_holds_nothing_back_says_so(later, path):
    assert later.ask("GET", f"/exchanges/%2F/{path}").status == 400


def test_what_is_held_back_is_for_those_who_may_read_the_exchange(later):
    later.live.broker.admin.add_user("writer", "writer", frozenset({"management"}))
    later.do(
        "PUT", "/permissions/%2F/writer", {"configure": "^$", "write": ".*", "read": "^other$"}
    )
    assert later.ask("GET", f"{LATER}/delayed", user="writer").status == 401
    assert later.ask("GET", "/exchanges/%2F/other/delayed", user="writer").status == 404


# What has become of them --------------------------------------------------------------------------


def test_how_messages_left_is_told_of_each_queue(queues):
    queues.publish("a", "b", "c", "d")
    queues.act("move", positions=[queues.position("c")], queue="t")
    got = {"ackmode": "ack_requeue_false", "count": 2, "encoding": "auto"}
    queues.do("POST", "/queues/%2F/q/get", got)
    queues.do("DELETE", "/queues/%2F/q/contents")
    told = queues.do("GET", "/queues/%2F/q/departures")
    assert abs(told.pop("since") / 1000 - time.time()) < 60
    assert {name: count for name, count in told.items() if isinstance(count, int)} == {
        "acknowledged": 0, "delivered_without_acknowledgement": 2, "purged": 1, "taken_out": 1,
    }  # fmt: skip


def test_of_no_queue_nothing_is_told(queues):
    assert queues.ask("GET", "/queues/%2F/nosuch/departures").status == 404
    assert queues.ask("GET", "/queues/nosuch/q/departures").status == 404
