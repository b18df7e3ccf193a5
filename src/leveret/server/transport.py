"""One socket and its session: octets from one to the other, and the clock's say.

Hot path: bench/results.md, every throughput row. Deliveries gather in the session's output and
are written once per turn of the loop.

    handshake   a peer that has not opened its connection in time is dropped
    heartbeat   something is sent at least every half interval; two silent intervals end it
    closing     a peer that does not answer connection.close is dropped
    pressure    while the socket takes no more, the session's consumers stand aside
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, cast

from leveret.broker.ended import Ending
from leveret.protocol.states import State
from leveret.server.peers import GONE, peer_of
from leveret.session.session import Session
from leveret.wire.frames import HEARTBEAT_FRAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.server.listener import Server
    from leveret.session.identity import Peer
    from leveret.wire.codes import ReplyCode

log = logging.getLogger("leveret.connection")

# How long a peer has to answer connection.close; RabbitMQ waits as long.
CLOSING_S: Final = 10.0
# Octets the socket may owe before consumers stand aside, and may still owe when they return:
# enough to keep a fast reader busy for a turn, little enough for a thousand slow ones.
HIGH_WATER_BYTES: Final = 128 * 1024
LOW_WATER_BYTES: Final = 32 * 1024
# Octets the socket may owe before nothing more is read: deliveries and answers stop at the high
# water, but what is returned to a publisher that never reads must stop somewhere too. Far above
# the high water, since a simple client may publish in a row and read afterwards.
# A chunk this large says that more is waiting in the socket. libuv would go on reading up to 32
# such chunks (8 MiB) before anybody else gets a turn; measured, that starves consumers, acks and
# heartbeats under one fast publisher, so the socket pauses until the next turn.
LARGE_CHUNK_BYTES: Final = 64 * 1024


class Transport(asyncio.Protocol):
    """The asyncio side of one connection."""

    def __init__(
        self, server: Server, introduce: Callable[[asyncio.BaseTransport], Peer] = peer_of
    ) -> None:
        """introduce: says who it is, where the socket alone does not know."""
        self._server = server
        self._introduce = introduce
        self._loop = server.loop
        self._outbox = server.outbox
        self._session: Session
        self._state = State.GREETING
        self._output: list[bytes] = []
        self._socket: asyncio.Transport
        self._is_flush_due = False
        self._holds: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._received_at = 0.0
        self._sent_at = 0.0
        self._debt_max = 0

    # From asyncio ----------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's; they have the same methods.
        self._socket = cast("asyncio.Transport", transport)
        self._socket.set_write_buffer_limits(HIGH_WATER_BYTES, LOW_WATER_BYTES)
        server = self._server
        peer = self._introduce(transport)
        self._session = Session(server.broker, server.terms, peer, self)
        self._output = self._session.connection.output
        self._timer = self._loop.call_later(server.terms.limits.handshake_s, self._handshake_over)
        server.transports.add(self)
        self._debt_max = server.terms.limits.output_bytes_max
        self._refuse_beyond(server.terms.limits.connections_max)
        if peer.name == GONE:
            # It waited too long; what it said meanwhile is not worth a login that fails.
            self.abort()
        log.debug("accepted connection %s", peer.name)

    def _refuse_beyond(self, connections_max: int) -> None:
        if connections_max and len(self._server.transports) > connections_max:
            log.warning(
                "refusing connection %s: connection_max (%d) is reached; close connections that "
                "nobody needs, or raise it",
                self._session.peer.name,
                connections_max,
            )
            self.abort()

    def data_received(self, data: bytes) -> None:
        self._received_at = self._loop.time()
        if len(data) >= LARGE_CHUNK_BYTES:
            self._socket.pause_reading()
            self._loop.call_soon(self._read_on)
        self._outbox.hold()
        try:
            self._session.receive(data)
        finally:
            self._outbox.send()
        if self._session.connection.state is not self._state:
            self._follow_state()

    def pause_writing(self) -> None:
        self._session.pause()

    def resume_writing(self) -> None:
        self.hold_reading("debt", is_held=False)
        self._session.resume()
        self._follow_state()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._server.transports.discard(self)
        self._session.lost()
        reason = f": {exc}" if exc else ""
        log.debug("connection %s is gone%s", self._session.peer.name, reason)
        self._server.check_drained()

    def hold_reading(self, reason: str, *, is_held: bool) -> None:
        """Read nothing more as long as there is a reason not to."""
        if is_held:
            self._holds.add(reason)
            self._socket.pause_reading()
        elif reason in self._holds:
            self._holds.discard(reason)
            # What the peer could not say was no silence.
            self._received_at = self._loop.time()
            self._read_on()

    @property
    def send_pend(self) -> int:
        """Octets that the socket has yet to take."""
        return self._socket.get_write_buffer_size()

    def _read_on(self) -> None:
        if not self._holds and not self._socket.is_closing():
            self._socket.resume_reading()

    # To the socket ---------------------------------------------------------------------------

    def wake(self) -> None:
        """There is output where there was none."""
        if not self._is_flush_due:
            self._is_flush_due = True
            self._outbox.add(self)

    def flush(self) -> None:
        """Send the output."""
        self._is_flush_due = False
        output = self._output
        if self._socket.is_closing():
            # The peer is gone; whatever was meant for it is not.
            output.clear()
            return
        if output:
            octets = b"".join(output)
            output.clear()
            self._sent_at = self._loop.time()
            self._socket.write(octets)
            session = self._session
            session.send_oct += len(octets)
            session.send_cnt += 1
            if self._socket.get_write_buffer_size() > self._debt_max:
                self.hold_reading("debt", is_held=True)
            session.renew_allowance()
            self._follow_state()
        if self._session.connection.is_closed:
            self._socket.close()

    # Time ------------------------------------------------------------------------------------

    def _follow_state(self) -> None:
        """Where the handshake went on, or the end is near, another clock counts."""
        connection = self._session.connection
        if connection.state is self._state:
            return
        self._state = connection.state
        if connection.is_closed:
            self.wake()
            # Closing sends what is left first; a peer that does not take it must not hold us.
            self._set_timer(CLOSING_S, self.abort)
        elif connection.state is State.CLOSING:
            # Its answer counts, alarm or not.
            self.hold_reading("alarm", is_held=False)
            self._set_timer(CLOSING_S, self.abort)
        elif connection.state is State.OPEN:
            self._stop_timer()
            self._start_heartbeat()

    def _start_heartbeat(self) -> None:
        agreement = self._session.connection.agreement
        assert agreement is not None
        if agreement.heartbeat_s:
            self._set_timer(agreement.heartbeat_s / 2, self._heartbeat)

    def _heartbeat(self) -> None:
        """Twice an interval: say something if nothing was said, and see who fell silent."""
        agreement = self._session.connection.agreement
        assert agreement is not None
        interval = agreement.heartbeat_s
        now = self._loop.time()
        if now - self._received_at > 2 * interval and not self._holds:
            silence = f"missed heartbeats, silent for {2 * interval:d} s"
            log.warning("closing connection %s: %s", self._session.peer.name, silence)
            self._session.ends(Ending("broker", 0, silence))
            self.abort()
            return
        if now - self._sent_at >= interval / 2:
            self._session.connection.write(HEARTBEAT_FRAME)
        self._set_timer(interval / 2, self._heartbeat)

    def _handshake_over(self) -> None:
        log.warning("closing connection %s: handshake took too long", self._session.peer.name)
        self.abort()

    def _set_timer(self, delay_s: float, action: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = self._loop.call_later(delay_s, action)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # Ending ----------------------------------------------------------------------------------

    def close(self, code: ReplyCode, text: str) -> None:
        """Ask the peer to go."""
        self._session.close(code, text)
        self._follow_state()

    def abort(self) -> None:
        """Go, whatever the peer says."""
        self._socket.abort()
