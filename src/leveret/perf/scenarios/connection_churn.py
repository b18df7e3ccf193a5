"""Connection churn: connections opened (up to connection.open-ok) and closed in a second.

The handshake is answered with bytes made beforehand, so that the client costs little beside it.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from leveret.dial.connection import (
    ANSWER_S_MAX,
    Connection,
    ConnectionLostError,
    DialError,
    method_frame,
    refuse,
    start_ok,
    tune_ok,
)
from leveret.perf.churn import Pace, Step, run_churn
from leveret.perf.result import Progress, Result
from leveret.wire import frames, methods

if TYPE_CHECKING:
    from leveret.dial.address import Address


class Opener:
    """Opens connections side by side: each step of the handshake is sent to all, then read."""

    def __init__(self, address: Address, at_once: int) -> None:
        self._address = address
        self._at_once = at_once
        self._start_ok = method_frame(0, start_ok(address, "leveret perf churn"))
        with Connection(address, "leveret perf control") as control:
            self.broker = control.broker
            tuning = tune_ok(control.tune)
        opening = methods.ConnectionOpen(virtual_host=address.vhost)
        self._open = tuning + method_frame(0, opening)
        closing = methods.ConnectionClose(reply_code=200, reply_text="Goodbye")
        self._close = method_frame(0, closing)
        self._sockets: list[socket.socket] = []

    def open(self) -> None:
        for _ in range(self._at_once):
            self._sockets.append(self._connect())
        self._exchange(frames.PROTOCOL_HEADER, methods.ConnectionStart)
        self._exchange(self._start_ok, methods.ConnectionTune)
        self._exchange(self._open, methods.ConnectionOpenOk)

    def close(self) -> None:
        try:
            self._exchange(self._close, methods.ConnectionCloseOk)
        finally:
            self.drop()

    def drop(self) -> None:
        """Close the sockets, whatever state the connections are in."""
        for each in self._sockets:
            each.close()
        self._sockets.clear()

    def _connect(self) -> socket.socket:
        try:
            connected = socket.create_connection(
                (self._address.host, self._address.port), timeout=ANSWER_S_MAX
            )
        except OSError as error:
            raise DialError(f"cannot connect to {self._address}: {error}") from None
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connected

    def _exchange(self, request: bytes, answer: type[methods.Method]) -> None:
        try:
            for each in self._sockets:
                each.sendall(request)
            for each in self._sockets:
                read_answer(each, answer)
        except OSError as error:
            raise ConnectionLostError(
                f"the connection to {self._address} was lost: {error}"
            ) from None


def read_answer(connected: socket.socket, answer: type[methods.Method]) -> None:
    """Read one frame, which must be this method."""
    data = b""
    while len(data) < 8 or len(data) < frames.FRAME_HEAD.unpack_from(data)[2] + 8:
        received = connected.recv(65536)
        if not received:
            raise ConnectionLostError("the broker closed the socket during the handshake")
        data += received
    payload = data[7:-1]
    if int.from_bytes(payload[:4], "big") != answer.index:
        refuse(0, payload)
        raise DialError(f"the broker sent something else than {answer.__name__}")


def run(address: Address, pace: Pace, progress: Progress, *, at_once: int = 1) -> Result:
    opener = Opener(address, at_once)
    try:
        steps = [Step("opened", at_once, opener.open), Step("closed", at_once, opener.close)]
        churn = run_churn(steps, pace, progress)
    finally:
        opener.drop()
    return Result(
        scenario="connection churn",
        figures=churn.figures,
        settings={"at_once": at_once, "duration_s": pace.duration_s},
        samples=churn.samples,
        broker=opener.broker,
        interrupted=churn.interrupted,
    )
