"""One channel: contents put together frame by frame, and what may come when."""

import pytest

from leveret.protocol.channel import Channel, read_method
from leveret.protocol.violation import ProtocolViolation
from leveret.wire import codec, frames, methods
from leveret.wire.properties import Properties, encode_header
from tests.protocol.peer import ADDRESS, LIMITS, PUBLISH, ChannelListener, body, header, method

EXPECTED_HEADER = "UNEXPECTED_FRAME - expected content header for class 60, got"
EXPECTED_BODY = "UNEXPECTED_FRAME - expected content body, got non content body frame instead"


class Wire:
    """A channel that is given frames by hand."""

    def __init__(self, number=5):
        self.heard = []
        self.channel = Channel(number, ChannelListener(number, self.heard), LIMITS)

    def give(self, *given):
        for frame in given:
            self.channel.frame(frame[0], frame)
        return self.heard


@pytest.fixture
def wire():
    return Wire()


def violation(wire, frame):
    with pytest.raises(ProtocolViolation) as caught:
        wire.give(frame)
    return caught.value


def test_a_method_goes_straight_to_the_session(wire):
    assert wire.give(method(5, methods.TxSelect())) == [("method", 5, methods.TxSelect())]


def test_a_content_is_put_together(wire):
    wire.give(method(5, PUBLISH), header(5, 5), body(5, b"he"))
    assert wire.heard == []
    wire.give(body(5, b"llo"))
    assert wire.heard == [("publish", 5, ADDRESS, 0, False, header(5, 5) + body(5, b"hello"))]


def test_a_watched_channel_tells_of_header_and_body_frames_before_it_acts(wire):
    wire.channel.watch(is_watching=True)
    wire.give(method(5, methods.TxSelect()), method(5, PUBLISH))
    assert [heard[0] for heard in wire.heard] == ["method"]
    wire.give(header(5, 2))
    assert wire.heard[1:] == [("content", 5)]
    wire.give(body(5, b"a"))
    wire.channel.watch(is_watching=False)
    wire.give(body(5, b"b"))
    assert [heard[0] for heard in wire.heard] == ["method", "content", "content", "publish"]


def test_a_watched_channel_tells_of_what_it_refuses(wire):
    wire.channel.watch(is_watching=True)
    wire.give(method(5, PUBLISH), header(5, 20_001))
    assert [heard[0] for heard in wire.heard] == ["content", "refuse"]


def test_a_watched_channel_does_not_tell_of_what_breaks_the_protocol(wire):
    wire.channel.watch(is_watching=True)
    wire.give(method(5, PUBLISH))
    violation(wire, body(5, b"x"))
    assert wire.heard == []


def test_the_next_content_follows(wire):
    for data in (b"a", b"b"):
        wire.give(method(5, PUBLISH), header(5, 1), body(5, data))
    wire.give(method(5, methods.TxSelect()))
    assert [heard[0] for heard in wire.heard] == ["publish", "publish", "method"]


def test_an_empty_body_has_no_frame(wire):
    assert wire.give(method(5, PUBLISH), header(5, 0)) == [
        ("publish", 5, ADDRESS, 0, False, header(5, 0))
    ]


def test_empty_body_frames_leave_no_trace(wire):
    wire.give(method(5, PUBLISH), header(5, 2), body(5, b""), body(5, b"a"), body(5, b""))
    wire.give(body(5, b"b"))
    *_, content = wire.heard[0]
    assert content == header(5, 2) + body(5, b"ab")


def test_a_body_is_no_larger_for_the_frames_it_came_in(wire):
    wire.give(method(5, PUBLISH), header(5, 1000), *[body(5, b"x")] * 999)
    assert len(wire.channel._body) == 999
    wire.give(body(5, b"x"))
    *_, content = wire.heard[0]
    assert content == header(5, 1000) + body(5, b"x" * 1000)


@pytest.mark.parametrize(
    ("how", "bits"), [({}, 0), ({"mandatory": True}, 1), ({"immediate": True}, 2)]
)
def test_the_bits_of_a_publish_come_along(wire, how, bits):
    said = methods.BasicPublish(exchange="x", routing_key="k", **how)
    wire.give(method(5, said), header(5, 0))
    assert wire.heard[0][3] == bits


def test_properties_are_announced(wire):
    wire.give(method(5, PUBLISH), header(5, 0, Properties(priority=1)))
    assert wire.heard[0][4]


def test_octets_of_properties_without_a_flag_are_announced_too(wire):
    payload = encode_header(Properties(), 0) + b"stray"
    wire.give(method(5, PUBLISH), frames.encode_frame(frames.HEADER, 5, payload))
    assert wire.heard[0][4]


# What may not come -----------------------------------------------------------------------------


@pytest.mark.parametrize("frame", [header(5, 0), body(5, b"x")])
def test_a_content_needs_its_method(wire, frame):
    assert str(violation(wire, frame)) == (
        "UNEXPECTED_FRAME - expected method frame, got non method frame instead"
    )


@pytest.mark.parametrize("frame", [method(5, PUBLISH), method(5, methods.TxSelect()), body(5, b"")])
def test_behind_a_publish_comes_its_header(wire, frame):
    wire.give(method(5, PUBLISH))
    caught = violation(wire, frame)
    assert str(caught) == f"{EXPECTED_HEADER} non content header frame instead"
    assert caught.index == PUBLISH.index


@pytest.mark.parametrize(
    ("class_id", "weight", "complaint"),
    [(50, 0, "one for class 50 instead"), (60, 1, "non content header frame instead")],
)
def test_a_header_is_of_class_basic_and_has_no_weight(wire, class_id, weight, complaint):
    wire.give(method(5, PUBLISH))
    payload = class_id.to_bytes(2, "big") + weight.to_bytes(2, "big") + bytes(10)
    caught = violation(wire, frames.encode_frame(frames.HEADER, 5, payload))
    assert str(caught) == f"{EXPECTED_HEADER} {complaint}"


@pytest.mark.parametrize("frame", [method(5, PUBLISH), header(5, 2), body(5, b"abc")])
def test_behind_a_header_comes_the_body_and_no_more_of_it_than_announced(wire, frame):
    wire.give(method(5, PUBLISH), header(5, 2))
    assert str(violation(wire, frame)) == EXPECTED_BODY


def test_a_body_that_grows_too_long_later_is_refused_too(wire):
    wire.give(method(5, PUBLISH), header(5, 3), body(5, b"ab"))
    assert str(violation(wire, body(5, b"cd"))) == EXPECTED_BODY


@pytest.mark.parametrize("body_size", [20_001, 2**64 - 1])
def test_a_body_that_is_announced_too_long_closes_the_channel_and_is_not_waited_for(
    wire, body_size
):
    wire.give(method(5, PUBLISH), header(5, body_size))
    reason = f"message size {body_size} is larger than configured max size 20000"
    assert wire.heard == [("refuse", 5, 406, reason, PUBLISH.index)]
    assert wire.channel.is_idle


def test_the_longest_body_is_accepted(wire):
    wire.give(method(5, PUBLISH), header(5, 20_000), body(5, b"x" * 20_000))
    assert wire.heard[0][0] == "publish"


@pytest.mark.parametrize(
    "payload",
    ["", "0000", "0000 05 78 00 00", "0000 01 78 02 6b 00", "0000 00 00 00 00", "0000 00 00"],
)
def test_a_publish_that_says_no_address_is_refused_at_once(wire, payload):
    said = bytes.fromhex(f"003c 0028 {payload}")
    caught = violation(wire, frames.encode_frame(frames.METHOD, 5, said))
    assert str(caught).startswith("FRAME_ERROR - cannot decode <<")
    assert caught.index == PUBLISH.index


def test_a_publish_may_be_addressed_in_any_octets(wire):
    said = bytes.fromhex("003c 0028 0000 01 ff 01 fe 00")
    wire.give(frames.encode_frame(frames.METHOD, 5, said), header(5, 0))
    assert wire.heard[0][2] == b"\x01\xff\x01\xfe"


# Reading methods -------------------------------------------------------------------------------


def test_a_method_is_read():
    assert read_method(codec.encode(PUBLISH)) == PUBLISH


@pytest.mark.parametrize(
    ("payload", "text", "index"),
    [
        ("003c ffff", "COMMAND_INVALID - unknown method 60.65535", 0x003CFFFF),
        ("0014 000a 01 ff", "FRAME_ERROR - Malformed UTF-8 in shortstr", 0),
        ("0032 000a 0000", "FRAME_ERROR - cannot decode <<0,0>>", 0x0032000A),
        ("005a 000a 00", "FRAME_ERROR - cannot decode <<0>>", 0x005A000A),
    ],
)
def test_what_is_no_method_is_named(payload, text, index):
    with pytest.raises(ProtocolViolation) as caught:
        read_method(bytes.fromhex(payload))
    assert str(caught.value) == text
    assert caught.value.index == index
