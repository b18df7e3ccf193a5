"""A message holds its content as it came, and can be rewritten for another channel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.message import (
    NO_TRAITS,
    Message,
    body_pieces,
    content_for,
    pack_address,
    with_properties,
)
from leveret.wire.properties import Properties
from tests.broker.domain import content, message

HEADERS = Properties(content_type="text/plain", headers={"a": 1})


def published(body, properties=None, *, channel=1, frame_max=0, exchange="x", key="k"):
    address = pack_address(exchange.encode(), key.encode())
    return Message(address, content(body, properties, channel, frame_max), channel, 0, None)


def test_an_address_is_two_short_strings():
    assert pack_address(b"x", b"key") == b"\x01x\x03key"
    assert pack_address(b"", b"") == b"\x00\x00"


@pytest.mark.parametrize(("exchange", "key"), [("logs", "a.b"), ("", "q"), ("x", ""), ("süß", "ß")])
def test_a_message_knows_where_it_was_sent(exchange, key):
    sent = published(b"", exchange=exchange, key=key)
    assert (sent.exchange, sent.routing_key) == (exchange, key)


@pytest.mark.parametrize("body", [b"", b"x", b"x" * 10_000])
@pytest.mark.parametrize("frame_max", [0, 4096])
def test_a_message_gives_its_body_and_properties_back(body, frame_max):
    sent = published(body, HEADERS, frame_max=frame_max)
    assert sent.body == body
    assert sent.body_bytes == len(body)
    assert sent.properties == HEADERS
    assert sent.headers == {"a": 1}


def test_a_message_without_headers_has_an_empty_table():
    assert message().headers == {}


def test_content_moves_to_another_channel_frame_by_frame():
    sent = published(b"x" * 9000, HEADERS, channel=1, frame_max=4096)
    assert sent.content_for(7, 4096) == content(b"x" * 9000, HEADERS, 7, 4096)
    assert sent.content_for(7, 131072) == content(b"x" * 9000, HEADERS, 7, 4096)


def test_content_is_cut_for_a_smaller_frame_max():
    sent = published(b"x" * 9000, HEADERS, channel=1, frame_max=0)
    assert sent.content_for(1, 4096) == content(b"x" * 9000, HEADERS, 1, 4096)


def test_content_is_not_cut_where_there_is_no_limit():
    sent = published(b"x" * 9000, HEADERS, channel=1, frame_max=0)
    assert sent.content_for(2, 0) == content(b"x" * 9000, HEADERS, 2, 0)


def test_an_empty_body_has_no_frame_to_move():
    assert published(b"", HEADERS).content_for(7, 4096) == content(b"", HEADERS, 7)


@given(st.binary(max_size=200), st.integers(9, 64), st.integers(9, 64))
def test_no_body_is_lost_between_frame_sizes(body, frame_max, other_frame_max):
    moved = content_for(content(body, HEADERS, 1, frame_max), 2, other_frame_max)
    assert b"".join(body_pieces(moved)) == body
    assert all(len(piece) + 8 <= other_frame_max for piece in body_pieces(moved))


def test_properties_can_be_replaced_beneath_the_same_body():
    original = content(b"x" * 9000, HEADERS, 3, 4096)
    others = Properties(reply_to="amq.rabbitmq.reply-to.g1", headers={})
    assert with_properties(original, 3, others) == content(b"x" * 9000, others, 3, 4096)


def test_no_traits_ask_for_nothing():
    assert (NO_TRAITS.ttl_ms, NO_TRAITS.priority) == (None, 0)
