"""Whole frames against pamqp, and bodies cut to frame_max."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import body as pamqp_body
from pamqp import commands, frame, heartbeat

from leveret.wire import codec, frames
from leveret.wire.frames import BODY, HEADER, METHOD, encode_body, encode_frame
from leveret.wire.methods import BasicAck
from leveret.wire.properties import Properties, encode_header


def pieces(data):
    """The payloads of consecutive frames, each checked from its first octet to its last."""
    found = []
    while data:
        kind, channel, size = frames.FRAME_HEAD.unpack_from(data)
        end = size + frames.FRAME_OVERHEAD
        assert data[end - 1 : end] == frames.END_OCTET
        found.append((kind, channel, data[7 : end - 1]))
        data = data[end:]
    return found


def test_a_method_frame_is_what_pamqp_writes():
    ours = encode_frame(METHOD, 7, codec.encode(BasicAck(3)))
    assert ours == frame.marshal(commands.Basic.Ack(3), 7)


def test_a_header_frame_is_what_pamqp_reads():
    data = encode_frame(HEADER, 7, encode_header(Properties(app_id="a"), 3))
    size, channel, header = frame.unmarshal(data)
    assert (size, channel, header.body_size) == (len(data), 7, 3)
    assert header.properties.app_id == "a"


def test_a_body_frame_is_what_pamqp_writes():
    assert encode_frame(BODY, 7, b"\xce") == frame.marshal(pamqp_body.ContentBody(b"\xce"), 7)


def test_the_heartbeat_is_what_pamqp_writes():
    assert heartbeat.Heartbeat().marshal() == frames.HEARTBEAT_FRAME
    assert encode_frame(frames.HEARTBEAT, 0, b"") == frames.HEARTBEAT_FRAME


def test_the_protocol_header_names_amqp_0_9_1():
    assert b"AMQP" + bytes((0, 0, 9, 1)) == frames.PROTOCOL_HEADER


def test_an_empty_body_takes_no_frame():
    assert encode_body(1, b"", 4096) == b""


def test_a_body_without_a_limit_takes_one_frame():
    assert encode_body(3, b"x" * 200_000, 0) == encode_frame(BODY, 3, b"x" * 200_000)


@pytest.mark.parametrize(
    ("body_size", "sizes"),
    [(1, [1]), (4088, [4088]), (4089, [4088, 1]), (8176, [4088, 4088]), (9000, [4088, 4088, 824])],
)
def test_a_body_is_cut_so_that_whole_frames_fit_frame_max(body_size, sizes):
    cut = pieces(encode_body(1, b"x" * body_size, 4096))
    assert [len(payload) for _kind, _channel, payload in cut] == sizes


@given(st.binary(max_size=300), st.integers(9, 64))
def test_the_pieces_of_a_body_are_the_body(body, frame_max):
    cut = pieces(encode_body(5, body, frame_max))
    assert b"".join(payload for _kind, _channel, payload in cut) == body
    assert all((kind, channel) == (BODY, 5) for kind, channel, _payload in cut)
    assert all(1 <= len(payload) <= frame_max - 8 for _kind, _channel, payload in cut)
