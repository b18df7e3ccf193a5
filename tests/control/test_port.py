"""The sockets are there from the start, who answers on them from the first tool on."""

import socket

import pytest

from leveret.control import challenge, port
from leveret.control.challenge import Purpose
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


@pytest.mark.parametrize("is_visited_before", [True, False])
def test_nodes_are_handed_over_whether_somebody_came_before_or_not(is_visited_before):
    met = []

    async def welcome(_reader, _writer, _keys, purpose):
        met.append(purpose)

    with served() as node:
        if is_visited_before:
            assert node.server
        node.node._node_port.hand_peers_to(welcome)
        knock(node.address)
        assert met == [Purpose.PEER]
        node.node._node_port.hand_peers_to(None)
        knock(node.address)
        assert met == [Purpose.PEER]


def knock(address):
    """Come as a node, and stay until the door is closed."""
    hello = challenge.hello(bytes(32), Purpose.PEER)
    with socket.create_connection(address, timeout=10) as peer:
        peer.sendall(hello)
        greeting = peer.recv(challenge.GREETING_OCTETS)
        peer.sendall(challenge.Challenge(COOKIE, hello, greeting).tool_proof())
        assert peer.recv(challenge.VERDICT_OCTETS)[0] == 1
        assert peer.recv(1) == b""
