"""The tool's side of the node port: one connection, plain blocking sockets.

    with connect((host, port), cookie) as link:
        for answer in link.ask("list_users", {}):
            ...

Rule: nothing here imports an event loop; that would cost more time than the question.
"""

import os
import socket
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from leveret.control import challenge
from leveret.control.challenge import Challenge
from leveret.control.messages import Answer, Arguments, Ask, Done, Refused, decode_answer, encode
from leveret.control.wire import HEAD_OCTETS, BadFrame, Opener, Sealer

CONNECT_S_MAX = 5.0


class Unreachable(Exception):
    """Nobody answers there; the message says how the attempt ended."""


class WrongCookie(Exception):
    """Somebody answers, and has another cookie."""


class Overdue(Exception):
    """The answer did not come in the time that was given."""


class Lost(Exception):
    """The node went away before it had answered."""


class Link:
    """A connection to a node port on which both ends have proved themselves."""

    def __init__(self, connection: socket.socket, keys: Challenge) -> None:
        self._socket = connection
        self._sealer = Sealer(keys.tool_key())
        self._opener = Opener(keys.node_key())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._socket.close()

    def ask(
        self, verb: str, arguments: Arguments, timeout_s: float | None = None
    ) -> Iterator[Answer]:
        """What the node says to it, up to the last. timeout_s: for all of it, None for ever."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        self._wait_until(deadline)
        self._send(self._sealer.seal(encode(Ask(verb, arguments))))
        while True:
            answer = self._receive(deadline)
            yield answer
            if isinstance(answer, Done | Refused):
                return

    def _receive(self, deadline: float | None) -> Answer:
        length = self._opener.begin(self._read(HEAD_OCTETS, deadline))
        try:
            return decode_answer(self._opener.finish(self._read(length, deadline)))
        except BadFrame as error:
            raise Lost(str(error)) from error

    def _send(self, octets: bytes) -> None:
        try:
            self._socket.sendall(octets)
        except TimeoutError as error:
            raise Overdue from error
        except OSError as error:
            raise Lost(error.strerror or str(error)) from error

    def _read(self, count: int, deadline: float | None) -> bytes:
        parts = []
        while count:
            self._wait_until(deadline)
            parts.append(_some(self._socket, count))
            count -= len(parts[-1])
        return b"".join(parts)

    def _wait_until(self, deadline: float | None) -> None:
        if deadline is None:
            self._socket.settimeout(None)
            return
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise Overdue
        self._socket.settimeout(left_s)


def connect(address: tuple[str, int], cookie: bytes) -> Link:
    """Raises Unreachable, WrongCookie."""
    connection = _open(address)
    try:
        return Link(connection, _prove(connection, cookie))
    except challenge.NotOurs as error:
        connection.close()
        raise Unreachable(f"what listens there is no node port: {error}") from error
    except (Lost, Overdue, OSError) as error:
        connection.close()
        raise Unreachable(f"what listens there does not answer as a node does: {error}") from error
    except WrongCookie:
        connection.close()
        raise


def _open(address: tuple[str, int]) -> socket.socket:
    try:
        connection = socket.create_connection(address, CONNECT_S_MAX)
    except TimeoutError as error:
        raise Unreachable(f"no answer within {CONNECT_S_MAX:.0f} s") from error
    except OSError as error:
        raise Unreachable((error.strerror or str(error)).lower()) from error
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _prove(connection: socket.socket, cookie: bytes) -> Challenge:
    hello = challenge.hello(os.urandom(challenge.NONCE_OCTETS))
    connection.sendall(hello)
    greeting = _exactly(connection, challenge.GREETING_OCTETS)
    challenge.check_greeting(greeting)
    keys = Challenge(cookie, hello, greeting)
    connection.sendall(keys.tool_proof())
    try:
        keys.check_node(_exactly(connection, challenge.VERDICT_OCTETS))
    except challenge.Unproven as error:
        raise WrongCookie from error
    return keys


def _exactly(connection: socket.socket, count: int) -> bytes:
    octets = b""
    while len(octets) < count:
        octets += _some(connection, count - len(octets))
    return octets


def _some(connection: socket.socket, count: int) -> bytes:
    try:
        chunk = connection.recv(min(count, 1 << 20))
    except TimeoutError as error:
        raise Overdue from error
    except OSError as error:
        raise Lost(error.strerror or str(error)) from error
    if not chunk:
        raise Lost("the node closed the connection")
    return chunk
