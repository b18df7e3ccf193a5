"""The header that says a message's offset."""

from dataclasses import replace

import pytest

from leveret.broker.message import Message
from leveret.broker.streams.stamp import stamped
from leveret.wire.properties import Properties
from leveret.wire.values import Int64
from tests.broker.domain import content, message


def header(properties, body="body"):
    found = stamped(message(body, key="k", properties=properties), 2**40)
    assert found.body.decode() == body
    assert found.routing_key == "k"
    return found.properties


@pytest.mark.parametrize(
    "properties",
    [
        Properties(),
        Properties(content_type="text/plain"),
        Properties(content_type="t", content_encoding="gzip"),
        Properties(content_encoding="gzip", headers={}),
        Properties(headers={"a": 1, "b": [1, {"c": "d"}]}, delivery_mode=2),
        Properties("t", "e", {"a": "x-stream-offset"}, 1, 9, "c", "r", "1", "m", 5, "y", "u", "a"),
        Properties(message_id="m", app_id="a"),
    ],
)
def test_it_is_added_to_what_the_message_says(properties):
    headers = {**(properties.headers or {}), "x-stream-offset": 2**40}
    found = header(properties)
    assert found == replace(properties, headers=headers)
    assert isinstance(found.headers["x-stream-offset"], Int64)


def test_one_that_the_message_brought_is_replaced():
    found = header(Properties(headers={"x-stream-offset": "mine", "a": 1}))
    assert found.headers == {"a": 1, "x-stream-offset": 2**40}
    assert list(found.headers) == ["a", "x-stream-offset"]


def test_a_body_in_several_frames_stays_as_it_is():
    octets = content(b"x" * 10_000, Properties(type="t"), frame_max=4096)
    found = stamped(Message(b"\0\0", octets, 1, 1, None), 3)
    assert found.body == b"x" * 10_000
    assert found.headers == {"x-stream-offset": 3}


def test_its_acknowledgement_is_no_business_of_the_store():
    stored = message("x")
    stored.is_stored = True
    assert not stamped(stored, 0).is_stored
