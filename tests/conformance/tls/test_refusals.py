"""Who is turned away, with the same rabbitmq.conf on both brokers."""

import ssl
import time
from base64 import b64encode

import pytest

from leveret.server.certificate import read_certificate
from leveret.wire import frames, methods
from tests.server.authority import authority, name
from tests.server.client import Client, Gone
from tests.server.secured import SecureClient, closing, plain_socket

CAPABILITIES = {"capabilities": {"authentication_failure_close": True}}


def handshake(secured, context):
    """The mechanisms that are offered; None for whoever is turned away."""
    try:
        with closing(SecureClient(secured.tls, context)) as client:
            client.send_octets(frames.PROTOCOL_HEADER)
            return set(client.expect(methods.ConnectionStart).mechanisms.split())
    except (ssl.SSLError, ConnectionError, Gone):
        return None


def test_a_certificate_of_a_trusted_ca_opens_the_door(secured, pki, hare):
    assert handshake(secured, pki.client_context(hare)) == {b"PLAIN", b"EXTERNAL"}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_versions_of_tls_are_spoken(secured, pki, hare, version):
    context = pki.client_context(hare)
    context.minimum_version = context.maximum_version = version
    assert handshake(secured, context)


def test_one_ca_between_is_as_deep_as_it_may_be(secured, pki):
    between = pki.ca.vouch_for("between", is_ca=True)
    assert handshake(secured, pki.client_context(between.vouch_for("hare")))
    below = between.vouch_for("below", is_ca=True)
    assert handshake(secured, pki.client_context(below.vouch_for("hare"))) is None


@pytest.mark.parametrize("who", ["nobody", "stranger", "expired", "not yet"])
def test_who_cannot_be_believed_is_turned_away(secured, pki, who):
    party = {
        "nobody": None,
        "stranger": authority("Another CA").vouch_for("hare"),
        "expired": pki.ca.vouch_for("hare", days=(-10, -1)),
        "not yet": pki.ca.vouch_for("hare", days=(5, 10)),
    }[who]
    assert handshake(secured, pki.client_context(party)) is None


def log_in(secured, pki, party, kind):
    """The answer to a login by certificate, which is of this kind."""
    with closing(SecureClient(secured.tls, pki.client_context(party))) as client:
        client.send_octets(frames.PROTOCOL_HEADER)
        client.expect(methods.ConnectionStart)
        client.send(0, methods.ConnectionStartOk(CAPABILITIES, "EXTERNAL", b"", "en_US"))
        return client.expect(kind)


def test_a_user_is_known_by_its_distinguished_name(secured, pki, hare):
    assert log_in(secured, pki, hare, methods.ConnectionTune).channel_max == 2047


@pytest.mark.parametrize("parts", [[("CN", "hare")], [("CN", "hare"), ("O", "Warren")]])
def test_a_name_that_is_no_users_is_refused(secured, pki, parts):
    party = pki.ca.vouch_for(name(*parts))
    close = log_in(secured, pki, party, methods.ConnectionClose)
    assert close.reply_code == 403
    assert close.reply_text == (
        "ACCESS_REFUSED - Login was refused using authentication mechanism EXTERNAL. "
        "For details see the broker logfile."
    )


def test_without_tls_a_certificate_is_no_login(secured):
    with closing(Client(secured.plain)) as client:
        client.send_octets(frames.PROTOCOL_HEADER)
        assert client.expect(methods.ConnectionStart).mechanisms == b"PLAIN"
        client.send(0, methods.ConnectionStartOk(CAPABILITIES, "EXTERNAL", b"", "en_US"))
        assert client.listen_to_the_end() == []


def said_until_the_end(sock):
    """Whether it was octets of AMQP that came before the end."""
    heard = b""
    try:
        while chunk := sock.recv(1 << 16):
            heard += chunk
    except ConnectionError:
        pass
    return heard


def test_plain_amqp_on_the_tls_port_ends(secured):
    with plain_socket(secured.tls) as stranger:
        stranger.sendall(frames.PROTOCOL_HEADER)
        assert not said_until_the_end(stranger).startswith(b"AMQP")


def test_tls_on_the_plain_port_ends(secured, pki):
    with pytest.raises((ssl.SSLError, ConnectionError)):
        SecureClient(secured.plain, pki.client_context())


def test_a_stalled_handshake_ends_in_time(secured):
    began = time.monotonic()
    with plain_socket(secured.tls) as stranger:
        stranger.sendall(b"\x16\x03\x01")
        said_until_the_end(stranger)
    assert 1.5 < time.monotonic() - began < 10


# How RabbitMQ spells names: what user names are made of.
PARTS = [
    [("C", "NO"), ("O", "Warren, Inc"), ("CN", "hare")],
    [("DC", "example"), ("UID", "7"), ("EMAIL", "a@b.c"), ("STREET", "Hole 1"), ("SERIAL", "42")],
    [("CN", ' #a+b;c<d>e"f\\ '), ("TITLE", "Dr~"), ("L", "Tromsø")],
]


@pytest.mark.parametrize("parts", PARTS)
def test_names_are_spelled_as_rabbitmq_spells_them(secured_rabbitmq, pki, parts):
    party = pki.ca.vouch_for(name(*parts))
    subject = read_certificate(party.der).subject
    octets = b64encode(party.der).decode()
    told = secured_rabbitmq.rabbitmq.ctl(
        "eval", f'io:format("~s", [rabbit_cert_info:subject(base64:decode("{octets}"))]).'
    )
    assert told.startswith(subject)
