"""A connection from its greeting to its end."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.protocol.handshake import Agreement
from leveret.protocol.limits import Limits
from leveret.protocol.states import State
from leveret.protocol.violation import ProtocolViolation
from leveret.protocol.waiting import OCTETS_MAX
from leveret.wire import frames, methods
from leveret.wire.codes import ReplyCode
from leveret.wire.frames import FRAME_HEAD, HEARTBEAT_FRAME, PROTOCOL_HEADER
from tests.protocol.peer import (
    ADDRESS,
    LIMITS,
    PUBLISH,
    Listener,
    body,
    header,
    in_chunks,
    method,
    opened,
    publish,
    unread_octets,
)

CLOSE = methods.ConnectionClose(200, "bye")
OPEN = methods.ChannelOpen()
SELECT = methods.TxSelect()


def closed_with(listener):
    """The connection.close that was sent, and nothing behind it."""
    channel, said = listener.take_frames()[-1]
    assert channel == 0
    assert isinstance(said, methods.ConnectionClose)
    assert listener.connection.state is State.CLOSING
    return said


# Greeting and handshake ------------------------------------------------------------------------


@pytest.mark.parametrize("cuts", [[], [1], [4, 7], list(range(8))])
def test_a_greeting_opens_the_handshake(cuts):
    listener = Listener()
    for chunk in in_chunks(PROTOCOL_HEADER, cuts):
        assert listener.heard == []
        listener.connection.receive(chunk)
    assert listener.heard == [("greeted", (0, 9))]
    assert listener.connection.state is State.STARTING


@pytest.mark.parametrize(
    ("octets", "version"),
    [
        (b"AMQP\x01\x01\x00\x09", (0, 9)),
        (b"AMQP\x01\x01\x08\x00", (8, 0)),
        (b"AMQP\x01\x01\x09\x01", (8, 0)),
    ],
)
def test_older_greetings_are_understood(octets, version):
    listener = Listener()
    listener.connection.receive(octets)
    assert listener.heard == [("greeted", version)]


@pytest.mark.parametrize(
    "octets", [b"AMQP\x00\x01\x00\x00", b"AMQP\x00\x00\x0a\x00", b"GET / HTTP/1.1\r\n", bytes(8)]
)
def test_any_other_greeting_is_answered_with_the_right_one(octets):
    listener = Listener()
    listener.connection.receive(octets)
    assert listener.take_output() == PROTOCOL_HEADER
    assert listener.connection.is_closed
    assert listener.heard == [("misgreeted", octets[:8]), ("closed",)]


def test_what_comes_behind_the_greeting_is_read():
    listener = Listener()
    said = methods.ConnectionStartOk(mechanism="PLAIN")
    listener.connection.receive(PROTOCOL_HEADER + method(0, said))
    assert listener.heard == [("greeted", (0, 9)), ("method", 0, said)]


def test_the_handshake_goes_by_the_table():
    listener = opened()
    assert listener.connection.state is State.OPEN
    assert listener.connection.agreement == Agreement(LIMITS.channel_max, LIMITS.frame_max, 0)


@pytest.mark.parametrize(
    "octets",
    [
        method(0, methods.ConnectionTuneOk()),
        method(0, CLOSE),
        method(1, OPEN),
        header(0, 0),
        b"\x00" * 20,
        b"\x01\x00\x00\xff\xff\xff\xff",
        method(0, methods.ConnectionStartOk(response=b"x" * 5000)),
    ],
)
def test_a_stranger_that_breaks_the_order_is_hung_up_on(octets):
    listener = Listener()
    listener.connection.receive(PROTOCOL_HEADER + octets)
    assert listener.connection.is_closed
    assert listener.take_output() == b""
    assert [heard[0] for heard in listener.heard] == ["greeted", "violated", "closed"]


def test_a_client_that_has_shown_who_it_is_is_told_what_it_did_wrong():
    listener = Listener()
    listener.connection.receive(PROTOCOL_HEADER + method(0, methods.ConnectionStartOk()))
    listener.connection.receive(method(0, methods.ConnectionTuneOk()))
    listener.connection.receive(method(1, OPEN))
    assert closed_with(listener).reply_code == ReplyCode.UNEXPECTED_FRAME


def test_a_violation_that_wants_to_be_explained_is():
    listener = Listener()
    listener.connection.receive(PROTOCOL_HEADER)
    listener.connection.close(ReplyCode.ACCESS_REFUSED, "no", is_explained=True)
    assert closed_with(listener).reply_code == 403


def test_a_session_may_raise_a_violation_for_what_it_hears():
    listener = opened()

    def refuse(said):
        raise ProtocolViolation(ReplyCode.NOT_ALLOWED, "not you", said.index)

    listener.method = refuse
    said = methods.ConnectionUpdateSecret()
    listener.connection.receive(method(0, said))
    close = closed_with(listener)
    assert (close.reply_code, close.reply_text) == (530, "NOT_ALLOWED - not you")
    assert (close.class_id, close.method_id) == (10, 70)


def test_what_a_session_refuses_belongs_to_the_state_before():
    listener = Listener()
    listener.connection.receive(PROTOCOL_HEADER + method(0, methods.ConnectionStartOk()))

    def refuse(said):
        raise ProtocolViolation(ReplyCode.NOT_ALLOWED, "too much", said.index)

    listener.method = refuse
    listener.connection.receive(method(0, methods.ConnectionTuneOk()))
    assert listener.take_output() == b""
    assert listener.connection.is_closed


# Channels --------------------------------------------------------------------------------------


def test_a_channel_is_opened_and_used_and_closed():
    listener = opened()
    listener.connection.receive(method(3, OPEN) + method(3, SELECT))
    listener.connection.receive(publish(3, b"x") + method(3, methods.BasicAck(1)))
    listener.connection.receive(method(3, methods.ChannelClose(200, "bye")))
    assert [heard[:2] for heard in listener.heard] == [
        ("open", 3),
        ("method", 3),
        ("publish", 3),
        ("ack", 3),
        ("close", 3),
    ]
    assert listener.take_frames() == [
        (3, methods.ChannelOpenOk()),
        (3, methods.ChannelCloseOk()),
    ]


def test_a_closed_channel_may_be_opened_again():
    listener = opened(1)
    listener.connection.receive(method(1, methods.ChannelClose()) + method(1, OPEN))
    assert listener.heard == [("close", 1), ("open", 1)]


def test_the_number_of_a_channel_is_free_but_their_count_is_limited():
    listener = opened(1, 65535, agreement=Agreement(2, 4096, 0))
    listener.connection.receive(method(2, OPEN))
    close = closed_with(listener)
    assert close.reply_text == (
        "NOT_ALLOWED - number of channels opened (2) has reached the negotiated channel_max (2)"
    )


def test_a_count_of_0_is_no_limit():
    listener = opened(*range(1, 50), agreement=Agreement(0, 4096, 0))
    listener.connection.receive(method(50, OPEN))
    assert listener.heard == [("open", 50)]


@pytest.mark.parametrize(
    ("octets", "code", "index"),
    [
        (method(1, OPEN), 504, OPEN.index),
        (method(2, SELECT), 504, SELECT.index),
        (publish(2, b"x"), 504, PUBLISH.index),
        (header(2, 0), 504, 0),
        (method(0, SELECT), 504, SELECT.index),
        (method(0, OPEN), 504, OPEN.index),
        (method(0, methods.ConnectionStartOk()), 504, methods.ConnectionStartOk.index),
        (header(0, 0), 505, 0),
        (body(0, b"x"), 505, 0),
        (body(1, b"x"), 505, 0),
        (FRAME_HEAD.pack(8, 1, 0) + b"\xce", 505, 0),
        (FRAME_HEAD.pack(8, 0, 1) + b"x\xce", 501, 0),
        (FRAME_HEAD.pack(4, 1, 0) + b"\xce", 501, 0),
        (FRAME_HEAD.pack(1, 1, 3) + b"abc\xce", 501, 0),
        (FRAME_HEAD.pack(2, 1, 13) + bytes(13) + b"\xce", 501, 0),
        (FRAME_HEAD.pack(1, 1, 4) + b"\0\x3c\xff\xff\xce", 503, 0x003CFFFF),
    ],
)
def test_a_frame_out_of_place_closes_the_connection(octets, code, index):
    listener = opened(1)
    listener.connection.receive(octets)
    close = closed_with(listener)
    assert (close.reply_code, close.class_id << 16 | close.method_id) == (code, index)
    assert [heard[0] for heard in listener.heard] == ["violated", "close"]


def test_a_reply_text_is_utf_8_whatever_it_quotes():
    listener = opened(1)
    listener.connection.close(ReplyCode.NOT_ALLOWED, "no \udcff")
    assert closed_with(listener).reply_text == "no ?"


def test_heartbeats_are_heard_in_silence():
    listener = opened(1)
    listener.connection.receive(HEARTBEAT_FRAME * 3)
    assert listener.heard == []
    assert listener.take_output() == b""


def test_a_long_reply_text_is_cut_to_what_a_short_string_holds():
    listener = opened(1)
    listener.connection.close(ReplyCode.NOT_ALLOWED, "ü" * 200)
    assert closed_with(listener).reply_text == "ü" * 126 + "..."


# Closing a channel from our side ---------------------------------------------------------------


@pytest.fixture
def refused():
    """Channel 1 was closed by us; channel 2 is open."""
    listener = opened(1, 2)
    listener.connection.close_channel(1, ReplyCode.NOT_FOUND, "NOT_FOUND - no", SELECT.index)
    assert listener.take_frames() == [(1, methods.ChannelClose(404, "NOT_FOUND - no", 90, 10))]
    assert listener.take_heard() == [("close", 1)]
    return listener


def test_frames_for_a_closing_channel_are_discarded(refused):
    refused.connection.receive(publish(1, b"x") + method(1, SELECT) + header(1, 7) + body(1, b"x"))
    assert refused.take_heard() == []
    refused.connection.receive(publish(2, b"x"))
    assert refused.heard[0][:2] == ("publish", 2)
    assert refused.take_output() == b""


def test_a_closing_channel_is_free_again_after_close_ok(refused):
    refused.connection.receive(method(1, methods.ChannelCloseOk()) + method(1, OPEN))
    assert refused.heard == [("open", 1)]


def test_two_closes_that_cross_are_both_answered(refused):
    refused.connection.receive(method(1, methods.ChannelClose()))
    assert refused.take_frames() == [(1, methods.ChannelCloseOk())]
    refused.connection.receive(method(1, methods.ChannelCloseOk()) + method(1, OPEN))
    assert refused.heard == [("open", 1)]


def test_a_closing_channel_cannot_be_opened(refused):
    refused.connection.receive(method(1, OPEN))
    assert closed_with(refused).reply_text == "CHANNEL_ERROR - second 'channel.open' seen"


# Channels that wait ----------------------------------------------------------------------------

COMMIT = methods.TxCommit()


def waits_at_each(listener, said, number=1):
    """The channel waits whenever it hears this; the lines it then stands in."""
    lines = []
    events = listener.connection._channels[number].events

    def hear(heard):
        listener.heard.append(("method", number, heard))
        if heard == said:
            lines.append(listener.connection.wait(number))

    events.method = hear
    return lines


def go_on(listener, line):
    listener.connection.resume(line, lambda: listener.heard.append("on"))


def test_what_comes_for_a_channel_that_waits_is_handled_in_order_when_it_goes_on():
    listener = opened(1, 2)
    line = listener.connection.wait(1)
    listener.connection.receive(publish(1, b"x") + method(1, methods.BasicAck(1)))
    listener.connection.receive(method(1, SELECT) + publish(2, b"y"))
    assert [heard[:2] for heard in listener.take_heard()] == [("publish", 2)]
    go_on(listener, line)
    assert listener.heard.pop(0) == "on"
    assert [heard[:2] for heard in listener.take_heard()] == [
        ("publish", 1),
        ("method", 1),
        ("method", 1),
    ]
    listener.connection.receive(method(1, methods.BasicAck(2)))
    assert listener.heard == [("ack", 1, 2, False)]


def test_a_channel_may_wait_again_before_it_has_caught_up():
    listener = opened(1)
    lines = waits_at_each(listener, COMMIT)
    listener.connection.receive(method(1, COMMIT) + method(1, SELECT) + method(1, COMMIT) * 2)
    assert listener.take_heard() == [("method", 1, COMMIT)]
    go_on(listener, lines[0])
    assert listener.take_heard() == ["on", ("method", 1, SELECT), ("method", 1, COMMIT)]
    listener.connection.receive(method(1, SELECT))
    go_on(listener, lines[1])
    assert listener.take_heard() == ["on", ("method", 1, COMMIT)]
    go_on(listener, lines[2])
    assert listener.take_heard() == ["on", ("method", 1, SELECT)]


def test_a_channel_that_waits_is_open():
    listener = opened(1, 2, agreement=Agreement(2, 4096, 0))
    listener.connection.wait(1)
    listener.connection.receive(method(3, OPEN))
    assert "number of channels opened (2)" in closed_with(listener).reply_text
    assert [heard for heard in listener.heard if heard[0] == "close"] == [
        ("close", 2),
        ("close", 1),
    ]


def test_what_breaks_the_protocol_while_the_channel_waits_is_answered_when_it_goes_on():
    listener = opened(1)
    line = listener.connection.wait(1)
    listener.connection.receive(method(1, OPEN) + method(1, SELECT))
    assert listener.take_output() == b""
    go_on(listener, line)
    assert closed_with(listener).reply_text == "CHANNEL_ERROR - second 'channel.open' seen"
    assert [heard[0] for heard in listener.heard[1:]] == ["violated", "close"]


def test_a_channel_that_is_refused_as_it_goes_on_discards_what_has_come():
    listener = opened(1)
    line = listener.connection.wait(1)
    listener.connection.receive(method(1, SELECT) + method(1, methods.ChannelClose()))
    listener.connection.resume(
        line, lambda: listener.connection.close_channel(1, ReplyCode.NOT_FOUND, "no", 0)
    )
    assert listener.heard == [("close", 1)]
    assert [type(said) for _, said in listener.take_frames()] == [
        methods.ChannelClose,
        methods.ChannelCloseOk,
    ]


def test_a_channel_that_is_closed_while_it_waits_discards_what_has_come():
    listener = opened(1)
    line = listener.connection.wait(1)
    listener.connection.receive(method(1, SELECT) + method(1, methods.ChannelClose()))
    listener.connection.close_channel(1, ReplyCode.PRECONDITION_FAILED, "too slow", 0)
    assert listener.heard == [("close", 1)]
    assert [type(said) for _, said in listener.take_frames()] == [
        methods.ChannelClose,
        methods.ChannelCloseOk,
    ]
    go_on(listener, line)
    assert listener.heard == [("close", 1)]


def test_a_close_of_the_channel_stands_in_line_too():
    listener = opened(1)
    lines = waits_at_each(listener, COMMIT)
    listener.connection.receive(
        method(1, COMMIT) + method(1, methods.ChannelClose()) + method(1, OPEN) + method(1, SELECT)
    )
    assert listener.take_output() == b""
    go_on(listener, lines[0])
    assert listener.heard == [
        ("method", 1, COMMIT),
        "on",
        ("close", 1),
        ("open", 1),
        ("method", 1, SELECT),
    ]
    # It is another channel now.
    go_on(listener, lines[0])
    assert listener.heard[-1] == ("method", 1, SELECT)


def test_the_connection_closes_when_no_channel_waits_any_more():
    listener = opened(1, 2)
    lines = [listener.connection.wait(1), listener.connection.wait(2)]
    listener.connection.receive(method(1, SELECT) + method(0, CLOSE) + b"garbage")
    listener.connection.receive(b"garbage")
    go_on(listener, lines[0])
    assert listener.take_output() == b""
    assert listener.take_heard() == ["on", ("method", 1, SELECT)]
    go_on(listener, lines[1])
    assert listener.take_frames() == [(0, methods.ConnectionCloseOk())]
    assert listener.heard == ["on", ("method", 0, CLOSE), ("close", 1), ("close", 2), ("closed",)]


def test_what_the_client_said_last_crosses_our_close():
    listener = opened(1)
    listener.connection.wait(1)
    listener.connection.receive(method(0, CLOSE))
    listener.connection.close(ReplyCode.CONNECTION_FORCED, "bye")
    assert [type(said) for _, said in listener.take_frames()] == [
        methods.ConnectionClose,
        methods.ConnectionCloseOk,
    ]
    assert listener.connection.is_closed


def test_what_the_client_said_last_crosses_a_violation():
    listener = opened(1)
    line = listener.connection.wait(1)
    listener.connection.receive(body(1, b"x") + method(0, CLOSE))
    go_on(listener, line)
    assert len(listener.take_frames()) == 2
    assert listener.connection.is_closed


@pytest.mark.parametrize("is_lost", [True, False])
def test_a_connection_that_ends_forgets_who_waits(is_lost):
    listener = opened(1)
    line = listener.connection.wait(1)
    listener.connection.receive(method(1, SELECT))
    if is_lost:
        listener.connection.lost()
    else:
        listener.connection.close(ReplyCode.CONNECTION_FORCED, "bye")
    listener.take_output()
    listener.take_heard()
    go_on(listener, line)
    assert (listener.heard, listener.take_output()) == ([], b"")


def test_a_halted_connection_lets_a_channel_go_on_and_no_further():
    listener = opened(1, 2)
    lines = [listener.connection.wait(1), listener.connection.wait(2)]
    listener.connection.receive(method(1, SELECT) + method(1, COMMIT) + method(2, SELECT))
    listener.connection.halt()
    for line in lines:
        go_on(listener, line)
    assert listener.take_heard() == ["on", "on"]

    def halt(said):
        listener.heard.append(said)
        listener.connection.halt()

    lines[0].channel.events.method = halt
    for said in ([SELECT], [COMMIT], [("method", 2, SELECT)]):
        listener.connection.go_on()
        assert listener.take_heard() == said


def test_a_halted_connection_keeps_what_comes():
    listener = opened(1)
    listener.connection.halt()
    for _ in range(2):
        listener.connection.receive(method(1, SELECT))
    assert listener.take_heard() == []
    listener.connection.go_on()
    assert listener.take_heard() == [("method", 1, SELECT)] * 2


@pytest.mark.parametrize("end", [methods.ConnectionCloseOk(), CLOSE])
def test_a_halted_connection_that_we_close_finds_the_answer_in_what_waits(end):
    listener = opened(1)
    listener.connection.halt()
    listener.connection.receive(publish(1, b"x") + method(0, end))
    listener.connection.close(ReplyCode.CONNECTION_FORCED, "bye")
    assert listener.connection.is_closed
    assert listener.heard == [("close", 1), ("closed",)]


def test_watched_channels_tell_of_each_header_and_body_frame():
    listener = opened(1, 2)
    connection = listener.connection
    line = connection.wait(2)
    connection.watch_contents(is_watching=True)
    connection.receive(method(3, OPEN))
    go_on(listener, line)
    listener.take_heard()
    for number in (1, 2, 3):
        connection.receive(publish(number, b"x"))
        assert [heard[:2] for heard in listener.take_heard()] == [
            ("content", number),
            ("content", number),
            ("publish", number),
        ]
    connection.watch_contents(is_watching=False)
    connection.receive(publish(1, b"x") + publish(3, b""))
    assert [heard[0] for heard in listener.heard] == ["publish", "publish"]


def test_channels_that_wait_hold_so_much_and_no_more():
    listener = opened(1)
    line = listener.connection.wait(1)
    chunk = method(1, SELECT) * 1000
    received = 0
    while not listener.heard:
        listener.connection.receive(chunk)
        received += len(chunk)
    assert 100_000 < received <= OCTETS_MAX
    assert listener.heard == [("hold", True)]
    go_on(listener, line)
    assert listener.heard.count(("hold", False)) == 1


# The end ---------------------------------------------------------------------------------------


def test_a_client_that_closes_is_answered_and_heard_no_more():
    listener = opened(1)
    listener.connection.receive(method(0, CLOSE) + method(2, OPEN) + b"garbage")
    assert listener.take_frames() == [(0, methods.ConnectionCloseOk())]
    assert listener.connection.is_closed
    assert listener.heard == [("method", 0, CLOSE), ("close", 1), ("closed",)]
    listener.connection.receive(b"more garbage")
    assert listener.take_output() == b""


def test_a_connection_we_close_waits_for_the_answer_and_skips_the_rest():
    listener = opened(1)
    listener.connection.close(ReplyCode.CONNECTION_FORCED, "CONNECTION_FORCED - bye")
    assert closed_with(listener).reply_code == 320
    listener.connection.receive(publish(1, b"x") + method(0, SELECT) + HEARTBEAT_FRAME)
    assert not listener.connection.is_closed
    octets = method(0, methods.ConnectionCloseOk())
    listener.connection.receive(octets[:5])
    listener.connection.receive(octets[5:] + b"garbage")
    assert listener.connection.is_closed
    assert listener.heard == [("close", 1), ("closed",)]


@pytest.mark.parametrize("end", [methods.ConnectionCloseOk(), CLOSE])
def test_the_answer_to_our_close_is_found_behind_half_a_frame(end):
    listener = opened(1)
    octets = publish(1, b"x" * 100)
    listener.connection.receive(octets[:60])
    listener.connection.close(ReplyCode.CONNECTION_FORCED, "bye")
    listener.connection.receive(octets[60:] + method(0, end))
    assert listener.connection.is_closed


def test_the_answer_to_a_violation_is_found_in_the_midst_of_a_flood():
    listener = opened(1)
    flood = method(1, SELECT) * 50
    octets = body(1, b"x") + flood + method(0, methods.ConnectionCloseOk())
    listener.connection.receive(octets[:300])
    assert closed_with(listener).reply_code == 505
    listener.connection.receive(octets[300:])
    assert listener.connection.is_closed


def test_a_close_that_was_sent_behind_a_violation_is_answered():
    listener = opened(1)
    listener.connection.receive(body(1, b"x") + method(1, SELECT) + method(0, CLOSE))
    said = [said for _channel, said in listener.take_frames()]
    assert [type(each) for each in said] == [methods.ConnectionClose, methods.ConnectionCloseOk]
    assert listener.connection.is_closed


def test_two_connection_closes_that_cross_are_one():
    listener = opened()
    listener.connection.close(ReplyCode.CONNECTION_FORCED, "bye")
    listener.take_output()
    listener.connection.receive(method(0, CLOSE))
    assert listener.take_frames() == [(0, methods.ConnectionCloseOk())]
    assert listener.connection.is_closed


def test_closing_twice_is_closing_once():
    listener = opened()
    for _ in range(2):
        listener.connection.close(ReplyCode.CONNECTION_FORCED, "bye")
    assert len(listener.take_frames()) == 1


def test_a_closing_peer_that_announces_a_giant_is_not_listened_to():
    listener = opened()
    listener.connection.close(ReplyCode.CONNECTION_FORCED, "bye")
    listener.connection.receive(FRAME_HEAD.pack(3, 1, 2**32 - 1))
    listener.connection.receive(b"x" * 100_000)
    listener.connection.receive(method(0, methods.ConnectionCloseOk()))
    assert not listener.connection.is_closed


def test_a_flood_of_tiny_frames_at_the_end_costs_little():
    listener = opened()
    listener.connection.close(ReplyCode.CONNECTION_FORCED, "bye")
    begun = time.process_time()
    listener.connection.receive(HEARTBEAT_FRAME * 60_000)
    assert time.process_time() - begun < 0.5


def test_a_lost_socket_ends_everything_once():
    listener = opened(1, 2)
    listener.connection.lost()
    listener.connection.lost()
    assert listener.heard == [("close", 1), ("close", 2), ("closed",)]
    assert listener.connection.is_closed


def test_whoever_sends_is_woken_once_until_the_output_is_taken():
    listener = opened(1)
    listener.woken = 0
    for _ in range(3):
        listener.connection.send(1, methods.TxSelectOk())
    assert listener.woken == 1
    listener.take_output()
    listener.connection.write(HEARTBEAT_FRAME)
    assert listener.woken == 2


# Garbage ---------------------------------------------------------------------------------------

nonsense = st.lists(
    st.one_of(
        st.builds(
            lambda kind, number, payload, end: (
                FRAME_HEAD.pack(kind, number, len(payload)) + payload + end
            ),
            st.sampled_from([1, 2, 3, 8, 0, 255]),
            st.sampled_from([0, 1, 2, 3]),
            st.one_of(
                st.binary(max_size=40),
                st.builds(
                    lambda index, rest: index.to_bytes(4, "big") + rest,
                    st.sampled_from(list(methods.METHODS)),
                    st.binary(max_size=30),
                ),
            ),
            st.sampled_from([b"\xce", b"\xce", b"\xce", b"\x00"]),
        ),
        st.builds(
            lambda said, described, data: said + described + data,
            st.just(method(1, PUBLISH)),
            st.binary(min_size=0, max_size=40).map(
                lambda payload: frames.encode_frame(frames.HEADER, 1, payload)
            ),
            st.sampled_from([b"", body(1, b"x"), body(2, b"x"), body(1, b"")]),
        ),
        st.sampled_from(
            [publish(1, b"x"), publish(2, b"y" * 50), method(3, OPEN), method(1, OPEN)]
        ),
        st.binary(max_size=30),
    ),
    max_size=6,
).map(b"".join)
places = st.lists(st.integers(0, 5000), max_size=5)


def outcome(chunks):
    listener = opened(1, 2)
    for chunk in chunks:
        listener.connection.receive(chunk)
    heard = [entry[:2] if entry[0] == "violated" else entry for entry in listener.heard]
    return heard, listener.take_frames(), listener.connection


@given(nonsense, places)
def test_nonsense_is_heard_alike_in_any_chunks(octets, cuts):
    whole_heard, whole_sent, whole = outcome([octets])
    heard, sent, connection = outcome(in_chunks(octets, cuts))
    assert (heard, sent) == (whole_heard, whole_sent)
    assert connection.is_closed == whole.is_closed


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_arbitrary_octets_before_the_greeting_get_no_further(chunks):
    listener = Listener()
    for chunk in chunks:
        listener.connection.receive(chunk)
    assert listener.take_output() in (b"", PROTOCOL_HEADER)


@given(st.lists(st.binary(max_size=300), max_size=5), st.integers(0, 3))
def test_arbitrary_octets_anywhere_in_the_handshake_end_in_a_clean_close(chunks, steps):
    listener = Listener()
    way = [
        PROTOCOL_HEADER,
        method(0, methods.ConnectionStartOk()),
        method(0, methods.ConnectionTuneOk()),
        method(0, methods.ConnectionOpen()),
    ]
    connection = listener.connection
    for octets in way[: steps + 1]:
        connection.receive(octets)
    connection.settle(Agreement(7, 4096, 0))
    for chunk in chunks:
        connection.receive(chunk)
    assert unread_octets(connection) <= 2 * 8192
    assert connection.state in (State.CLOSING, State.CLOSED) or not listener.take_output()


def test_a_connection_without_any_limit_reads_large_frames():
    limits = Limits(frame_max=0, channel_max=0)
    listener = opened(1, limits=limits, agreement=Agreement(0, 0, 0))
    listener.connection.receive(publish(1, b"x" * 500_000, frame_max=0))
    assert listener.heard[0][:3] == ("publish", 1, ADDRESS)
