"""A server's octets, however they are cut."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.cluster.nats.frames import (
    LINE_BYTES_MAX,
    MalformedFrame,
    Message,
    Reader,
    Word,
    publication,
)

SAID = (
    b'INFO {"server_name":"a b"} \r\n'
    b"MSG a.b 1 5\r\nhello\r\n"
    b"MSG a.b 2 reply.to 2\r\n\r\n\r\n"
    b"PING\r\n"
    b"HMSG _INBOX.1 3 30 30\r\nNATS/1.0 503 No Responders\r\n\r\n\r\n"
    b"HMSG a 4 r 22 24\r\nNATS/1.0\r\nName: it\r\n\r\nhi\r\n"
    b"-ERR 'Authorization Violation'\r\n"
)
FRAMES = [
    Word("INFO", b'{"server_name":"a b"} '),
    Message("a.b", 1, "", b"hello"),
    Message("a.b", 2, "reply.to", b"\r\n"),
    Word("PING", b""),
    Message("_INBOX.1", 3, "", b"", 503),
    Message("a", 4, "r", b"hi"),
    Word("-ERR", b"'Authorization Violation'"),
]


def test_what_a_server_says():
    assert list(Reader().receive(SAID)) == FRAMES


@given(st.lists(st.integers(0, len(SAID)), max_size=20))
def test_where_it_is_cut_makes_no_difference(cuts):
    reader, read = Reader(), []
    ends = [0, *sorted(cuts), len(SAID)]
    for first, last in itertools.pairwise(ends):
        read += reader.receive(SAID[first:last])
    assert read == FRAMES


@pytest.mark.parametrize(
    "octets",
    [
        b"MSG a\r\n",
        b"MSG a 1 x\r\n",
        b"MSG a 1 -5\r\n",
        b"HMSG a 1 9 5\r\n",
        b"MSG a 1 99999999999\r\n",
        b"x" * LINE_BYTES_MAX,
    ],
)
def test_what_no_server_says_is_refused(octets):
    with pytest.raises(MalformedFrame):
        list(Reader().receive(octets))


def test_a_publication():
    assert publication("a.b", b"hello") == b"PUB a.b 5\r\nhello\r\n"
    assert publication("a.b", b"", "r") == b"PUB a.b r 0\r\n\r\n"
    head = b"NATS/1.0\r\nName: it\r\n\r\n"
    assert publication("a", b"hi", "r", {"Name": "it"}) == b"HPUB a r 22 24\r\n%bhi\r\n" % head
