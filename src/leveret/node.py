"""A node: the one place where broker, server and files are put together.

Life: claim the data directory (if it has one), build, listen, report; then drain and let go.
Embedded in another program or run by `leveret serve`, it is the same node.
"""

import asyncio
import errno
import gc
import logging
import os
import secrets
import time

from leveret.broker.broker import Broker
from leveret.broker.permissions import Permission
from leveret.config import Listener, Settings
from leveret.data_directory import DataDirectory
from leveret.errors import StartRefused
from leveret.server.listener import Server
from leveret.version import VERSION

log = logging.getLogger("leveret")

DRAIN_S = 5.0
NO_IPV6 = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}


class Node:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.addresses: tuple[Listener, ...] = ()
        self._files = DataDirectory(settings.data_dir) if settings.data_dir else None
        self._server = _server(settings)

    @property
    def address(self) -> Listener:
        """The first address it listens on; only a started node has one."""
        return self.addresses[0]

    async def start(self) -> None:
        """Accept connections, or raise StartRefused and leave nothing behind."""
        if self._files:
            self._files.claim()
        try:
            for listener in self.settings.addresses:
                self.addresses += await self._listen(listener)
            if self._files:
                self._files.report(self.settings.node, self.addresses)
        except BaseException:
            await self.stop()
            raise
        self._say_what_is_up()

    async def stop(self, grace_s: float = DRAIN_S) -> None:
        """Tell the clients, give them a moment to leave, and let go of the files."""
        await self._server.drain(grace_s)
        if self._files:
            self._files.release()

    async def _listen(self, listener: Listener) -> tuple[Listener, ...]:
        if listener.host:
            return (await self._listen_on(listener),)
        # Every interface: both IP versions, on one port even when a free one was asked for.
        ipv4 = await self._listen_on(Listener("0.0.0.0", listener.port))  # noqa: S104  # was asked
        try:
            ipv6 = await self._server.listen("::", ipv4.port)
        except OSError as error:
            if error.errno in NO_IPV6:
                return (ipv4,)
            raise _cannot_listen(Listener("::", ipv4.port), error) from error
        return (ipv4, Listener(*ipv6))

    async def _listen_on(self, listener: Listener) -> Listener:
        try:
            return Listener(*await self._server.listen(listener.host, listener.port))
        except OSError as error:
            raise _cannot_listen(listener, error) from error

    def _say_what_is_up(self) -> None:
        node = self.settings.node
        for address in self.addresses:
            fields = {"event": "listening", "host": address.host, "port": address.port}
            log.info("%s listens on %s", node, address, extra={"fields": fields})
        log.info(
            "%s is up, Leveret %s; all is kept in memory: nothing survives a restart yet",
            node,
            VERSION,
            extra={"fields": {"event": "up", "node": node, "port": self.address.port}},
        )


def _cannot_listen(listener: Listener, error: OSError) -> StartRefused:
    # asyncio wraps the reason into a longer sentence; a failed look-up has no errno of the system.
    number = error.errno or 0
    reason = os.strerror(number) if number > 0 else (error.strerror or str(error))
    advice = {
        errno.EADDRINUSE: "; stop what uses it, or choose another with --port",
        errno.EACCES: "; ports below 1024 need more rights, choose another with --port",
    }.get(number, "")
    return StartRefused(f"cannot listen on {listener}: {reason}{advice}")


def _server(settings: Settings) -> Server:
    broker = Broker(time.monotonic, secrets.token_bytes, settings.loopback_users)
    vhost, user = settings.default_vhost, settings.default_user
    broker.add_vhost(vhost)
    broker.users.add(user, settings.default_pass, settings.default_user_tags)
    rights = (settings.default_configure, settings.default_write, settings.default_read)
    broker.set_permission(user, vhost, Permission(*rights))
    return Server(broker, settings)


def new_event_loop() -> asyncio.AbstractEventLoop:
    """uvloop where it is installed (docs/decisions/001-uvloop.md)."""
    try:
        import uvloop  # noqa: PLC0415  # it may be absent
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def tune_garbage_collector() -> None:
    """Only for a process that is a broker and nothing else.

    What exists once the node is up lives until the end: freezing it keeps every later collection
    from walking it. Messages die by reference count, so cycles are rare and the default threshold
    of 700 allocations would walk a long queue thousands of times a second for nothing.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 100)
