"""The tool's side: it knows who answers, and how the attempt ended when nobody does."""

import socket
import subprocess
import sys
import threading

import pytest

from leveret.control import challenge
from leveret.control.client import Lost, Overdue, Unreachable, WrongCookie, connect
from leveret.control.messages import Batch, Begun, Columns, Done
from tests.control.served import COOKIE, served


def listening(answer):
    """A server that says something else to whoever comes, and closes."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = server.accept()
        with connection:
            connection.recv(100)
            connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return server


def test_a_listing_arrives():
    with served() as node, connect(node.address, COOKIE) as link:
        answers = list(link.ask("list_vhosts", {"columns": ["name"]}))
        assert answers == [Begun(), Columns(["name"]), Batch([["/"]]), Done()]


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
    with pytest.raises(Unreachable, match="connection refused"):
        connect(address, COOKIE)
    with pytest.raises(Unreachable):
        connect(("nosuchhost.invalid", 1), COOKIE)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n" + bytes(20), "does not speak Leveret's protocol"),
        (b"LVRT\x02" + bytes(32), "version 2 of the protocol, not 1"),
        (b"", "closed the connection"),
    ],
)
def test_somebody_else_there(answer, reason):
    with listening(answer) as server, pytest.raises(Unreachable, match=reason):
        connect(server.getsockname(), COOKIE)


def test_a_node_that_lets_everybody_in_is_not_believed():
    """Whoever answers on the port without the cookie is told nothing."""
    forged = challenge.greeting(bytes(32)) + b"\x01" + bytes(32)
    with listening(forged) as server, pytest.raises(WrongCookie):
        connect(server.getsockname(), COOKIE)


def test_an_answer_that_takes_too_long():
    with served() as node, connect(node.address, COOKIE) as link, pytest.raises(Overdue):
        list(link.ask("list_vhosts", {"columns": ["name"]}, timeout_s=0))


def test_a_node_that_goes_away():
    with served() as node:
        link = connect(node.address, COOKIE)
    with link, pytest.raises(Lost):
        list(link.ask("list_vhosts", {"columns": ["name"]}))


def test_it_needs_no_event_loop():
    program = "import leveret.control.client, sys; sys.exit('asyncio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
