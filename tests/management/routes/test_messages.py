"""Publishing and getting over HTTP. What RabbitMQ answers is compared in tests/conformance."""

import pytest

from leveret.broker.errors import NotFound
from leveret.management.getting import ACK_MODES


@pytest.fixture
def q(objects):
    objects.do("PUT", "/queues/{v}/q")
    return objects


def test_a_message_comes_out_as_it_went_in(q):
    assert q.publish("q", "ü", priority=3, headers={"a": [1, {"b": True}]})
    (got,) = q.take("q")
    assert got == {
        "payload_bytes": 2,
        "redelivered": False,
        "exchange": "",
        "routing_key": "q",
        "message_count": 0,
        "properties": {"priority": 3, "headers": {"a": [1, {"b": True}]}},
        "payload": "ü",
        "payload_encoding": "string",
    }


def test_nobody_may_be_there_to_take_it(q):
    assert not q.publish("nobody")


@pytest.mark.parametrize("ack_mode", ACK_MODES)
def test_what_becomes_of_a_message_is_the_ack_modes_to_say(q, ack_mode):
    q.publish("q")
    assert len(q.take("q", ack_mode=ack_mode)) == 1
    left = q.take("q")
    assert [each["redelivered"] for each in left] == [True] * ack_mode.endswith("true")


def test_a_full_queue_turns_it_away(objects):
    full = {"arguments": {"x-max-length": 1, "x-overflow": "reject-publish"}}
    objects.do("PUT", "/queues/{v}/full", full)
    objects.publish("full")
    told = {"properties": {}, "routing_key": "full", "payload": "", "payload_encoding": "string"}
    answer = objects.ask("POST", "/exchanges/{v}/amq.default/publish", told)
    assert answer.status == 400
    assert answer.body["reason"] == "rejected Unable to publish message. Check queue limits."


def test_a_channels_refusal_has_its_code(q):
    answer = q.ask(
        "POST",
        "/exchanges/{v}/none/publish",
        {"properties": {}, "routing_key": "q", "payload": "", "payload_encoding": "string"},
    )
    text = NotFound(f"no exchange 'none' in vhost '{q.vhost}'").reply_text
    assert answer.body == {"error": "bad_request", "reason": f"404 {text}"}


@pytest.mark.parametrize("name", ["ackmode", "encoding", "count"])
def test_getting_needs_to_know_how(q, name):
    told = {"ackmode": "ack_requeue_true", "encoding": "auto", "count": 1}
    del told[name]
    answer = q.ask("POST", "/queues/{v}/q/get", told)
    assert answer.body["reason"] == f"[{{key_missing,{name}}}]"


@pytest.mark.parametrize("wrong", [{"ackmode": "x"}, {"encoding": []}, {"truncate": -1}])
def test_what_is_no_way_of_getting_is_refused_and_leaves_the_message(q, wrong):
    q.publish("q")
    told = {"ackmode": "ack_requeue_false", "encoding": "auto", "count": 1, **wrong}
    assert q.ask("POST", "/queues/{v}/q/get", told).status == 400
    assert [each["redelivered"] for each in q.take("q")] == [False]


def test_a_payload_is_cut_off_where_asked_for(q):
    q.publish("q", "üxü")
    (got,) = q.take("q", truncate=1, ack_mode="ack_requeue_true")
    assert (got["payload"], got["payload_encoding"], got["payload_bytes"]) == ("ww==", "base64", 5)
