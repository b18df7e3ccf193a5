"""Content headers: golden bytes, pamqp's opinion, exact round trips, malformed input."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import commands, header

from leveret.wire.codes import MalformedFrame
from leveret.wire.properties import Properties, decode_header, encode_header
from tests.wire.strategies import properties, unsigned

# Each property alone: its value, its flag, the octets it adds.
ALONE = [
    ("content_type", "text/plain", 1 << 15, b"\x0atext/plain"),
    ("content_encoding", "gzip", 1 << 14, b"\x04gzip"),
    ("headers", {"a": None}, 1 << 13, b"\x00\x00\x00\x03\x01aV"),
    ("delivery_mode", 2, 1 << 12, b"\x02"),
    ("priority", 9, 1 << 11, b"\x09"),
    ("correlation_id", "c", 1 << 10, b"\x01c"),
    ("reply_to", "r", 1 << 9, b"\x01r"),
    ("expiration", "60000", 1 << 8, b"\x0560000"),
    ("message_id", "m", 1 << 7, b"\x01m"),
    ("timestamp", 1700000000, 1 << 6, b"\x00\x00\x00\x00\x65\x53\xf1\x00"),
    ("type", "t", 1 << 5, b"\x01t"),
    ("user_id", "guest", 1 << 4, b"\x05guest"),
    ("app_id", "a", 1 << 3, b"\x01a"),
    ("cluster_id", "", 1 << 2, b"\x00"),
]
EVERYTHING = Properties(**{name: value for name, value, _flag, _data in ALONE})


def head(flag_word, body_size=0):
    """The fixed part of a header: class basic, weight 0."""
    return b"\x00\x3c\x00\x00" + body_size.to_bytes(8, "big") + flag_word.to_bytes(2, "big")


@pytest.mark.parametrize(("name", "value", "flag", "data"), ALONE)
def test_each_property_has_its_flag_and_its_golden_bytes(name, value, flag, data):
    lonely = Properties(**{name: value})
    assert encode_header(lonely, 5) == head(flag, 5) + data
    assert decode_header(head(flag, 5) + data) == (lonely, 5)


def test_properties_follow_each_other_in_the_order_of_their_flags():
    golden = head(0xFFFC, 7) + b"".join(data for _name, _value, _flag, data in ALONE)
    assert encode_header(EVERYTHING, 7) == golden
    assert decode_header(golden) == (EVERYTHING, 7)


def test_no_property_is_a_flag_word_of_zero():
    assert encode_header(Properties(), 2**64 - 1) == head(0, 2**64 - 1)
    assert decode_header(head(0)) == (Properties(), 0)


@given(properties, unsigned(64))
def test_any_properties_survive_the_wire(some, body_size):
    payload = encode_header(some, body_size)
    decoded, size = decode_header(payload)
    assert (decoded, size) == (some, body_size)
    assert repr(decoded) == repr(some)
    assert encode_header(decoded, size) == payload


def test_pamqp_writes_and_reads_the_same_header():
    theirs = commands.Basic.Properties(
        content_type="text/plain",
        content_encoding="gzip",
        headers={"a": None},
        delivery_mode=2,
        priority=9,
        correlation_id="c",
        reply_to="r",
        expiration="60000",
        message_id="m",
        timestamp=datetime.fromtimestamp(1700000000, tz=UTC),
        message_type="t",
        user_id="guest",
        app_id="a",
    )
    payload = encode_header(Properties(**{**_values(EVERYTHING), "cluster_id": None}), 3)
    assert header.ContentHeader(0, 3, theirs).marshal() == payload
    read = header.ContentHeader()
    read.unmarshal(payload)
    assert (read.properties, read.body_size) == (theirs, 3)


def _values(some):
    return {name: getattr(some, name) for name, _value, _flag, _data in ALONE}


# What a property cannot hold -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("some", "complaint"),
    [
        (Properties(message_id="ü" * 128), "message_id has at most 255 octets, this one has 256"),
        (Properties(priority=256), "priority = 256 does not fit"),
        (Properties(delivery_mode=-1), "delivery_mode = -1 does not fit"),
        (Properties(timestamp=2**64), "timestamp = 18446744073709551616 does not fit"),
        (Properties(timestamp=-1), "timestamp = -1 does not fit"),
    ],
)
def test_a_value_that_its_property_cannot_hold_is_refused(some, complaint):
    with pytest.raises(ValueError, match=complaint):
        encode_header(some, 0)


def test_a_value_of_the_wrong_type_is_our_own_mistake():
    with pytest.raises(AssertionError):
        encode_header(Properties(app_id=b"a"), 0)


# Malformed headers -----------------------------------------------------------------------------


@pytest.mark.parametrize("flag_word", [1, 2, 3, 0x8001])
def test_a_flag_without_a_property_is_malformed(flag_word):
    with pytest.raises(MalformedFrame, match="class basic has no property for flags"):
        decode_header(head(flag_word) + bytes(20))


@given(properties)
def test_octets_behind_the_last_property_are_malformed(some):
    with pytest.raises(MalformedFrame, match="octets behind its last property"):
        decode_header(encode_header(some, 0) + b"\x00")


@given(properties, st.data())
def test_a_header_that_is_cut_anywhere_is_malformed(some, data):
    payload = encode_header(some, 0)
    end = data.draw(st.integers(0, len(payload) - 1))
    with pytest.raises(MalformedFrame):
        decode_header(payload[:end])


@pytest.mark.parametrize(("flag", "data"), [(flag, data) for *_, flag, data in ALONE])
def test_a_property_is_malformed_when_its_last_octet_is_missing(flag, data):
    with pytest.raises(MalformedFrame):
        decode_header((head(flag) + data)[:-1])


@given(st.binary(max_size=200))
def test_arbitrary_octets_are_a_header_or_malformed(data):
    try:
        decode_header(data)
    except MalformedFrame:
        return


@given(unsigned(14), st.binary(max_size=120))
def test_arbitrary_properties_are_a_header_or_malformed(flag_word, data):
    try:
        decode_header(head(flag_word << 2) + data)
    except MalformedFrame:
        return
