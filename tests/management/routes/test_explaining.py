"""/exchanges/VHOST/NAME/explain"""

import pytest

HERE = "/exchanges/%2F/why/explain"


@pytest.fixture
def topics(live):
    """An exchange with two queues."""
    live.ask("PUT", "/exchanges/%2F/why", {"type": "topic"})
    for name, key in (("paid", "*.paid"), ("all", "#")):
        live.ask("PUT", f"/queues/%2F/{name}", {})
        live.ask("POST", f"/bindings/%2F/e/why/q/{name}", {"routing_key": key})
    return live


def test_each_binding_is_told_and_why(topics):
    told = topics.ask("POST", HERE, {"routing_key": "order.lost"}).body
    (step,) = told.pop("steps")
    assert told == {
        "routed": True, "certain": True, "queues": ["all"], "queues_down": [], "refused": None,
    }  # fmt: skip
    taken, passed = step.pop("bindings")
    assert step == {
        "exchange": "why",
        "type": "topic",
        "reached_by": "publish",
        "held_ms": 0,
        "alternate": None,
        "goes_to_alternate": False,
        "not_told": 0,
    }
    assert (taken["destination"], taken["matched"]) == ("all", True)
    assert passed == {
        "destination": "paid",
        "destination_type": "queue",
        "routing_key": "*.paid",
        "arguments": {},
        "matched": False,
        "why": "the routing key does not match '*.paid'",
        "reason": {"code": "pattern_differs"},
    }


def test_copies_go_along_and_the_default_exchange_has_its_name(topics):
    body = {"routing_key": "nowhere", "headers": {"CC": ["paid"]}}
    told = topics.ask("POST", "/exchanges/%2F/amq.default/explain", body).body
    assert (told["routed"], told["queues"]) == (True, ["paid"])


def test_who_may_not_publish_is_told_what_he_would_be(topics):
    topics.ask("PUT", "/exchanges/%2F/inner", {"type": "fanout", "internal": True})
    told = topics.ask("POST", "/exchanges/%2F/inner/explain", {"routing_key": ""}).body
    assert "cannot publish to internal exchange 'inner'" in told["refused"]


@pytest.mark.parametrize(
    "body", [{}, {"routing_key": 1}, {"routing_key": "k", "headers": 1},
             {"routing_key": "k", "headers": {"CC": 1}}]
)  # fmt: skip
def test_what_is_no_message_is_refused(topics, body):
    assert topics.ask("POST", HERE, body).status == 400


def test_an_exchange_that_is_not_there_is_not_found(topics):
    reply = topics.ask("POST", "/exchanges/%2F/nosuch/explain", {"routing_key": ""})
    assert reply.status == 404
