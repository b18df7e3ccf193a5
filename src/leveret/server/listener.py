"""A server: the sockets it listens on, the connections it has, and the agenda's alarm clock.

A plain listener's connections are Transports at once; where a PROXY header, TLS or an unusual
socket comes first they go through a Door (door.py).
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, Final

from leveret.protocol.limits import Limits
from leveret.server.door import Door
from leveret.server.outbox import Outbox
from leveret.server.sockets import bind, set_options
from leveret.server.tls import Certificates
from leveret.server.transport import Transport
from leveret.session.identity import Identity, Terms
from leveret.version import VERSION
from leveret.wire.codes import ReplyCode

if TYPE_CHECKING:
    from leveret.broker.broker import Broker
    from leveret.config import Settings
    from leveret.config.limit_settings import LimitSettings

log = logging.getLogger("leveret.connection")

SHUTDOWN_TEXT: Final = "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"


class Server:
    """Serves one broker in the running loop. Raises TlsRefused for TLS settings of no use.

    doors: where something comes before AMQP.
    certificates: the node's own; None where nothing listens with TLS.
    """

    def __init__(self, broker: Broker, settings: Settings) -> None:
        self.broker = broker
        self.terms = Terms(
            _limits(settings.limits),
            _identity(settings),
            log.warning,
            settings.limits.consumer_timeout_ms,
            settings.auth_mechanisms,
        )
        self.transports: set[Transport] = set()
        self.doors: list[Door] = []
        self.outbox = Outbox()
        self.is_proxied = settings.is_proxied
        self.has_no_delay = settings.sockets.has_no_delay
        has_tls = any(each.is_tls for each in settings.addresses)
        self.certificates = Certificates(settings.tls) if has_tls else None
        self._options = settings.sockets
        self._listeners: list[asyncio.Server] = []
        self._alarm: asyncio.TimerHandle | None = None
        self._drained: asyncio.Event | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    async def listen(self, host: str, port: int, *, is_tls: bool = False) -> tuple[str, int]:
        """Accept connections; the address that was bound. Raises OSError."""
        self.broker.agenda.wake = self._set_alarm
        # What a start has found to do was written down before anybody listened.
        self._set_alarm()
        if is_tls or self.is_proxied or not self.has_no_delay:
            return await self._listen_behind_door(host, port, is_tls=is_tls)
        listener = await self.loop.create_server(
            partial(Transport, self), host, port, backlog=self._options.backlog, start_serving=False
        )
        self._listeners.append(listener)
        for each in listener.sockets:
            set_options(each, self._options)
        await listener.start_serving()
        bound = listener.sockets[0].getsockname()
        return bound[0], bound[1]

    async def _listen_behind_door(self, host: str, port: int, *, is_tls: bool) -> tuple[str, int]:
        listening = await bind(self.loop, host, port, self._options)
        certificates = self.certificates if is_tls else None
        self.doors.append(Door(self, listening, certificates))
        if certificates is not None:
            certificates.start_watching(self.loop)
        bound = listening[0].getsockname()
        return bound[0], bound[1]

    def suspend(self) -> None:
        """Accept nobody until listen() is called again; who is connected stays."""
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
        for door in self.doors:
            door.close()
        self.doors.clear()

    async def drain(self, grace_s: float) -> None:
        """Accept nobody, ask everybody to go, and after `grace_s` go without them."""
        for listener in self._listeners:
            listener.close()
        if self.certificates is not None:
            self.certificates.stop_watching()
        for door in self.doors:
            door.close()
        for transport in list(self.transports):
            transport.close(ReplyCode.CONNECTION_FORCED, SHUTDOWN_TEXT)
        await self._wait_for_nobody(grace_s)
        if self._alarm is not None:
            self._alarm.cancel()

    async def _wait_for_nobody(self, grace_s: float) -> None:
        self._drained = asyncio.Event()
        self.check_drained()
        try:
            async with asyncio.timeout(grace_s):
                await self._drained.wait()
        except TimeoutError:
            for transport in list(self.transports):
                transport.abort()
            # Aborted sockets are gone in the next turn.
            await self._drained.wait()

    def check_drained(self) -> None:
        """A connection went: was it the last?"""
        if self._drained is None or self.transports:
            return
        if not any(door.coming for door in self.doors):
            self._drained.set()

    # The agenda's alarm clock ----------------------------------------------------------------

    def _set_alarm(self) -> None:
        """The agenda has something earlier to do than it had."""
        if self._alarm is not None:
            self._alarm.cancel()
        deadline = self.broker.agenda.next_deadline()
        if deadline is None:
            self._alarm = None
        else:
            delay_s = max(0.0, deadline - self.broker.agenda.clock())
            self._alarm = self.loop.call_later(delay_s, self._run_agenda)

    def _run_agenda(self) -> None:
        self._alarm = None
        try:
            self.broker.agenda.run()
        finally:
            # Also after a bug of ours, which the loop reports: the others' times still come.
            self._set_alarm()


def _limits(limits: LimitSettings) -> Limits:
    return Limits(
        channel_max=limits.channel_max,
        frame_max=limits.frame_max,
        heartbeat_s=limits.heartbeat_s,
        message_bytes_max=limits.max_message_size,
        handshake_s=limits.handshake_timeout_s,
        connections_max=limits.connection_max,
        unacked_max=limits.unacked_max,
        output_bytes_max=limits.connection_output_max,
    )


def _identity(settings: Settings) -> Identity:
    return Identity(
        product=settings.product,
        version=settings.product_version,
        platform=f"Leveret {VERSION}",
        cluster_name=settings.cluster_name or settings.node,
    )
