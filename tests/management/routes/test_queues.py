"""Queues over HTTP. What RabbitMQ answers to the same is compared in tests/conformance."""

import pytest


def test_a_queue_is_declared_shown_and_deleted(objects):
    assert objects.ask("PUT", "/queues/{v}/q", {"durable": True}).status == 201
    assert objects.ask("PUT", "/queues/{v}/q", {"durable": True}).status == 204
    assert objects.get("/queues/{v}/q")["durable"] is True
    assert objects.ask("DELETE", "/queues/{v}/q").status == 204
    assert objects.ask("GET", "/queues/{v}/q").status == 404


def test_a_queue_that_is_there_otherwise_is_refused(objects):
    objects.do("PUT", "/queues/{v}/q", {"durable": True})
    answer = objects.ask("PUT", "/queues/{v}/q", {"durable": False})
    assert answer.status == 400
    assert answer.body["reason"].startswith("inequivalent arg 'durable'")


@pytest.mark.parametrize(
    ("query", "columns"),
    [("", "messages_ready"), ("?disable_stats=true", None),
     ("?disable_stats=true&enable_queue_totals=true", "messages_ready")],
)  # fmt: skip
def test_a_listing_shows_as_much_as_is_asked_for(objects, query, columns):
    objects.do("PUT", "/queues/{v}/q")
    (shown,) = objects.get("/queues/{v}" + query)
    assert shown["name"] == "q"
    assert (columns or "name") in shown
    assert ("message_bytes" in shown) == (query == "")


def test_detailed_shows_all_whatever_the_query_says(objects):
    objects.do("PUT", "/queues/{v}/q")
    shown = objects.get("/queues/detailed?disable_stats=true")
    assert "messages_ready" in next(each for each in shown if each["vhost"] == objects.vhost)


def test_queues_come_in_order_of_their_names(objects):
    for name in ("b", "c", "a"):
        objects.do("PUT", f"/queues/{{v}}/{name}")
    assert [each["name"] for each in objects.get("/queues/{v}?columns=name")] == ["a", "b", "c"]


def test_a_purge_leaves_nothing(objects):
    objects.do("PUT", "/queues/{v}/q")
    objects.publish("q")
    objects.do("DELETE", "/queues/{v}/q/contents")
    assert objects.take("q") == []


def test_only_an_empty_or_unused_queue_goes_if_that_is_asked_for(objects):
    objects.do("PUT", "/queues/{v}/q")
    objects.publish("q")
    assert objects.ask("DELETE", "/queues/{v}/q?if-empty=true").status == 400
    with objects.channel() as channel:
        channel.basic_consume("q", lambda *_: None)
        assert objects.ask("DELETE", "/queues/{v}/q?if-unused=true").status == 400
    assert objects.ask("DELETE", "/queues/{v}/q?if-unused=true").status == 204


@pytest.mark.parametrize("node", ["nobody", "leveret@elsewhere", 5])
def test_a_queue_can_be_on_this_node_alone(objects, node):
    assert objects.ask("PUT", "/queues/{v}/q", {"node": node}).status == 400
    assert objects.get("/queues/{v}") == []


def test_the_node_itself_may_be_named(objects):
    node = objects.get("/queues/{v}/q")["node"] if objects.do("PUT", "/queues/{v}/q") else ""
    assert objects.ask("PUT", "/queues/{v}/other", {"node": node}).status == 201


def test_a_quorum_queue_has_one_member_that_leads(objects):
    objects.do("PUT", "/queues/{v}/q", {"durable": True, "arguments": {"x-queue-type": "quorum"}})
    (member,) = objects.get("/queues/quorum/{v}/q/status")
    assert member["Raft State"] == "leader"
    objects.do("PUT", "/queues/{v}/classic")
    assert objects.ask("GET", "/queues/quorum/{v}/classic/status").status == 400


def test_another_connections_exclusive_queue_is_locked(objects):
    with objects.channel() as channel:
        channel.queue_declare("mine", exclusive=True)
        assert objects.get("/queues/{v}/mine")["owner_pid_details"]["peer_host"] == "127.0.0.1"
        for method, path in (("DELETE", ""), ("DELETE", "/contents"), ("PUT", "")):
            answer = objects.ask(method, "/queues/{v}/mine" + path, {} if method == "PUT" else None)
            assert answer.status == 400
            assert "cannot obtain exclusive access to locked queue" in answer.body["reason"]
