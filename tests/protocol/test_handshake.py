"""What tune-ok may answer to tune."""

import pytest

from leveret.protocol.handshake import Agreement, agree, what_came
from leveret.protocol.limits import Limits
from leveret.protocol.violation import ProtocolViolation
from leveret.wire.methods import ConnectionTuneOk

OFFER = Limits(channel_max=2047, frame_max=131072, heartbeat_s=60)
NO_LIMITS = Limits(channel_max=0, frame_max=0, heartbeat_s=0)


@pytest.mark.parametrize(
    ("offer", "answer"),
    [
        (OFFER, (2047, 131072, 60)),
        (OFFER, (1, 4096, 0)),
        (OFFER, (1, 4096, 600)),
        (NO_LIMITS, (0, 0, 0)),
        (NO_LIMITS, (65535, 2**32 - 1, 65535)),
    ],
)
def test_a_client_may_take_what_is_offered_or_less(offer, answer):
    assert agree(offer, ConnectionTuneOk(*answer)) == Agreement(*answer)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((2048, 131072, 0), "channel_max = 2048 is higher than the maximum allowed value (2047)"),
        ((0, 131072, 0), "channel_max = 0 is higher than the maximum allowed value (2047)"),
        ((1, 131073, 0), "frame_max = 131073 is higher than the maximum allowed value (131072)"),
        ((1, 0, 0), "frame_max = 0 is higher than the maximum allowed value (131072)"),
    ],
)
def test_a_client_may_not_take_more_than_is_offered(answer, reason):
    with pytest.raises(ProtocolViolation) as violation:
        agree(OFFER, ConnectionTuneOk(*answer))
    assert str(violation.value) == f"NOT_ALLOWED - negotiated {reason}"
    assert violation.value.index == ConnectionTuneOk.index


@pytest.mark.parametrize("offer", [OFFER, NO_LIMITS])
def test_frames_are_never_smaller_than_the_book_allows(offer):
    with pytest.raises(ProtocolViolation, match="frame_max=4095 < 4096 min size"):
        agree(offer, ConnectionTuneOk(channel_max=1, frame_max=4095))


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01", "it speaks TLS, and this port speaks plain AMQP"),
        (b"PROXY TC", "proxy_protocol is not on"),
        (b"\r\n\r\n\x00\r\nQ", "proxy_protocol is not on"),
        (b"AMQP\x00\x01\x00\x00", "another version of AMQP"),
        (b"GET / HT", "it speaks HTTP"),
        (b"nonsense", "it does not speak AMQP; it began with b'nonsense'"),
    ],
)
def test_a_peer_that_does_not_begin_with_amqp_is_told_in_words(header, words):
    assert words in what_came(header)
