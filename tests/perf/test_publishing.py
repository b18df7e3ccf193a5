import pytest

from leveret.perf.publishing import (
    CHECKED_BODY_BYTES_MIN,
    RING_BYTES,
    SEQUENCE,
    SEQUENCE_OFFSET,
    STAMP,
    Envelope,
    PublishRing,
    body_offset,
    encode_publish,
)


def test_a_publish_is_its_three_frames():
    assert encode_publish(1, Envelope("ex", "key"), b"hi", 131072) == (
        b"\x01\x00\x01\x00\x00\x00\x0e\x00\x3c\x00\x28\x00\x00\x02ex\x03key\x00\xce"
        b"\x02\x00\x01\x00\x00\x00\x0e\x00\x3c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\xce"
        b"\x03\x00\x01\x00\x00\x00\x02hi\xce"
    )


def test_a_persistent_mandatory_publish_says_so():
    encoded = encode_publish(1, Envelope("", "q", persistent=True, mandatory=True), b"", 131072)
    assert encoded == (
        b"\x01\x00\x01\x00\x00\x00\x0a\x00\x3c\x00\x28\x00\x00\x00\x01q\x01\xce"
        b"\x02\x00\x01\x00\x00\x00\x0f\x00\x3c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x02\xce"
    )


def test_a_body_is_cut_to_the_frame_size():
    encoded = encode_publish(1, Envelope("", "q"), bytes(10), 8 + 6)
    assert encoded.endswith(
        b"\x03\x00\x01\x00\x00\x00\x06" + bytes(6) + b"\xce\x03\x00\x01\x00\x00\x00\x04"
        b"\x00\x00\x00\x00\xce"
    )


def ring_of(size, *keys):
    return PublishRing(1, [Envelope("", key) for key in keys], size, 131072)


def bodies(ring, size):
    start = body_offset(bytes(ring.view[: ring.stride]))
    return [
        bytes(ring.view[place : place + size]) for place in range(start, ring.bytes, ring.stride)
    ]


def test_a_ring_repeats_its_messages_until_a_system_call_is_worth_it():
    ring = ring_of(16, "a", "b")
    assert RING_BYTES - 2 * ring.stride < ring.bytes <= RING_BYTES
    assert ring.count % 2 == 0
    assert ring.view[: ring.stride] == ring.view[2 * ring.stride : 3 * ring.stride]


def test_a_ring_holds_each_message_at_least_once():
    ring = ring_of(RING_BYTES, "a", "b")
    assert ring.count == 2


def test_messages_of_different_length_make_no_ring():
    with pytest.raises(ValueError, match="same length"):
        ring_of(16, "a", "bb")


def test_the_stamp_is_in_every_body():
    ring = ring_of(16, "a")
    ring.stamp(0x0102030405060708)
    assert set(bodies(ring, 16)) == {b"\x01\x02\x03\x04\x05\x06\x07\x08" + bytes(8)}


def test_a_body_too_short_for_a_stamp_is_left_alone():
    ring = ring_of(7, "a")
    before = bytes(ring.view)
    ring.stamp(1)
    assert ring.view == before


def test_numbers_count_up_behind_the_stamp():
    ring = ring_of(CHECKED_BODY_BYTES_MIN, "a")
    ring.stamp(1)
    ring.number(3, 100)
    found = bodies(ring, CHECKED_BODY_BYTES_MIN)
    assert [SEQUENCE.unpack_from(body, SEQUENCE_OFFSET) for body in found] == [
        (3, 100 + index) for index in range(ring.count)
    ]
    assert STAMP.unpack_from(found[0]) == (1,)
