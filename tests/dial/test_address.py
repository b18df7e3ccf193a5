import pytest

from leveret.dial.address import DEFAULT_URI, Address, BadAddressError, parse_uri


def test_a_uri_names_host_port_account_and_virtual_host():
    assert parse_uri("amqp://me:secret@broker.example:5673/orders") == Address(
        "broker.example", 5673, "me", "secret", "orders"
    )


def test_what_a_uri_leaves_out_is_the_default():
    assert parse_uri("amqp://127.0.0.1") == parse_uri(DEFAULT_URI)


def test_percent_escapes_are_undone():
    found = parse_uri("amqp://a%40b:c%3Ad@localhost/%2fdeep")
    assert (found.user, found.password, found.vhost) == ("a@b", "c:d", "/deep")


@pytest.mark.parametrize("uri", ["http://localhost", "localhost:5672", "amqp://localhost:port"])
def test_what_is_no_amqp_uri_is_refused(uri):
    with pytest.raises(BadAddressError, match="is not an AMQP URI"):
        parse_uri(uri)
