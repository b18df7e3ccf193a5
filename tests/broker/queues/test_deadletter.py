"""What a dead letter says of its death, as RabbitMQ 3.10.8 writes it."""

import pytest

from leveret.broker.message import Traits
from leveret.broker.queues.deadletter import Death, bury, copy_keys, is_cycle
from leveret.wire.properties import Properties
from leveret.wire.values import Int64, Timestamp
from tests.broker.domain import message


def death(queue="q", reason="rejected", routing_key=None):
    return Death(queue, reason, 1_700_000_000, "dlx", routing_key)


def letter(headers=None, *, dead=None, **properties):
    properties = Properties(headers=headers, **properties)
    return bury(message("body", exchange="x", key="k", properties=properties), dead or death())


def test_a_first_death_is_told_at_length():
    first = letter()
    assert list(first.headers) == [
        "x-death",
        "x-first-death-exchange",
        "x-first-death-queue",
        "x-first-death-reason",
    ]
    assert list(first.headers["x-death"][0].items()) == [
        ("count", 1),
        ("reason", "rejected"),
        ("queue", "q"),
        ("time", 1_700_000_000),
        ("exchange", "x"),
        ("routing-keys", ["k"]),
    ]
    assert type(first.headers["x-death"][0]["count"]) is Int64
    assert type(first.headers["x-death"][0]["time"]) is Timestamp
    assert (first.exchange, first.routing_key, first.body) == ("dlx", "k", b"body")


def test_another_routing_key_takes_the_place_of_all():
    buried = letter({"CC": ["c"]}, dead=death(routing_key="new"))
    assert buried.routing_key == "new"
    assert "CC" not in buried.headers
    assert buried.headers["x-death"][0]["routing-keys"] == ["k", "c"]
    assert copy_keys(buried) == ()


def test_copies_stay_with_the_original_routing_key():
    buried = letter({"CC": ["c", 7]})
    assert copy_keys(buried) == ("c",)
    assert buried.headers["x-death"][0]["routing-keys"] == ["k", "c"]
    assert copy_keys(letter({"CC": "no list"})) == ()


def test_blind_copies_are_remembered_as_long_as_the_keys_are_its_own():
    sent = message("body", key="k")
    sent.traits = Traits(blind_copies=("b",))
    assert copy_keys(bury(sent, death())) == ("b",)
    assert copy_keys(bury(bury(sent, death()), death())) == ("b",)
    assert copy_keys(bury(sent, death(routing_key="new"))) == ()


def test_an_expiration_becomes_a_memory():
    buried = letter(expiration="500", delivery_mode=2, priority=3)
    assert buried.headers["x-death"][0]["original-expiration"] == "500"
    assert buried.properties.expiration is None
    assert (buried.traits.ttl_ms, buried.traits.priority, buried.traits.is_persistent) == (
        None,
        3,
        True,
    )


def test_headers_are_sorted_and_a_delivery_count_is_left_behind():
    buried = letter({"z": 1, "a": 2, "x-delivery-count": 4})
    assert [name for name in buried.headers if not name.startswith("x-")] == ["a", "z"]
    assert "x-delivery-count" not in buried.headers


def test_a_death_elsewhere_comes_first_and_is_sorted():
    twice = bury(letter(), death("r", "expired"))
    newest, oldest = twice.headers["x-death"]
    assert list(newest) == ["count", "exchange", "queue", "reason", "routing-keys", "time"]
    assert (newest["queue"], newest["exchange"]) == ("r", "dlx")
    assert oldest["queue"] == "q"
    assert twice.headers["x-first-death-queue"] == "q"


def test_the_same_death_again_is_counted_and_comes_first():
    again = bury(bury(letter(), death("r", "expired")), death())
    assert [(each["queue"], each["count"]) for each in again.headers["x-death"]] == [
        ("q", 2),
        ("r", 1),
    ]
    other_reason = bury(letter(), death(reason="maxlen"))
    assert [each["count"] for each in other_reason.headers["x-death"]] == [1, 1]


def test_earlier_deaths_change_their_order_with_each_further_one():
    dead = letter(dead=death("1"))
    for name in "234":
        dead = bury(dead, death(name))
    assert [each["queue"] for each in dead.headers["x-death"]] == ["4", "2", "1", "3"]


def test_what_a_client_has_put_there_is_made_the_best_of():
    known = {"queue": "q", "reason": "rejected", "count": "many"}
    other = {"queue": "r", "reason": "expired"}
    deaths = letter({"x-death": ["junk", known, other, other]}).headers["x-death"]
    assert deaths == [{"count": 1, "queue": "q", "reason": "rejected"}, other, "junk"]
    told = letter({"x-death": "junk"}).headers
    assert list(told) == ["x-death"]
    assert told["x-death"][0]["count"] == 1


@pytest.mark.parametrize(
    ("reasons", "is_round"),
    [
        ([("q", "expired")], True),
        ([("r", "expired"), ("q", "maxlen")], True),
        ([("q", "rejected")], False),
        ([("r", "rejected"), ("q", "expired")], False),
        ([("r", "expired")], False),
        (["junk", ("q", "expired")], False),
    ],
)
def test_a_circle_without_a_rejection_would_never_end(reasons, is_round):
    deaths = [
        {"queue": each[0], "reason": each[1]} if isinstance(each, tuple) else each
        for each in reasons
    ]
    sent = message(properties=Properties(headers={"x-death": deaths}))
    assert is_cycle(sent, "q") is is_round
