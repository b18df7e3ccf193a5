"""Publishing without a channel."""

import pytest

from leveret.broker.errors import AccessRefused, NotFound, PreconditionFailed
from leveret.broker.firehose import Firehose
from leveret.management.answers import BadRequest
from leveret.management.publishing import Outgoing, body_of, properties_of, publish
from leveret.wire.properties import Properties
from tests.management.domain import entered, exchange, queue

NOW = 1_700_000_000.0


@pytest.fixture
def access():
    return entered()


def send(access, key, exchange="", body=b"x", **properties):
    return publish(access, Outgoing(exchange, key, Properties(**properties), body), NOW)


def taken(queue):
    message, _ = queue.get()
    return message


def test_a_message_goes_where_a_clients_would(access):
    q = queue(access, "q")
    outcome = send(access, "q", body=b"hello", priority=3)
    assert outcome.is_routed
    assert outcome.is_accepted
    message = taken(q)
    assert (message.body, message.routing_key, message.properties.priority) == (b"hello", "q", 3)


def test_a_body_may_be_of_any_size(access):
    q = queue(access, "q")
    send(access, "q", body=b"x" * 1_000_000)
    assert taken(q).body == b"x" * 1_000_000


def test_it_is_told_when_there_is_no_place_to_go(access):
    assert not send(access, "nowhere").is_routed


def test_a_full_queue_may_turn_it_away(access):
    queue(access, "q", **{"x-max-length": 0, "x-overflow": "reject-publish"})
    outcome = send(access, "q")
    assert outcome.is_routed
    assert not outcome.is_accepted


def test_copies_go_along_and_blind_ones_are_not_seen(access):
    q, copied, blind = (queue(access, name) for name in ("q", "copied", "blind"))
    send(access, "q", headers={"CC": ["copied"], "BCC": ["blind"], "h": 1})
    for each in (q, copied, blind):
        assert taken(each).headers == {"CC": ["copied"], "h": 1}


def test_a_delayed_exchange_keeps_the_blind_copies_for_later(access):
    delayed = exchange(access, "later", "x-delayed-message", **{"x-delayed-type": "direct"})
    send(access, "q", exchange="later", headers={"x-delay": 1000, "BCC": ["blind"]})
    assert delayed.delays.count == 1


def test_an_expired_message_dies_as_others_do(access):
    q = queue(access, "q")
    send(access, "q", expiration="0")
    assert q.get() is None


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"exchange": "none"}, NotFound),
        ({"expiration": "x"}, PreconditionFailed),
        ({"user_id": "other"}, PreconditionFailed),
        ({"delivery_mode": 7}, PreconditionFailed),
        ({"reply_to": "amq.rabbitmq.reply-to"}, PreconditionFailed),
        ({"headers": {"CC": "x"}}, PreconditionFailed),
    ],
)
def test_what_a_channel_refuses_is_refused(access, told, refusal):
    q = queue(access, "q")
    with pytest.raises(refusal):
        send(access, "q", **told)
    assert q.get() is None


def test_nobody_publishes_to_an_internal_exchange(access):
    with pytest.raises(AccessRefused):
        send(access, "q", exchange="amq.rabbitmq.trace")


def test_the_firehose_hears_of_it(access):
    traces = queue(access, "traces")
    queue(access, "q")
    access.bind_queue("traces", "amq.rabbitmq.trace", "publish.#", {})
    access.vhost.trace(Firehose(access.vhost, "leveret@here"))
    send(access, "q", body=b"seen")
    copy = taken(traces)
    assert copy.body == b"seen"
    assert copy.headers["routed_queues"] == ["q"]


def test_a_payload_is_text_or_base64():
    assert body_of("ü", "string") == "ü".encode()
    assert body_of("//4 A\n", "base64") == b"\xff\xfe\x00"


@pytest.mark.parametrize(
    ("payload", "encoding", "reason"),
    [
        (5, "string", "payload_not_string"),
        ("x", "zip", ["unsupported_encoding", "zip"]),
        ("!", "base64", ["not_base64", "!"]),
        ("ü", "base64", ["not_base64", "ü"]),
    ],
)
def test_another_is_refused(payload, encoding, reason):
    with pytest.raises(BadRequest) as refused:
        body_of(payload, encoding)
    assert refused.value.reason == reason


def test_properties_are_those_of_amqp():
    told = {"content_type": "t", "priority": 255, "timestamp": 1, "headers": {}, "nonsense": []}
    expected = Properties(content_type="t", priority=255, timestamp=1, headers={})
    assert properties_of(told) == expected


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ([], ["not_table", "properties"]),
        ({"content_type": 5}, ["not_string", "content_type"]),
        ({"priority": 256}, ["not_int", "priority"]),
        ({"priority": True}, ["not_int", "priority"]),
        ({"timestamp": -1}, ["not_int", "timestamp"]),
        ({"headers": {"a": None}}, "null_not_allowed"),
    ],
)
def test_properties_that_are_none_are_refused(told, reason):
    with pytest.raises(BadRequest) as refused:
        properties_of(told)
    assert refused.value.reason == reason
