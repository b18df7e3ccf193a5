"""A node: the one place where broker, server and files are put together.

Life: claim the data directory (if it has one), recover what it holds, listen, report; then drain,
write what is left, and let go.
Embedded in another program or run by `leveret serve`, it is the same node.
"""

import asyncio
import dataclasses
import errno
import gc
import logging
import os
import secrets
import sys
import time
from functools import partial

from leveret.broker.attempts import Patience
from leveret.broker.broker import Broker
from leveret.broker.logins import Entry
from leveret.broker.memory import MEMORY
from leveret.broker.node_limits import NodeLimits
from leveret.broker.patterns import InvalidPattern
from leveret.broker.permissions import Permission
from leveret.broker.restore import Unrestorable
from leveret.broker.vhost import Vhost
from leveret.config import Listener, Settings
from leveret.data_directory import DataDirectory
from leveret.errors import StartRefused
from leveret.server.listener import Server
from leveret.server.log_exchange import LogExchange
from leveret.server.monitor import Monitor
from leveret.server.tls import TlsRefused
from leveret.storage.engine import Engine
from leveret.storage.opening import open_engine
from leveret.version import VERSION

log = logging.getLogger("leveret")

DRAIN_S = 5.0
SWITCH_S = 0.0005
NO_IPV6 = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}


class Node:
    """definitions: a document in RabbitMQ's JSON, laid over what the settings make at the start."""

    def __init__(self, settings: Settings, definitions: bytes | None = None) -> None:
        self.settings = settings
        self._definitions = definitions
        self.addresses: tuple[Listener, ...] = ()
        self._files = DataDirectory(settings.data_dir) if settings.data_dir else None
        self._engine: Engine | None = None
        self._server: Server | None = None
        self._monitor: Monitor | None = None
        self._log_exchange: LogExchange | None = None

    @property
    def address(self) -> Listener:
        """The first address it listens on; only a started node has one."""
        return self.addresses[0]

    @property
    def broker(self) -> Broker:
        """What it serves; only a started node has one."""
        return self._serving.broker

    async def start(self) -> None:
        """Accept connections, or raise StartRefused and leave nothing behind."""
        if self._files:
            self._files.claim()
        try:
            self._engine = self._open_engine()
            self._server = self._make_server()
            self._open_taps(self._server.broker)
            for listener in self.settings.addresses:
                self.addresses += await self._listen(listener)
            self._monitor = Monitor(self._server.broker, self.settings)
            self._monitor.start()
            if self._files:
                self._files.report(self.settings.node, self.addresses)
        except BaseException:
            await self.stop()
            raise
        self._say_what_is_up()

    def reload(self) -> None:
        """Read again what may change while it runs: the certificates."""
        if self._server is not None and self._server.certificates is not None:
            self._server.certificates.reload()

    async def stop(self, grace_s: float = DRAIN_S) -> None:
        """Tell the clients, give them a moment to leave, write what is left, and let go."""
        if self._monitor is not None:
            self._monitor.stop()
        if self._server is not None:
            await self._server.drain(grace_s)
        if self._log_exchange is not None:
            self._log_exchange.stop()
        if self._engine is not None:
            self._close(self._engine)
        if self._files:
            self._files.release()

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

    def _broker(self) -> Broker:
        """A broker as it was when it was stopped; as the settings have it at the first start."""
        engine = self._engine
        storage = MEMORY if engine is None else engine.storage
        broker = Broker(time.monotonic, secrets.token_bytes, _entry(self.settings), storage)
        broker.agenda.wall_clock = time.time
        self._furnish(broker, is_new=engine is None or not _restore(broker))
        if engine is not None:
            engine.on_trouble(partial(_raise_alarm, broker))
            engine.tidy_up()
        return broker

    def _furnish(self, broker: Broker, *, is_new: bool) -> None:
        """What the settings want to be there. As RabbitMQ, a node that loads definitions makes no
        vhost and user of its own: anybody would know the password."""
        paths = self.settings.definitions
        if is_new and not paths:
            _make_defaults(broker, self.settings)
        if not paths and self._definitions is None:
            return
        from leveret.definitions import starting  # noqa: PLC0415  # seldom used

        is_compared = self.settings.skip_unchanged_definitions
        algorithm = self.settings.definitions_hashing if is_compared else None
        starting.load_at_start(broker, paths, algorithm)
        if self._definitions is not None:
            starting.load_document(broker, self._definitions)

    def _make_server(self) -> Server:
        if not self.settings.addresses:
            raise StartRefused(
                "there is nowhere to listen: name a listener with listeners.tcp or listeners.ssl"
            )
        broker = self._broker()
        broker.node = self.settings.node
        limits = self.settings.limits
        broker.node_limits = NodeLimits(limits.channel_max_per_node, limits.cluster_queue_limit)
        broker.started_at = int(time.time())
        try:
            return Server(broker, self.settings)
        except TlsRefused as refused:
            raise StartRefused(str(refused)) from refused

    def _open_taps(self, broker: Broker) -> None:
        """What listeners are told besides their messages: copies, events, the log."""
        settings = self.settings.taps
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

    @property
    def _serving(self) -> Server:
        assert self._server is not None
        return self._server

    async def _listen(self, listener: Listener) -> tuple[Listener, ...]:
        if listener.host:
            return (await self._listen_on(listener),)
        # Every interface: both IP versions, on one port even when a free one was asked for.
        everywhere = dataclasses.replace(listener, host="0.0.0.0")  # noqa: S104  # was asked
        ipv4 = await self._listen_on(everywhere)
        ipv6 = dataclasses.replace(ipv4, host="::")
        try:
            await self._serving.listen(ipv6.host, ipv6.port, is_tls=ipv6.is_tls)
        except OSError as error:
            if error.errno in NO_IPV6:
                return (ipv4,)
            raise _cannot_listen(ipv6, error) from error
        return (ipv4, ipv6)

    async def _listen_on(self, listener: Listener) -> Listener:
        is_tls = listener.is_tls
        try:
            bound = await self._serving.listen(listener.host, listener.port, is_tls=is_tls)
            return Listener(*bound, is_tls)
        except OSError as error:
            raise _cannot_listen(listener, error) from error

    def _say_what_is_up(self) -> None:
        node = self.settings.node
        for address in self.addresses:
            fields = {"event": "listening", **dataclasses.asdict(address)}
            log.info("%s listens on %s", node, address, extra={"fields": fields})
        log.info(
            "%s is up, Leveret %s; %s",
            node,
            VERSION,
            self._durability(),
            extra={"fields": {"event": "up", "node": node, "port": self.address.port}},
        )

    def _durability(self) -> str:
        """What a confirm is worth here."""
        if self._engine is None:
            return "all is kept in memory: nothing survives the node"
        if self.settings.durability == "fsync":
            return "what it confirms is on the disk"
        return "what it confirms survives the node, but not a power cut (durability = os)"


def _cannot_listen(listener: Listener, error: OSError) -> StartRefused:
    # asyncio wraps the reason into a longer sentence; a failed look-up has no errno of the system.
    number = error.errno or 0
    reason = os.strerror(number) if number > 0 else (error.strerror or str(error))
    advice = {
        errno.EADDRINUSE: "; stop what uses it, or choose another with --port",
        errno.EACCES: "; ports below 1024 need more rights, choose another with --port",
    }.get(number, "")
    return StartRefused(f"cannot listen on {listener}: {reason}{advice}")


def _entry(settings: Settings) -> Entry:
    """What the settings ask of those who come in."""
    return Entry(
        settings.loopback_users,
        settings.password_hashing_module,
        Patience(settings.login_failures_max, settings.login_failures_window_s),
    )


def _vhost(broker: Broker, name: str, key: str) -> Vhost:
    vhost = broker.vhosts.get(name)
    if vhost is None:
        raise StartRefused(f"there is no virtual host {name!r}; {key} has to name one there is")
    return vhost


def _make_defaults(broker: Broker, settings: Settings) -> None:
    """The vhost and the user of a first start."""
    vhost, user = settings.default_vhost, settings.default_user
    broker.add_vhost(vhost)
    broker.users.add(user, settings.default_pass, settings.default_user_tags)
    rights = (settings.default_configure, settings.default_write, settings.default_read)
    try:
        broker.set_permission(user, vhost, Permission(*rights))
    except InvalidPattern as error:
        raise StartRefused(f"cannot grant user '{user}' its permissions: {error}") from error


def _restore(broker: Broker) -> bool:
    """Whether the catalogue had anything. Raises StartRefused."""
    try:
        return broker.restore()
    except Unrestorable as error:
        raise StartRefused(
            f"cannot restore what the catalogue keeps: {error}; start the version of Leveret that "
            "wrote metadata.sqlite, or restore it from a backup"
        ) from error


def _raise_alarm(broker: Broker, log_name: str, error: OSError | None) -> None:
    """Writing fails, or works again: publishers wait meanwhile."""
    source = f"writing {log_name}"
    if error is None:
        broker.alarms.clear("disk", source)
    else:
        broker.alarms.set("disk", source)


def new_event_loop() -> asyncio.AbstractEventLoop:
    """uvloop where it is installed (docs/decisions/001-uvloop.md)."""
    try:
        import uvloop  # noqa: PLC0415  # it may be absent
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def tune_interpreter() -> None:
    """Only for a process that is a broker and nothing else.

    What exists once the node is up lives until the end: freezing it keeps every later collection
    from walking it. Messages die by reference count, so cycles are rare and the default threshold
    of 700 allocations would walk a long queue thousands of times a second for nothing.

    The thread that writes the log needs the interpreter for a moment between two system calls;
    with the default of 5 ms a busy loop would keep it waiting longer than the disk does.
    """
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 100)
