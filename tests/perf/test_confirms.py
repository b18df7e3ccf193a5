import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.perf.confirms import ConfirmScanner
from leveret.perf.deliveries import BrokenStreamError
from leveret.wire import methods
from leveret.wire.codec import encode
from leveret.wire.frames import HEADER, HEARTBEAT_FRAME, METHOD, encode_frame
from leveret.wire.properties import Properties, encode_header


def ack(tag, multiple=False):
    return frame(methods.BasicAck(delivery_tag=tag, multiple=multiple))


def frame(method):
    return encode_frame(METHOD, 1, encode(method))


def scanner():
    return ConfirmScanner(lambda _channel, _payload: None)


def test_an_ack_is_what_the_book_says():
    assert ack(9, multiple=True) == (
        b"\x01\x00\x01\x00\x00\x00\x0d\x00\x3c\x00\x50\x00\x00\x00\x00\x00\x00\x00\x09\x01\xce"
    )


def test_single_acks_count_one_each():
    confirms = scanner()
    confirms.feed(ack(1) + ack(2) + ack(3))
    assert (confirms.confirmed, confirms.low) == (3, 3)


def test_a_multiple_ack_counts_all_before_it():
    confirms = scanner()
    confirms.feed(ack(500, multiple=True))
    assert confirms.confirmed == 500


def test_acks_out_of_order_count_once():
    confirms = scanner()
    confirms.feed(ack(3) + ack(5))
    assert (confirms.confirmed, confirms.low) == (2, 0)
    confirms.feed(ack(4, multiple=True))
    assert (confirms.confirmed, confirms.low) == (5, 5)


def test_an_ack_may_arrive_in_pieces():
    confirms = scanner()
    data = ack(1) + ack(2, multiple=True)
    for octet in data:
        confirms.feed(bytes((octet,)))
    assert confirms.confirmed == 2


def test_a_nack_confirms_and_is_told_apart():
    confirms = scanner()
    confirms.feed(ack(1) + frame(methods.BasicNack(delivery_tag=3, multiple=True)) + ack(4))
    assert (confirms.confirmed, confirms.nacked) == (4, 2)


def test_a_frame_shorter_than_an_ack_is_read_at_once():
    told = []
    confirms = ConfirmScanner(lambda channel, payload: told.append((channel, payload)))
    confirms.feed(ack(1) + frame(methods.ChannelCloseOk()))
    assert told == [(1, encode(methods.ChannelCloseOk()))]


def test_returned_messages_are_counted_and_their_content_is_passed_over():
    confirms = scanner()
    returned = methods.BasicReturn(reply_code=312, reply_text="NO_ROUTE", routing_key="q")
    content = encode_frame(HEADER, 1, encode_header(Properties(), 0))
    confirms.feed(frame(returned) + content + HEARTBEAT_FRAME + ack(1))
    assert (confirms.returned, confirms.confirmed) == (1, 1)


def test_other_methods_are_handed_on():
    told = []
    confirms = ConfirmScanner(lambda channel, payload: told.append((channel, payload)))
    closing = methods.ChannelClose(reply_code=404, reply_text="NOT_FOUND")
    confirms.feed(ack(1) + frame(closing) + ack(2))
    assert told == [(1, encode(closing))]
    assert confirms.confirmed == 2


def test_a_frame_without_its_end_is_no_amqp():
    with pytest.raises(BrokenStreamError, match="0xCE"):
        scanner().feed(ack(1)[:-1] + b"\x00")


@given(seed=st.integers(0, 10_000), count=st.integers(0, 100), chunk=st.integers(1, 100))
def test_confirmed_is_the_number_of_acknowledged_tags(seed, count, chunk):
    chance = random.Random(seed)
    acks = [(chance.randint(1, 150), chance.random() < 0.1) for _ in range(count)]
    data = b"".join(ack(tag, multiple) for tag, multiple in dict(acks).items())
    confirms = scanner()
    for start in range(0, len(data), chunk):
        confirms.feed(data[start : start + chunk])
    expected = set()
    for tag, multiple in dict(acks).items():
        expected |= set(range(1, tag + 1)) if multiple else {tag}
    assert confirms.confirmed == len(expected)
