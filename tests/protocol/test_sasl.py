"""PLAIN and AMQPLAIN responses, and nothing but MalformedCredentials for what is neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.protocol.sasl import (
    MECHANISMS,
    READERS,
    Credentials,
    MalformedCredentials,
    read_amqplain,
    read_plain,
)
from leveret.wire.values import encode_table


def amqplain(**fields):
    return encode_table(fields)[4:]


def test_plain_is_preferred():
    assert MECHANISMS == ("PLAIN", "AMQPLAIN", "EXTERNAL")


def test_a_plain_response_holds_user_and_password():
    assert read_plain(b"\0guest\0secret") == Credentials("guest", "secret")
    assert read_plain("\0müller\0schön".encode()) == Credentials("müller", "schön")
    assert read_plain(b"\0\0") == Credentials("", "")


@pytest.mark.parametrize(
    "response",
    [b"", b"guest", b"guest\0secret", b"admin\0guest\0secret", b"\0a\0b\0c", b"\0\xff\0p"],
)
def test_a_malformed_plain_response_is_refused(response):
    with pytest.raises(MalformedCredentials):
        read_plain(response)


def test_an_amqplain_response_is_a_table_without_its_length():
    assert read_amqplain(amqplain(LOGIN="guest", PASSWORD="secret")) == Credentials(
        "guest", "secret"
    )


@pytest.mark.parametrize(
    "response",
    [
        b"",
        b"\x05LOGIN",
        amqplain(LOGIN="guest"),
        amqplain(PASSWORD="secret"),
        amqplain(LOGIN="guest", PASSWORD=7),
        amqplain(LOGIN=b"guest", PASSWORD="secret"),
        b"\0guest\0secret",
    ],
)
def test_a_malformed_amqplain_response_is_refused(response):
    with pytest.raises(MalformedCredentials):
        read_amqplain(response)


@given(st.sampled_from(list(READERS)), st.binary(max_size=100))
def test_arbitrary_octets_are_credentials_or_malformed(mechanism, response):
    try:
        assert isinstance(READERS[mechanism](response), Credentials)
    except MalformedCredentials:
        return
