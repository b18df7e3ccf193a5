"""The stream cut into frames: however it is chunked the same is heard, and garbage costs nothing
but the connection."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.protocol.channel import Channel
from leveret.protocol.reader import Reader
from leveret.protocol.violation import ProtocolViolation
from leveret.wire import frames, methods
from leveret.wire.properties import Properties
from tests.protocol.peer import (
    ADDRESS,
    LIMITS,
    PUBLISH,
    ChannelListener,
    body,
    content,
    header,
    in_chunks,
    method,
    opened,
    publish,
)

FRAME_MAX = 4096
PROPERTIES = Properties(content_type="text/plain", headers={"a": 1}, delivery_mode=2)


class Stream:
    """A reader, the channels 1 and 2, and what they hear."""

    def __init__(self, message_bytes_max=LIMITS.message_bytes_max):
        self.heard = []
        self.left_count = 0
        self.reader = Reader(self, message_bytes_max)
        for number in (1, 2):
            channel = Channel(number, ChannelListener(number, self.heard), LIMITS)
            self.reader.channels[number] = channel

    def frame(self, kind, number, frame):
        """A frame the reader leaves to others; here they do with it what the connection does."""
        self.left_count += 1
        channel = self.reader.channels.get(number)
        if channel is None:
            self.heard.append(("frame", kind, number, frame))
        else:
            channel.frame(kind, frame)

    def give(self, *chunks):
        for chunk in chunks:
            self.reader.receive(chunk)
        return self.heard

    @property
    def owed_octets(self):
        """What the reader keeps of an incomplete frame."""
        return len(self.reader._rest)


@pytest.fixture
def stream():
    return Stream()


# Whole contents in one chunk -------------------------------------------------------------------


def test_a_whole_publish_is_handed_over_with_its_content_as_one_slice(stream):
    assert stream.give(publish(1, b"hello", PROPERTIES)) == [
        ("publish", 1, ADDRESS, 0, True, content(1, b"hello", PROPERTIES))
    ]


def test_a_publish_without_properties_says_so(stream):
    assert stream.give(publish(1, b"hello")) == [
        ("publish", 1, ADDRESS, 0, False, content(1, b"hello"))
    ]


def test_an_ack_is_handed_over(stream):
    acks = [methods.BasicAck(7), methods.BasicAck(2**64 - 1, multiple=True)]
    assert stream.give(*[method(2, ack) for ack in acks]) == [
        ("ack", 2, 7, False),
        ("ack", 2, 2**64 - 1, True),
    ]


def test_whole_publishes_and_acks_take_the_short_way(stream):
    """The one that every benchmark is about: no call per frame, nothing decoded."""
    wide = Properties(headers={"a": "x" * 200}, delivery_mode=2)
    stream.give(publish(1, b"x") + publish(2, b"y" * 3000, wide) + method(1, methods.BasicAck(1)))
    assert len(stream.heard) == 3
    assert stream.left_count == 0
    stream.give(publish(1))
    assert stream.left_count == 2


def test_several_in_one_chunk_are_heard_in_order(stream):
    stream.give(
        publish(1, b"a")
        + method(2, methods.BasicAck(1))
        + frames.HEARTBEAT_FRAME
        + publish(2, b"b")
        + publish(1)
        + method(1, methods.TxSelect())
    )
    assert [heard[:2] for heard in stream.heard] == [
        ("publish", 1),
        ("ack", 2),
        ("frame", frames.HEARTBEAT),
        ("publish", 2),
        ("publish", 1),
        ("method", 1),
    ]


def test_channels_may_interleave_their_contents(stream):
    stream.give(
        method(1, PUBLISH)
        + method(2, PUBLISH)
        + header(2, 1)
        + header(1, 2)
        + body(1, b"a")
        + body(2, b"x")
        + body(1, b"b")
    )
    assert [(heard[1], heard[-1]) for heard in stream.heard] == [
        (2, content(2, b"x")),
        (1, header(1, 2) + body(1, b"ab")),
    ]


def test_an_ack_in_the_midst_of_a_content_is_a_violation(stream):
    with pytest.raises(ProtocolViolation, match="expected content header"):
        stream.give(method(1, PUBLISH) + method(1, methods.BasicAck(1)))


# Whatever the chunks ---------------------------------------------------------------------------

bodies = st.binary(max_size=120)
channel_numbers = st.sampled_from([1, 2])
some_properties = st.sampled_from([None, PROPERTIES, Properties(priority=1)])
pieces = st.one_of(
    st.builds(publish, channel_numbers, bodies, some_properties),
    st.builds(publish, channel_numbers, bodies, some_properties, frame_max=st.integers(9, 60)),
    st.builds(publish, channel_numbers, st.just(b"x" * 3000)),
    st.builds(
        lambda number, tag, multiple: method(number, methods.BasicAck(tag, multiple)),
        channel_numbers,
        st.integers(0, 2**64 - 1),
        st.booleans(),
    ),
    st.builds(method, channel_numbers, st.just(methods.QueueDeclare(queue="q"))),
    st.just(frames.HEARTBEAT_FRAME),
)
streams = st.lists(pieces, max_size=8).map(b"".join)


@given(streams, st.lists(st.integers(0, 100_000), max_size=12))
def test_any_chunks_are_heard_alike(octets, cuts):
    whole, cut = Stream(), Stream()
    whole.give(octets)
    cut.give(*in_chunks(octets, cuts))
    assert cut.heard == whole.heard
    assert cut.owed_octets == 0


@given(streams)
def test_octet_by_octet_the_same_is_heard(octets):
    whole, dripping = Stream(), Stream()
    whole.give(octets)
    dripping.give(*[octets[at : at + 1] for at in range(len(octets))])
    assert dripping.heard == whole.heard


def test_a_halted_reader_keeps_what_has_come(stream):
    select = method(1, methods.TxSelect())
    halt_at = []

    def hear(said):
        stream.heard.append(("method", 1, said))
        stream.reader.is_halted = bool(halt_at and halt_at.pop())

    stream.reader.channels[1].events.method = hear
    halt_at.append(True)
    stream.give(select + publish(1, b"x") + select)
    assert len(stream.heard) == 1
    stream.give(select[:5], select[5:])
    assert len(stream.heard) == 1
    stream.reader.is_halted = False
    stream.give(b"")
    assert [heard[0] for heard in stream.heard] == ["method", "publish", "method", "method"]
    assert stream.owed_octets == 0


def test_a_watched_channel_has_its_publishes_frame_by_frame(stream):
    stream.reader.channels[1].watch(is_watching=True)
    stream.give(publish(1, b"x") + publish(2, b"y"))
    assert [heard[:2] for heard in stream.heard] == [
        ("content", 1),
        ("content", 1),
        ("publish", 1),
        ("publish", 2),
    ]
    stream.reader.channels[1].watch(is_watching=False)
    stream.left_count = 0
    stream.give(publish(1, b"x"))
    assert stream.left_count == 0


# Frames that are none --------------------------------------------------------------------------


def test_a_frame_is_waited_for_until_it_is_whole(stream):
    frame = method(1, methods.TxSelect())
    for cut in range(len(frame)):
        stream.give(frame[:cut])
        assert stream.heard == []
        stream.give(frame[cut:])
        assert len(stream.heard) == 1
        stream.heard.clear()


def test_a_frame_may_be_as_large_as_agreed_and_no_larger(stream):
    stream.reader.limit_frames(FRAME_MAX)
    # RabbitMQ forgives the eight octets that some clients forget to count.
    stream.give(method(1, PUBLISH) + header(1, FRAME_MAX) + body(1, b"x" * FRAME_MAX))
    assert len(stream.heard) == 1
    with pytest.raises(ProtocolViolation) as violation:
        stream.give(method(1, PUBLISH) + header(1, FRAME_MAX + 1) + body(1, b"x" * (FRAME_MAX + 1)))
    assert str(violation.value) == (
        "FRAME_ERROR - type 3, all octets = <<>>: {frame_too_large,4097,4088}"
    )


def test_a_body_beyond_the_largest_message_is_refused_even_when_it_is_there():
    stream = Stream(message_bytes_max=100)
    stream.reader.limit_frames(FRAME_MAX)
    stream.reader.channels[1] = Channel(
        1, ChannelListener(1, stream.heard), LIMITS.__class__(message_bytes_max=100)
    )
    stream.give(publish(1, b"x" * 100))
    stream.give(method(1, PUBLISH) + header(1, 101))
    assert [heard[0] for heard in stream.heard] == ["publish", "refuse"]


def test_four_gibibytes_announced_are_not_waited_for(stream):
    with pytest.raises(ProtocolViolation, match="frame_too_large,4294967295"):
        stream.give(frames.FRAME_HEAD.pack(frames.BODY, 1, 2**32 - 1))
    assert stream.owed_octets == 7


def test_a_violation_leaves_the_frame_that_did_it_to_whoever_reads_on(stream):
    bad = method(1, PUBLISH) + body(1, b"x")
    rest = method(1, methods.TxSelect()) + b"\x01\x00"
    with pytest.raises(ProtocolViolation, match="expected content header"):
        stream.give(publish(1, b"x") + bad + rest)
    assert stream.reader.take_rest() == body(1, b"x") + rest
    assert stream.owed_octets == 0


def test_a_header_larger_than_a_frame_may_be_is_a_violation_even_when_it_is_there(stream):
    wide = Properties(headers={str(number): "x" * 200 for number in range(25)})
    stream.reader.limit_frames(FRAME_MAX)
    with pytest.raises(ProtocolViolation, match="frame_too_large"):
        stream.give(publish(1, b"x", wide))


def test_a_frame_ends_with_its_end(stream):
    frame = method(1, methods.TxSelect())
    with pytest.raises(ProtocolViolation) as violation:
        stream.give(frame[:-1] + b"\x00")
    assert str(violation.value) == (
        "FRAME_ERROR - type 1, all octets = <<0,90,0,10>>: {invalid_frame_end_marker,0}"
    )


@pytest.mark.parametrize("place", ["method", "header", "body"])
def test_a_publish_with_a_wrong_end_anywhere_is_a_violation(stream, place):
    said, described, data = method(1, PUBLISH), header(1, 1), body(1, b"x")
    whole = bytearray(said + described + data)
    lengths = {"method": len(said), "header": len(said + described), "body": len(whole)}
    whole[lengths[place] - 1] = 0
    with pytest.raises(ProtocolViolation, match="invalid_frame_end_marker,0"):
        stream.give(bytes(whole))


@given(st.lists(st.binary(max_size=200), max_size=6))
def test_arbitrary_octets_are_frames_or_a_violation_and_little_is_kept(chunks):
    stream = Stream()
    try:
        stream.give(*chunks)
    except ProtocolViolation:
        assert stream.owed_octets <= FRAME_MAX + 8
        return
    assert stream.owed_octets <= FRAME_MAX + 8


def test_a_connection_keeps_little_of_a_frame_that_never_ends():
    listener = opened(1)
    head = frames.FRAME_HEAD.pack(frames.BODY, 1, 8192)
    for chunk in (head, *[b"x" * 1000] * 8):
        listener.connection.receive(chunk)
    assert listener.heard == []
    assert len(listener.connection._reader._rest) <= 8192 + 8
