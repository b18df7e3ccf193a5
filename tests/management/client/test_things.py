"""What comes back from the API, as values."""

import pytest

from leveret.management.client import Health, Message


@pytest.mark.parametrize(
    ("payload", "encoding", "body"),
    [("hällo", "string", "hällo".encode()), ("/wA=", "base64", b"\xff\x00")],
)
def test_the_body_of_a_message_is_its_octets(payload, encoding, body):
    message = Message(
        payload=payload, payload_bytes=len(body), payload_encoding=encoding, routing_key="q"
    )
    assert message.body == body


def test_a_check_that_found_something_is_not_well():
    assert Health(status="ok").is_well
    assert not Health(status="failed", reason="alarms").is_well
