"""Messages as JSON, for people."""

from collections import Counter

from leveret.broker.tallies import Held
from leveret.messages.looking import Seen
from leveret.messages.moving import Outcome
from leveret.messages.telling import message_told, outcome_told, seen_told
from leveret.wire.properties import Properties
from tests.broker.domain import content, message


def unknown(_held):
    return None


def test_a_message_is_told_as_the_management_api_does():
    told = message_told(
        message("hello", exchange="x", key="k", properties=Properties(priority=3)), "auto", 2
    )
    assert told == {
        "payload_bytes": 5,
        "exchange": "x",
        "routing_key": "k",
        "properties": {"priority": 3},
        "payload": "he",
        "payload_encoding": "string",
    }


def test_octets_are_told_in_base64():
    binary = message()
    binary.content = content(b"\xff")
    assert message_told(binary, "auto", None)["payload"] == "/w=="
    assert message_told(message("a"), "base64", None)["payload_encoding"] == "base64"


def test_one_that_was_looked_at_says_where_it_is():
    found = message("a")
    told = seen_told(Seen(7, found, True), "auto", None, unknown)
    assert (told["position"], told["place"], told["redelivered"]) == (found.position, 7, True)
    assert "holder" not in told


def test_who_holds_a_message_is_told_as_far_as_it_is_known():
    held = Held(message(), "1.2.3.4:5 -> 6", 1, "ann", "tag", 9)
    told = seen_told(Seen(0, held.message, held=held), "auto", None, lambda _held: "today")
    assert told["holder"] == {
        "connection": "1.2.3.4:5 -> 6",
        "channel": 1,
        "user": "ann",
        "consumer_tag": "tag",
        "delivery_tag": 9,
        "since": "today",
    }
    elsewhere = Held(message(), node="leveret@b")
    told = seen_told(Seen(0, elsewhere.message, held=elsewhere), "auto", None, unknown)
    assert told["holder"] == {"node": "leveret@b"}


def test_what_became_of_chosen_messages():
    told = outcome_told(Outcome(2, 1, Counter({"full": 3})))
    assert told == {"moved": 2, "missing": 1, "kept": 3, "reasons": {"full": 3}}
