"""From a greeting into a vhost; what the client is told stands in test_session.py."""

import pytest

from leveret.protocol.violation import LoginRefused, ProtocolViolation
from leveret.session.handshake import Handshake
from leveret.wire import methods
from tests.session.harness import World


@pytest.fixture
def session():
    return World().stranger().session


@pytest.fixture
def handshake(session):
    return Handshake(session, session._terms)


def start_ok(response=b"\0guest\0guest", mechanism="PLAIN"):
    return methods.ConnectionStartOk({"product": "test"}, mechanism, response, "en_US")


def test_who_logs_in_may_enter(session, handshake):
    handshake.start(start_ok())
    assert session.client_properties == {"product": "test"}
    assert session.mechanism == "PLAIN"
    access = handshake.enter(methods.ConnectionOpen("/"))
    assert (access.user.name, access.vhost.name) == ("guest", "/")


def test_a_wrong_password_lets_nobody_in(handshake):
    with pytest.raises(LoginRefused):
        handshake.start(start_ok(b"\0guest\0wrong"))


@pytest.mark.parametrize("how", [{"mechanism": "SCRAM"}, {"response": b"nothing"}])
def test_what_is_no_login_breaks_the_protocol(handshake, how):
    with pytest.raises(ProtocolViolation):
        handshake.start(start_ok(**how))


def test_a_vhost_that_is_not_there_cannot_be_entered(handshake):
    handshake.start(start_ok())
    with pytest.raises(ProtocolViolation, match="vhost elsewhere not found"):
        handshake.enter(methods.ConnectionOpen("elsewhere"))
