import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.dial.connection import CHUNK_BYTES
from leveret.perf.deliveries import BrokenStreamError, DeliveryScanner
from leveret.wire import methods
from leveret.wire.codec import encode
from leveret.wire.frames import BODY, HEADER, HEARTBEAT_FRAME, METHOD, encode_body, encode_frame
from leveret.wire.properties import Properties, encode_header


def delivery(tag, body=b"hello", routing_key="q", frame_max=131072):
    method = methods.BasicDeliver(consumer_tag="c", delivery_tag=tag, routing_key=routing_key)
    return (
        encode_frame(METHOD, 1, encode(method))
        + encode_frame(HEADER, 1, encode_header(Properties(), len(body)))
        + encode_body(1, body, frame_max)
    )


def deliveries(first, last, body=b"hello"):
    return b"".join(delivery(tag, body) for tag in range(first, last + 1))


class Reader:
    """Feeds a scanner as a consumer does: chunk by chunk, what is left over going first."""

    def __init__(self, on_body=None):
        self.methods = []
        self.scanner = DeliveryScanner(
            lambda channel, payload: self.methods.append((channel, payload)), on_body
        )
        self._held = b""

    def read(self, *chunks):
        for chunk in chunks:
            data = bytearray(self._held + chunk)
            done = self.scanner.scan(data, len(data))
            self._held = bytes(data[done:])
        return self.scanner.count


def cut(data, size):
    return [data[start : start + size] for start in range(0, len(data), size)]


def test_a_delivery_is_what_the_book_says():
    assert delivery(7) == (
        b"\x01\x00\x01\x00\x00\x00\x12\x00\x3c\x00\x3c\x01c\x00\x00\x00\x00\x00\x00\x00\x07\x00"
        b"\x00\x01q\xce"
        b"\x02\x00\x01\x00\x00\x00\x0e\x00\x3c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\xce"
        b"\x03\x00\x01\x00\x00\x00\x05hello\xce"
    )


def test_one_chunk_of_many_deliveries_is_counted():
    reader = Reader()
    assert reader.read(deliveries(1, 1000)) == 1000
    assert reader.scanner.tag == 1000


@pytest.mark.parametrize("size", [1, 7, 8, 50, 61, 62, 63, 1000])
def test_chunks_may_be_cut_anywhere(size):
    assert Reader().read(*cut(deliveries(1, 200), size)) == 200


def test_a_delivery_counts_when_its_last_byte_is_there():
    reader = Reader()
    message = delivery(1)
    assert reader.read(message[:-1]) == 0
    assert reader.scanner.tag == 0
    assert reader.read(message[-1:]) == 1
    assert reader.scanner.tag == 1


def test_an_empty_body_has_no_body_frame():
    assert Reader().read(deliveries(1, 100, body=b"")) == 100


def test_a_body_in_several_frames_is_one_message():
    whole = b"".join(delivery(tag, bytes(100), frame_max=40) for tag in range(1, 50))
    assert Reader().read(*cut(whole, 333)) == 49


def test_lengths_may_change():
    mixed = b"".join(delivery(tag, bytes(tag % 5), "k" * (tag % 3)) for tag in range(1, 301))
    assert Reader().read(*cut(mixed, 997)) == 300


def test_heartbeats_and_other_methods_lie_between():
    reader = Reader()
    closing = encode(methods.ChannelClose(reply_code=404, reply_text="NOT_FOUND"))
    stream = (
        deliveries(1, 10)
        + HEARTBEAT_FRAME
        + deliveries(11, 20)
        + encode_frame(METHOD, 1, closing)
        + deliveries(21, 30)
    )
    assert reader.read(stream) == 30
    assert reader.methods == [(1, closing)]


def test_delivery_tags_that_leap_are_counted_all_the_same():
    assert Reader().read(delivery(1) + delivery(5) + delivery(6) + delivery(2)) == 4


def test_a_body_that_looks_like_deliveries_is_a_body():
    body = deliveries(2, 4)
    assert Reader().read(b"".join(delivery(tag, body) for tag in range(1, 11))) == 10


def test_the_content_of_a_returned_message_is_no_delivery():
    returned = methods.BasicReturn(reply_code=312, reply_text="NO_ROUTE", routing_key="q")
    content = encode_frame(HEADER, 1, encode_header(Properties(), 2)) + encode_frame(BODY, 1, b"hi")
    reader = Reader()
    assert reader.read(encode_frame(METHOD, 1, encode(returned)) + content) == 0
    assert len(reader.methods) == 1


def test_the_newest_body_of_a_chunk_can_be_read():
    reader = Reader()
    data = bytearray(deliveries(1, 5) + delivery(6, b"HELLO"))
    reader.scanner.scan(data, len(data))
    at = reader.scanner.body_at
    assert data[at : at + 5] == b"HELLO"


def test_every_body_of_a_chunk_can_be_looked_at():
    seen = []
    reader = Reader(lambda data, at: seen.append(bytes(data[at : at + 2])))
    reader.read(b"".join(delivery(tag, b"%02d" % tag) for tag in range(1, 31)))
    assert seen == [b"%02d" % tag for tag in range(1, 31)]


def test_a_frame_without_its_end_is_no_amqp():
    with pytest.raises(BrokenStreamError, match="0xCE"):
        Reader().read(delivery(1)[:-1] + b"\x00")


def test_the_largest_frame_fits_beside_what_is_left_of_a_chunk():
    assert len(delivery(1, bytes(131064))) < CHUNK_BYTES


@given(
    sizes=st.lists(st.integers(0, 40), max_size=60),
    chunk=st.integers(1, 300),
    heartbeat_every=st.integers(1, 20),
)
def test_every_stream_in_any_chunks_is_counted_to_the_message(sizes, chunk, heartbeat_every):
    stream = b"".join(
        delivery(tag, bytes(size)) + (HEARTBEAT_FRAME if tag % heartbeat_every == 0 else b"")
        for tag, size in enumerate(sizes, 1)
    )
    reader = Reader()
    reader.read(*cut(stream, chunk))
    assert (reader.scanner.count, reader.scanner.tag) == (len(sizes), len(sizes))
