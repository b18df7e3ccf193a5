"""What is shown of a connection."""

import pytest

from leveret.management.views.connections import (
    CONNECTION,
    CONNECTION_ALONE,
    CONNECTION_IN_BRIEF,
)
from leveret.session.identity import Encryption, Peer
from tests.management.looking import look_at
from tests.session.harness import World

NAME = "127.0.0.1:5000 -> 127.0.0.1:5672"
TLS = Encryption(
    "tlsv1.3", "TLS_AES_256_GCM_SHA384", "CN=hare", "CN=Warren CA", "2026 - 2027", "hare"
)
ENCRYPTION = {
    "ssl_protocol": "tlsv1.3",
    "ssl_key_exchange": "any",
    "ssl_cipher": "aes_256_gcm",
    "ssl_hash": "aead",
    "peer_cert_subject": "CN=hare",
    "peer_cert_issuer": "CN=Warren CA",
    "peer_cert_validity": "2026 - 2027",
}


@pytest.fixture
def world():
    return World()


def session_of(world, tls=None, **how):
    session = world.client(tune=(100, 8192, 30), **how).session
    session.peer = Peer(NAME, True, "127.0.0.1", 5000, "127.0.0.1", 5672, tls)
    return session


def test_a_connection_is_shown_as_it_is(world):
    session = session_of(world)
    session.client_properties = {"connection_name": "worker", "bin": b"\x01", "n": [1, {"a": 2}]}
    shown = CONNECTION.render(session, look_at(world.broker))
    expected = {
        "name": NAME,
        "user": "guest",
        "user_who_performed_action": "guest",
        "vhost": "/",
        "node": world.broker.node,
        "state": "running",
        "protocol": "AMQP 0-9-1",
        "type": "network",
        "auth_mechanism": "PLAIN",
        "channels": 0,
        "channel_max": 100,
        "frame_max": 8192,
        "timeout": 30,
        "peer_host": "127.0.0.1",
        "peer_port": 5000,
        "host": "127.0.0.1",
        "port": 5672,
        "ssl": False,
        "ssl_cipher": None,
        "user_provided_name": "worker",
        "connected_at": session.connected_at_ms,
        "reductions": 0,
        "reductions_details": {"rate": 0.0},
        "recv_oct": session.recv_oct,
    }
    assert {name: shown[name] for name in expected} == expected
    assert shown["client_properties"]["n"] == [1, {"a": 2}]
    assert shown["garbage_collection"]["minor_gcs"] == 0


def test_what_is_not_encrypted_is_null_in_a_listing_and_empty_alone(world):
    session, look = session_of(world), look_at(world.broker)
    listed, alone = CONNECTION.render(session, look), CONNECTION_ALONE.render(session, look)
    assert {listed[name] for name in ENCRYPTION} == {None}
    assert {alone[name] for name in ENCRYPTION} == {""}
    assert {**listed, **dict.fromkeys(ENCRYPTION, "")} == alone


def test_what_is_encrypted_is_told_in_rabbitmqs_parts(world):
    session, look = session_of(world, TLS), look_at(world.broker)
    for view in (CONNECTION, CONNECTION_ALONE):
        shown = view.render(session, look)
        assert {name: shown[name] for name in ENCRYPTION} == ENCRYPTION
        assert shown["ssl"] is True


def test_a_certificate_that_was_not_shown_is_null_in_a_listing(world):
    session = session_of(world, Encryption("tlsv1.3", "TLS_AES_256_GCM_SHA384"))
    assert CONNECTION.render(session, look_at(world.broker))["peer_cert_subject"] is None


def test_a_name_that_is_no_text_is_none(world):
    session = session_of(world)
    session.client_properties = {"connection_name": 7}
    assert "user_provided_name" not in CONNECTION.render(session, look_at(world.broker))


def test_in_brief_a_connection_is_whose_and_where(world):
    shown = CONNECTION_IN_BRIEF.render(session_of(world), look_at(world.broker))
    assert shown == {"name": NAME, "vhost": "/", "user": "guest", "node": world.broker.node}
