"""What runs between `start_app` and `stop_app`: the broker, the engine under it, and its listeners.

Life: recover what the data directory holds, listen, watch; then drain, and write what is left.
A node (node.py) has one at a time, and stays within leveretctl's reach while it has none.
"""

from __future__ import annotations

import asyncio
import dataclasses
import errno
import logging
import os
from functools import partial
from typing import TYPE_CHECKING

from leveret.broker.errors import Unavailable, Undone
from leveret.config import Listener, Listening
from leveret.durable import wait_settled
from leveret.errors import StartRefused
from leveret.furnish import furnished, load_definitions
from leveret.management.console.sessions import Sessions
from leveret.management.port import HttpPort
from leveret.management.streams import Streams
from leveret.server.listener import Server
from leveret.server.log_exchange import LogExchange
from leveret.server.machine import Machine
from leveret.server.monitor import Monitor
from leveret.server.tls import TlsRefused
from leveret.storage.opening import open_engine
from leveret.writing import with_pen

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.broker import Broker
    from leveret.broker.vhost import Vhost
    from leveret.cluster.membership import Membership
    from leveret.cluster.sharing import Sharing
    from leveret.config import Settings
    from leveret.peers import Peers
    from leveret.server.sampler import Sampler
    from leveret.statistics.statistics import Statistics
    from leveret.storage.engine import Engine

log = logging.getLogger("leveret")

DRAIN_S = 5.0
# Statistics begin so long after the start: clients come first.
STATISTICS_S = 1.0
NO_IPV6 = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}


class Application:
    """definitions: a document in RabbitMQ's JSON, laid over what the settings make at the start.

    addresses: where it speaks AMQP. listeners: all that it listens on.
    machine: what the node runs on. sessions: who has logged in to the console, and what he
    watches there (streams).
    peers: the other nodes; None for a node that is alone.
    membership: of a cluster, of a node that is in one or may come into one.
    sharing: what it has with the other nodes; None for a node that is alone.
    is_under_maintenance: nobody is let in, and it leads nothing that another node can lead.
    """

    def __init__(
        self,
        settings: Settings,
        definitions: bytes | None = None,
        membership: Membership | None = None,
    ) -> None:
        self.settings = settings
        self.machine = Machine()
        self.sessions = Sessions(os.urandom)
        self.streams = Streams()
        self.peers: Peers | None = None
        self.is_under_maintenance = False
        self.addresses: tuple[Listener, ...] = ()
        self._definitions = definitions
        self._membership = membership
        self.sharing: Sharing | None = None
        self._engine: Engine | None = None
        self._server: Server | None = None
        self._monitor: Monitor | None = None
        self._log_exchange: LogExchange | None = None
        self._http_ports: list[HttpPort] = []
        self._statistics: Statistics | None = None
        self._sampler: Sampler | None = None
        self._statistics_due: asyncio.TimerHandle | None = None

    @property
    def broker(self) -> Broker:
        """What it serves, once it has started."""
        return self.server.broker

    @property
    def server(self) -> Server:
        """Who is connected."""
        assert self._server is not None, "the application has not been started"
        return self._server

    @property
    def monitor(self) -> Monitor:
        assert self._monitor is not None, "the application has not been started"
        return self._monitor

    @property
    def statistics(self) -> Statistics:
        """What happens in the broker, and how fast; from when it is first asked for, or soon after
        the start."""
        if self._statistics is None:
            self._begin_statistics()
        assert self._statistics is not None
        return self._statistics

    @property
    def listeners(self) -> tuple[Listening, ...]:
        """What it listens on, and what is spoken there."""
        amqp = tuple(
            Listening("amqp/ssl" if each.is_tls else "amqp", each.host, each.port)
            for each in self.addresses
        )
        return amqp + tuple(each for port in self._http_ports for each in port.listening)

    async def start(self) -> None:
        """Accept connections, or raise StartRefused and leave nothing behind."""
        try:
            engine = self._engine = self._open_engine()
            if self._membership is not None and engine is not None:
                self.sharing = await self._membership.share(engine.storage)
            self._server = self._make_server()
            if self.sharing is not None:
                await self._share(self.sharing)
            if self.settings.taps.event_exchange or self.settings.taps.log_exchange:
                await self._with_pen(self._open_taps)
            else:
                self._open_taps(self.broker)
            for listener in self.settings.addresses:
                self.addresses += await self._listen(listener)
            self._monitor = Monitor(self._server.broker, self.settings, self.machine)
            self._monitor.start()
            await self._open_http_ports()
            loop = asyncio.get_running_loop()
            self._statistics_due = loop.call_later(STATISTICS_S, lambda: self.statistics)
        except BaseException:
            await self.stop()
            raise

    async def _share(self, sharing: Sharing) -> None:
        """The broker is one of several: it follows them, and they may ask about it."""
        from leveret.management.elsewhere.asking import HTTP  # noqa: PLC0415  # not of a node alone
        from leveret.management.elsewhere.desk import HttpDesk  # noqa: PLC0415

        assert self._membership is not None
        self._membership.settle_in()
        self.peers = sharing.peers
        sharing.peers.serve(HTTP, HttpDesk(self).answer)
        sharing.follow()
        if self.settings.definitions or self._definitions is not None:
            await self._with_pen(
                lambda broker: load_definitions(broker, self.settings, self._definitions)
            )

    async def _with_pen(self, act: Callable[[Broker], None]) -> None:
        """What the settings want all nodes of a cluster to know. Raises StartRefused."""
        try:
            await with_pen(self.broker, partial(act, self.broker))
            await wait_settled(self.broker)
        except (Unavailable, Undone) as refused:
            raise StartRefused(f"what the settings want cannot be made: {refused}") from refused

    async def suspend(self) -> None:
        """Let nobody in any more; who is connected over AMQP stays."""
        self.server.suspend()
        self.streams.end()
        for port in self._http_ports:
            await port.close()

    async def resume(self) -> None:
        """Let clients in again, where they were before. Raises OSError."""
        self.server.suspend()
        for each in self.addresses:
            await self.server.listen(each.host, each.port, is_tls=each.is_tls)
        for at, port in enumerate(self._http_ports):
            await port.close()
            self._http_ports[at] = port.again()
            await self._http_ports[at].open()

    def reload(self) -> None:
        """Read again what may change while it runs: the certificates."""
        if self._server is not None and self._server.certificates is not None:
            self._server.certificates.reload()
        for port in self._http_ports:
            port.reload()

    async def stop(self, grace_s: float = DRAIN_S) -> None:
        """Tell the clients, give them a moment to leave, and write what is left."""
        self.streams.end()
        for port in self._http_ports:
            await port.close()
        if self._monitor is not None:
            self._monitor.stop()
        self._end_statistics()
        if self._server is not None:
            await self._server.drain(grace_s)
        if self._log_exchange is not None:
            self._log_exchange.stop()
        if self._membership is not None:
            await self._membership.stop_sharing()
        if self._engine is not None:
            self._close(self._engine)

    def _open_engine(self) -> Engine | None:
        """What keeps the broker's things; None for a node without a data directory."""
        if self.settings.data_dir is None:
            return None
        loop = asyncio.get_running_loop()
        is_synced = self.settings.durability == "fsync"
        return open_engine(self.settings.data_dir, loop, is_synced=is_synced)

    def _close(self, engine: Engine) -> None:
        self._engine = None
        try:
            engine.close()
        except OSError as error:
            log.error("what was not confirmed yet could not be written: %s", error)

    def _make_server(self) -> Server:
        if not self.settings.addresses:
            raise StartRefused(
                "there is nowhere to listen: name a listener with listeners.tcp or listeners.ssl"
            )
        broker = furnished(self.settings, self._engine, self._definitions, self.sharing)
        try:
            return Server(broker, self.settings)
        except TlsRefused as refused:
            raise StartRefused(str(refused)) from refused

    def _begin_statistics(self) -> None:
        # Imported here, since the node accepts its clients without them.
        from leveret.server.readings import Readings  # noqa: PLC0415
        from leveret.server.sampler import Sampler  # noqa: PLC0415
        from leveret.statistics.statistics import Statistics  # noqa: PLC0415

        readings = Readings(self.server, self.machine, self.settings.data_dir)
        self._statistics = Statistics(self.broker, readings)
        self._sampler = Sampler(self._statistics)
        self._sampler.start()

    def _end_statistics(self) -> None:
        if self._statistics_due is not None:
            self._statistics_due.cancel()
        if self._sampler is not None:
            self._sampler.stop()

    def _open_taps(self, broker: Broker) -> None:
        """What people are told besides their messages: copies, events, the log."""
        settings = self.settings.taps
        broker.events.keep(broker.agenda.wall_clock)
        for name in sorted(settings.trace_vhosts):
            _vhost(broker, name, "trace_vhosts")
            broker.trace(name, is_on=True)
        if settings.event_exchange:
            vhost = _vhost(broker, settings.event_exchange_vhost, "event_exchange.vhost")
            broker.events.start(vhost, broker.agenda.wall_clock)
        if settings.log_exchange:
            vhost = _vhost(
                broker, self.settings.default_vhost, "the log goes to default_vhost, which"
            )
            level, form = settings.log_exchange_level, settings.log_exchange_format
            self._log_exchange = LogExchange(vhost, self.settings.node, level, form)
            self._log_exchange.start(asyncio.get_running_loop())

    async def _listen(self, listener: Listener) -> tuple[Listener, ...]:
        if listener.host:
            return (await self._listen_on(listener),)
        # Every interface: both IP versions, on one port even when a free one was asked for.
        everywhere = dataclasses.replace(listener, host="0.0.0.0")  # noqa: S104  # was asked
        ipv4 = await self._listen_on(everywhere)
        ipv6 = dataclasses.replace(ipv4, host="::")
        try:
            await self.server.listen(ipv6.host, ipv6.port, is_tls=ipv6.is_tls)
        except OSError as error:
            if error.errno in NO_IPV6:
                return (ipv4,)
            raise cannot_listen(str(ipv6), error, "--port") from error
        return (ipv4, ipv6)

    async def _listen_on(self, listener: Listener) -> Listener:
        is_tls = listener.is_tls
        try:
            bound = await self.server.listen(listener.host, listener.port, is_tls=is_tls)
            return Listener(*bound, is_tls)
        except OSError as error:
            raise cannot_listen(str(listener), error, "--port") from error

    async def _open_http_ports(self) -> None:
        settings = self.settings
        for place in settings.http.places(settings.bind, settings.addresses[0].port):
            if place.protocol == "https" and not settings.http.has_certificate(settings.tls):
                raise StartRefused(
                    "management.ssl.port needs a certificate: name management.ssl.certfile and "
                    "management.ssl.keyfile, or ssl_options.certfile and ssl_options.keyfile"
                )
            port = HttpPort(self, place)
            try:
                await port.open()
            except OSError as error:
                where = f"{place.host or '*'}:{place.port} ({place.protocol})"
                raise cannot_listen(where, error, place.flag) from error
            self._http_ports.append(port)


def cannot_listen(where: str, error: OSError, flag: str) -> StartRefused:
    """What to say, with the flag that chooses another port."""
    # asyncio wraps the reason into a longer sentence; a failed look-up has no errno of the system.
    number = error.errno or 0
    reason = os.strerror(number) if number > 0 else (error.strerror or str(error))
    advice = {
        errno.EADDRINUSE: f"; stop what uses it, or choose another with {flag}",
        errno.EACCES: f"; ports below 1024 need more rights, choose another with {flag}",
    }.get(number, "")
    return StartRefused(f"cannot listen on {where}: {reason}{advice}")


def _vhost(broker: Broker, name: str, key: str) -> Vhost:
    vhost = broker.vhosts.get(name)
    if vhost is None:
        raise StartRefused(f"there is no virtual host {name!r}; {key} has to name one there is")
    return vhost
