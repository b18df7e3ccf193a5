"""The sockets are there from the start, who answers on them from the first tool on."""

import socket

import pytest

from leveret.control import port
from leveret.control.client import connect
from tests.control.served import COOKIE, served


def test_whoever_comes_first_is_answered_too():
    with served() as node:
        assert node.node._node_port.server is None
        with connect(node.address, COOKIE) as link:
            assert len(list(link.ask("state", {}))) == 2
        assert node.node._node_port.server is not None


def test_without_a_place_it_listens_on_every_interface():
    with served(bind=None) as node:
        told = [each for each in node.node.listeners if each.protocol == "clustering"]
        assert told[0].host == "0.0.0.0"
        assert len({each.port for each in told}) == 1
        with connect(("127.0.0.1", told[0].port), COOKIE) as link:
            assert list(link.ask("state", {}))


def test_a_place_of_its_own_is_reached_by_its_name():
    with served(bind="127.0.0.2") as node:
        assert node.address[0] == "127.0.0.2"
        with connect(node.address, COOKIE) as link:
            assert list(link.ask("state", {}))


@pytest.mark.parametrize("is_asked", [True, False])
def test_closed_nobody_is_let_in(is_asked):
    with served() as node:
        address = node.address
        if is_asked:
            assert node.server
    with pytest.raises(ConnectionError):
        socket.create_connection(address)


def test_a_server_that_cannot_be_made_lets_nobody_wait(monkeypatch, caplog):
    def fail():
        raise ImportError("no such module")

    monkeypatch.setattr(port, "_import_server", fail)
    with (
        served() as node,
        socket.create_connection(node.address, timeout=10) as tool,
        pytest.raises(ConnectionResetError),
    ):
        tool.recv(1)
    assert "no such module" in caplog.text
