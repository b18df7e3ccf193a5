"""Frames taken apart."""

import pytest

from leveret.dial.connection import method_frame
from leveret.migrate.contents import Content, Reader
from leveret.wire import frames, methods
from leveret.wire.frames import encode_body, encode_frame
from leveret.wire.properties import Properties, decode_header, encode_header

DELIVER = methods.BasicDeliver(delivery_tag=7, routing_key="k")


def delivered(body, step=100):
    header = encode_header(Properties(), len(body))
    return (
        method_frame(1, DELIVER)
        + encode_frame(frames.HEADER, 1, header)
        + encode_body(1, body, step)
    )


@pytest.mark.parametrize("size", [0, 1, 92, 93, 1000])
@pytest.mark.parametrize("chunk", [1, 7, 10_000])
def test_a_delivery_is_whole_however_it_comes(size, chunk):
    octets = delivered(b"x" * size) + method_frame(1, methods.BasicAck(delivery_tag=3))
    reader, found = Reader(), []
    for start in range(0, len(octets), chunk):
        found += reader.feed(octets[start : start + chunk])
    content, ack = found
    assert content.method == DELIVER
    assert method_frame(1, content.method) + content.frames == delivered(b"x" * size)
    assert ack == methods.BasicAck(delivery_tag=3)


def test_heartbeats_are_passed_over():
    assert list(Reader().feed(encode_frame(frames.HEARTBEAT, 0, b""))) == []


def offset_of(headers):
    header = encode_header(Properties(headers=headers, priority=3), 5)
    content = Content(DELIVER, header, b"")
    return decode_header(content.without_offset().header)


@pytest.mark.parametrize(
    ("headers", "published"),
    [
        ({"x-stream-offset": 9, "a": "b"}, {"a": "b"}),
        ({"x-stream-offset": 9}, None),
        ({"a": "b"}, {"a": "b"}),
    ],
)
def test_the_offset_a_stream_has_added_is_taken_off(headers, published):
    assert offset_of(headers) == (Properties(headers=published, priority=3), 5)
