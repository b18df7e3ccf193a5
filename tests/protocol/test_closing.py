"""What still counts of a peer that was asked to close."""

import pytest

from leveret.protocol.closing import LastWords
from leveret.wire import methods
from leveret.wire.frames import FRAME_HEAD, HEARTBEAT_FRAME
from tests.protocol.peer import body, method, publish

FRAME_MAX = 4096
ENDS = [methods.ConnectionClose(), methods.ConnectionCloseOk()]


@pytest.fixture
def last_words():
    return LastWords(b"", FRAME_MAX)


@pytest.mark.parametrize("end", ENDS)
def test_the_end_is_found_behind_anything_that_is_a_frame(last_words, end):
    flood = publish(1, b"x") + HEARTBEAT_FRAME + method(0, methods.ConnectionUnblocked())
    assert last_words.receive(flood) == 0
    assert last_words.receive(flood + method(0, end) + b"garbage") == end.index


@pytest.mark.parametrize("end", ENDS)
def test_octet_by_octet_the_same_is_found(end):
    octets = body(1, b"x") + method(0, end)
    last_words = LastWords(octets[:3], FRAME_MAX)
    found = [last_words.receive(octets[at : at + 1]) for at in range(3, len(octets))]
    assert found == [0] * (len(octets) - 4) + [end.index]


def test_what_is_said_on_a_channel_ends_nothing(last_words):
    assert last_words.receive(method(1, methods.ConnectionCloseOk())) == 0


def test_behind_a_giant_nothing_is_kept_or_found(last_words):
    assert last_words.receive(FRAME_HEAD.pack(3, 1, FRAME_MAX + 1) + b"x") == 0
    assert last_words.receive(method(0, methods.ConnectionCloseOk())) == 0
    assert last_words._rest == b""
