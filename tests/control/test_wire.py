"""A frame that is not the next one of its writer, whole, is no frame."""

import pytest

from leveret.control.wire import BODY_OCTETS_MAX, HEAD_OCTETS, BadFrame, Opener, Sealer


def opened(opener, frame):
    length = opener.begin(frame[:HEAD_OCTETS])
    assert length == len(frame) - HEAD_OCTETS
    return opener.finish(frame[HEAD_OCTETS:])


def test_frames_arrive_as_they_were_written():
    sealer, opener = Sealer(b"key"), Opener(b"key")
    for body in (b"", b"one", bytes(100_000)):
        assert opened(opener, sealer.seal(body)) == body


@pytest.mark.parametrize("at", [HEAD_OCTETS, HEAD_OCTETS + 2, 4, 35])
def test_a_changed_frame_is_noticed(at):
    frame = bytearray(Sealer(b"key").seal(b"one"))
    frame[at] ^= 1
    with pytest.raises(BadFrame, match="did not write"):
        opened(Opener(b"key"), bytes(frame))


def test_a_frame_said_twice_left_out_or_by_somebody_else_is_noticed():
    sealer, opener = Sealer(b"key"), Opener(b"key")
    first, second = sealer.seal(b"one"), sealer.seal(b"two")
    assert opened(opener, first) == b"one"
    with pytest.raises(BadFrame):
        opened(opener, first)
    with pytest.raises(BadFrame):
        opened(Opener(b"key"), second)
    with pytest.raises(BadFrame):
        opened(Opener(b"another key"), first)


def test_a_frame_that_is_too_long_is_refused_before_it_is_read():
    head = (BODY_OCTETS_MAX + 1).to_bytes(4, "big") + bytes(32)
    with pytest.raises(BadFrame, match="octets"):
        Opener(b"key").begin(head)
