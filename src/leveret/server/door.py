"""What comes before AMQP on some listeners: a PROXY protocol header, a TLS handshake, or both.

    socket ──> header ──> handshake ──> Transport
               3 s        ssl_handshake_timeout

Rule: whoever does not get through is shown out with one line in the log, within a time. What gets
through has a Transport, which never knows that there was a door. A plain listener has none.

Sockets are accepted here and not by asyncio: nothing may read from one before it is known what
to read, or the beginning of the handshake would be lost behind the header.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from functools import partial
from typing import TYPE_CHECKING, Final

from leveret.server.peers import name_of, peer_of
from leveret.server.proxy_header import BrokenHeader, Ends, ProxyHeader
from leveret.server.sockets import delay_small_packets
from leveret.server.tls import Distrusted, encryption_of, why_it_failed
from leveret.server.transport import CLOSING_S, Transport

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from leveret.config.tls_settings import TlsSettings
    from leveret.server.listener import Server
    from leveret.server.tls import Certificates
    from leveret.session.identity import Peer

log = logging.getLogger("leveret.connection")

# RabbitMQ gives a proxy as long for its header.
HEADER_S: Final = 3.0
# Ours ends a slow handshake; asyncio's own clock would say so less clearly.
ASYNCIO_HANDSHAKE_S: Final = 3600.0
# Without file descriptors nobody can be accepted; asyncio waits as long before it tries again.
RETRY_S: Final = 1.0


class _ShownOut(Exception):
    """The sentence for the log."""


class Door:
    """Listening sockets, and the connections on their way in. certificates: None without TLS."""

    def __init__(
        self, server: Server, listening: Sequence[socket.socket], certificates: Certificates | None
    ) -> None:
        self.coming: set[asyncio.Task[None]] = set()
        self._server = server
        self._listening = listening
        self._certificates = certificates
        for each in listening:
            self._open(each)

    def close(self) -> None:
        """Accept nobody, and send away who is not in yet."""
        for each in self._listening:
            if each.fileno() >= 0:
                self._server.loop.remove_reader(each)
                each.close()
        for task in self.coming:
            task.cancel()

    def _open(self, listening: socket.socket) -> None:
        if listening.fileno() >= 0:
            self._server.loop.add_reader(listening, self._accept, listening)

    def _accept(self, listening: socket.socket) -> None:
        try:
            accepted, _ = listening.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError as error:
            log.error("cannot accept a connection: %s; trying again in a second", error)
            self._server.loop.remove_reader(listening)
            self._server.loop.call_later(RETRY_S, self._open, listening)
            return
        accepted.setblocking(False)
        task = self._server.loop.create_task(self._let_in(accepted))
        self.coming.add(task)
        task.add_done_callback(self._has_come)

    def _has_come(self, task: asyncio.Task[None]) -> None:
        self.coming.discard(task)
        self._server.check_drained()

    async def _let_in(self, accepted: socket.socket) -> None:
        name = name_of(accepted)
        try:
            ends = await self._read_header(accepted) if self._server.is_proxied else None
            await self._make_transport(accepted, ends)
        except (_ShownOut, OSError) as why:
            log.warning("closing connection %s: %s", name, why)

    async def _read_header(self, accepted: socket.socket) -> Ends | None:
        try:
            async with asyncio.timeout(HEADER_S):
                return await self._header(accepted)
        except BaseException as error:
            accepted.close()
            if isinstance(error, TimeoutError):
                raise _ShownOut("no PROXY protocol header came in time") from error
            if isinstance(error, BrokenHeader | OSError):
                raise _ShownOut(str(error)) from error
            raise

    async def _header(self, accepted: socket.socket) -> Ends | None:
        """Raises BrokenHeader, OSError."""
        header = ProxyHeader()
        while header.wanted:
            octets = await self._server.loop.sock_recv(accepted, header.wanted)
            if not octets:
                raise BrokenHeader("it hung up before its PROXY protocol header was complete")
            header.take(octets)
        return header.ends

    async def _make_transport(self, accepted: socket.socket, ends: Ends | None) -> None:
        """From here on the event loop owns the socket, whatever happens."""
        server, certificates = self._server, self._certificates
        options = certificates.options if certificates else None
        factory = partial(Transport, server, partial(introduce, ends=ends, options=options))
        if certificates is None:
            await server.loop.connect_accepted_socket(factory, accepted)
        else:
            await self._shake_hands(accepted, factory, certificates)
        if not server.has_no_delay:
            # Whoever has gone already needs none.
            with contextlib.suppress(OSError):
                delay_small_packets(accepted)

    async def _shake_hands(
        self, accepted: socket.socket, factory: partial[Transport], certificates: Certificates
    ) -> None:
        try:
            async with asyncio.timeout(certificates.options.handshake_s):
                await self._server.loop.connect_accepted_socket(
                    factory,
                    accepted,
                    ssl=certificates.context,
                    ssl_handshake_timeout=ASYNCIO_HANDSHAKE_S,
                    ssl_shutdown_timeout=CLOSING_S,
                )
        except TimeoutError:
            raise _ShownOut("its TLS handshake took too long") from None
        except OSError as error:
            raise _ShownOut(f"its TLS handshake failed: {why_it_failed(error)}") from error


def introduce(
    transport: asyncio.BaseTransport, ends: Ends | None, options: TlsSettings | None
) -> Peer:
    """Who has come through the door; whoever TLS distrusts after all is shown out again."""
    if options is None:
        return peer_of(transport, ends)
    try:
        encryption = encryption_of(transport.get_extra_info("ssl_object"), options)
    except Distrusted as error:
        peer = peer_of(transport, ends)
        log.warning("closing connection %s: its TLS handshake failed: %s", peer.name, error)
        # uvloop's transports are no subclasses of asyncio's; they have the same methods.
        transport.abort()  # type: ignore[attr-defined]
        return peer
    return peer_of(transport, ends, encryption)
