"""Which messages somebody looks for."""

import pytest

from leveret.messages.searching import ADDRESS, BODY, PROPERTIES, Search
from leveret.wire.properties import Properties
from tests.broker.domain import content, message

FOUND = message(
    "Größe: 17",
    exchange="Orders",
    key="eu.new",
    properties=Properties(
        message_id="ID-9", headers={"x-deep": [{"inner": "Needle"}, 42], "octets": b"\xff Raw"}
    ),
)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("größe", BODY), ("17", BODY), ("orders", ADDRESS), ("EU.N", ADDRESS), ("id-9", PROPERTIES),
        ("needle", PROPERTIES), ("X-DEEP", PROPERTIES), ("42", PROPERTIES), ("raw", PROPERTIES),
    ],
)  # fmt: skip
def test_a_text_is_found_where_it_is_and_nowhere_else(text, part):
    assert Search(text).finds(FOUND)
    assert Search(text, (part,)).finds(FOUND)
    others = tuple({BODY, ADDRESS, PROPERTIES} - {part})
    assert not Search(text, others).finds(FOUND)


def test_nothing_looked_for_is_found_everywhere():
    assert Search().finds(FOUND)
    assert not Search("absent").finds(FOUND)


def test_a_body_that_is_no_text_is_searched_as_octets():
    binary = message()
    binary.content = content(b"\xff\xfeABC")
    assert Search("abc", (BODY,)).finds(binary)
