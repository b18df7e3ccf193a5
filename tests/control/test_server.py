"""Whoever has no cookie costs the node one connection, and nobody else anything."""

import socket
import time

import pytest

from leveret.control import challenge, server
from leveret.control.client import WrongCookie, connect
from leveret.control.messages import Begun, Done
from tests.control.served import COOKIE, served


@pytest.fixture(scope="module")
def node():
    with served() as node:
        yield node


def is_served(node):
    with connect(node.address, COOKIE) as link:
        return [type(answer) for answer in link.ask("start_app", {})] == [Begun, Done]


def until_closed(connection):
    """What the node said before it closed."""
    connection.settimeout(5)
    said = b""
    try:
        while chunk := connection.recv(4096):
            said += chunk
    except ConnectionError:
        pass
    return said


def test_one_connection_asks_as_often_as_it_likes(node):
    with connect(node.address, COOKIE) as link:
        for _ in range(3):
            assert [type(each) for each in link.ask("start_app", {})] == [Begun, Done]


@pytest.mark.parametrize(
    "garbage",
    [b"GET / HTTP/1.1\r\n\r\n", b"AMQP\x00\x00\x09\x01", b"LVRT\x02\x01" + bytes(32), bytes(100)],
)
def test_another_protocol_gets_no_word_and_is_closed(node, garbage, caplog):
    node.server._next_warning = 0
    with socket.create_connection(node.address) as connection:
        connection.sendall(garbage)
        assert until_closed(connection) == b""
    wait_until(lambda: "closing a connection to the node port from 127.0.0.1" in caplog.text)
    assert is_served(node)


def test_a_wrong_cookie_is_told_to_both_sides(node, caplog):
    node.server._next_warning = 0
    with pytest.raises(WrongCookie):
        connect(node.address, b"another")
    wait_until(lambda: "its cookie is not ours" in caplog.text)
    assert is_served(node)


def test_a_stranger_learns_nothing_made_with_the_cookie(node):
    with socket.create_connection(node.address) as connection:
        hello = challenge.hello(bytes(32))
        connection.sendall(hello)
        greeting = connection.recv(challenge.GREETING_OCTETS)
        assert len(greeting) == challenge.GREETING_OCTETS
        connection.sendall(bytes(challenge.PROOF_OCTETS))
        assert until_closed(connection) == challenge.REFUSED


def test_a_tool_that_was_let_in_and_writes_garbage_is_closed(node):
    for written in (b"\x00\x00\x00\x02" + bytes(34), b"\xff" * 36):
        with connect(node.address, COOKIE) as link:
            link._socket.sendall(written)
            assert until_closed(link._socket) == b""
    with connect(node.address, COOKIE) as link:
        link._socket.sendall(link._sealer.seal(b"no question"))
        assert until_closed(link._socket) == b""
    assert is_served(node)


def test_who_says_nothing_is_closed_after_a_moment(monkeypatch):
    monkeypatch.setattr(server, "PROOF_S_MAX", 0.05)
    with served() as node, socket.create_connection(node.address) as connection:
        connection.sendall(b"LVR")
        assert until_closed(connection) == b""


def test_a_tool_that_asks_nothing_more_is_closed_after_a_while(monkeypatch):
    monkeypatch.setattr(server, "SILENCE_S_MAX", 0.05)
    with served() as node, connect(node.address, COOKIE) as link:
        assert until_closed(link._socket) == b""


def test_of_a_flood_only_so_many_are_let_in_and_they_make_room_again(monkeypatch):
    monkeypatch.setattr(server, "CONNECTIONS_MAX", 3)
    with served() as node:
        visits = node.server._visits
        wait_until(lambda: not visits)
        flood = [socket.create_connection(node.address) for _ in range(10)]
        ended = [each for each in flood if is_closed(each)]
        assert len(ended) == 7
        for each in flood:
            each.close()
        wait_until(lambda: not visits)
        assert is_served(node)


def test_of_a_flood_the_oldest_stranger_gives_way_to_who_has_the_cookie(monkeypatch):
    monkeypatch.setattr(server, "CONNECTIONS_MAX", 3)
    with served() as node:
        visits = node.server._visits
        wait_until(lambda: not visits)
        flood = [socket.create_connection(node.address) for _ in range(3)]
        wait_until(lambda: len(visits) == 3)
        assert is_served(node)
        assert [is_closed(each) for each in flood] == [True, False, False]
        for each in flood:
            each.close()


def test_who_has_proved_itself_gives_way_to_nobody(monkeypatch):
    monkeypatch.setattr(server, "CONNECTIONS_MAX", 2)
    with served() as node, connect(node.address, COOKIE) as one, connect(node.address, COOKIE):
        late = socket.create_connection(node.address)
        assert until_closed(late) == b""
        late.close()
        assert [type(each) for each in one.ask("start_app", {})] == [Begun, Done]


def is_closed(connection):
    connection.settimeout(0.2)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False


def wait_until(condition):
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_strangers_do_not_fill_the_log(node, caplog):
    node.server._next_warning = 0
    for _ in range(5):
        with socket.create_connection(node.address) as connection:
            connection.sendall(b"HTTP")
            until_closed(connection)
    assert caplog.text.count("closing a connection") == 1


def test_when_it_stops_who_waits_loses_the_connection():
    with served() as node:
        link = connect(node.address, COOKIE)
    with link:
        assert until_closed(link._socket) == b""
    with pytest.raises(ConnectionError):
        socket.create_connection(node.address)
