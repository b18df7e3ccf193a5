"""A node: one process of the broker, and the one place where all of it is put together.

Life: claim the data directory (if it has one), start the application, report; then stop it, and
let go. The application can be stopped and started again while the node goes on: `stop_app`; the
node port (control/) is open all the time.
Embedded in another program or run by `leveret serve`, it is the same node.
"""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import logging
import os
import sys
from typing import TYPE_CHECKING, Final

from leveret.application import DRAIN_S, Application, cannot_listen
from leveret.control.cookie import CookieRefused, make_or_find_cookie
from leveret.control.port import NodePort
from leveret.data_directory import DataDirectory
from leveret.errors import StartRefused, StartWithdrawn
from leveret.storage.opening import CATALOGUE, forget_everything
from leveret.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.broker import Broker
    from leveret.cluster.membership import Membership
    from leveret.config import Listener, Listening, Settings
    from leveret.control.challenge import Challenge, Purpose
    from leveret.control.host import Clustering

log = logging.getLogger("leveret")

SWITCH_S = 0.0005
# Where cluster/members/file.py keeps what the node knows of its cluster.
CLUSTER_FILE = "cluster.json"
WITHDRAWN: Final = "the application of {node} was stopped before it had started: start_app"
# From here on it is said that a node waits for others.
WAITING_S = 3.0


class Node:
    """definitions: a document in RabbitMQ's JSON, laid over what the settings make at the start.

    application: None while there is none: before the start, and after stop_app().
    has_node_port: whether leveretctl reaches it.
    told_to_stop: somebody asked it to end; whoever runs it does so.
    on_waiting: called when a start takes long, since other nodes are waited for.
    """

    def __init__(
        self,
        settings: Settings,
        definitions: bytes | None = None,
        *,
        has_node_port: bool = False,
    ) -> None:
        self.settings = settings
        self.told_to_stop = asyncio.Event()
        self._has_node_port = has_node_port
        self._node_port: NodePort | None = None
        self._membership: Membership | None = None
        self.on_waiting: Callable[[], None] = _nobody_waits
        self._waiting: asyncio.TimerHandle | None = None
        self._cookie = b""
        self._changing = asyncio.Lock()
        self.application: Application | None = None
        self._latest: Application | None = None
        self._starting: asyncio.Task[None] | None = None
        self._definitions = definitions
        self._files = DataDirectory(settings.data_dir) if settings.data_dir else None

    @property
    def addresses(self) -> tuple[Listener, ...]:
        """Where it speaks AMQP, or did so last."""
        return self._latest.addresses if self._latest else ()

    @property
    def listeners(self) -> tuple[Listening, ...]:
        """All that it listens on, or did so last."""
        application = self._latest.listeners if self._latest else ()
        node_port = self._node_port.listening if self._node_port else ()
        return node_port + application

    @property
    def address(self) -> Listener:
        """The first address it listens on; only a started node has one."""
        return self.addresses[0]

    @property
    def broker(self) -> Broker:
        """What it serves; only a started node has one."""
        assert self.application is not None, "the application is not running"
        return self.application.broker

    async def start(self) -> None:
        """Accept connections, or raise StartRefused and leave nothing behind."""
        if self._files:
            self._files.claim()
        try:
            if self._is_clustered:
                await self._begin_membership()
            try:
                async with self._changing:
                    await self._start_application()
            except StartRefused as refused:
                if not (self._is_forgotten or isinstance(refused, StartWithdrawn)):
                    raise
                # Within reach of leveretctl, which can reset it, or force its start.
                log.error("%s serves nobody: %s", self.settings.node, refused)
                return
            if self._has_node_port and self._node_port is None:
                await self._open_node_port()
            self._say_what_is_up()
        except BaseException:
            await self.stop()
            raise
        finally:
            if self._waiting is not None:
                self._waiting.cancel()

    async def _open_node_port(self) -> None:
        settings = self.settings
        file = None if settings.cookie_file is None else str(settings.cookie_file)
        try:
            self._cookie = make_or_find_cookie(os.environ, file)
        except CookieRefused as refused:
            raise StartRefused(str(refused)) from refused
        self._node_port = NodePort(self, self._cookie)
        if self.settings.data_dir is not None:
            self._node_port.hand_peers_to(self._welcome)
        host, port = settings.node_place
        try:
            await self._node_port.open(host, port)
        except OSError as error:
            where = f"{host or '*'}:{port} (clustering)"
            raise cannot_listen(where, error, "--node-port") from error

    @property
    def _is_clustered(self) -> bool:
        """Whether its files say anything of a cluster, or its settings do and it has no files."""
        directory = self.settings.data_dir
        if not self._has_node_port or directory is None:
            return False
        is_new = bool(self.settings.cluster.formation) and not (directory / CATALOGUE).exists()
        return is_new or (directory / CLUSTER_FILE).exists()

    @property
    def _is_forgotten(self) -> bool:
        """The others have taken it out of its cluster."""
        return self._membership is not None and self._membership.is_forgotten

    async def _begin_membership(self) -> None:
        """The others can come in, and tools, while this node waits for them."""
        await self._open_node_port()
        if self._files:
            self._files.report(self.settings.node, (), self.listeners)
        waiting = asyncio.get_running_loop().call_later(WAITING_S, self._wait_for_others)
        self._waiting = waiting
        membership = self.membership
        await membership.begin()
        formation = self.settings.cluster.formation
        if formation and membership.roll is None:
            await membership.discovering.find_cluster(formation)

    def _wait_for_others(self) -> None:
        log.warning("%s waits for other nodes of its cluster", self.settings.node)
        self.on_waiting()

    @property
    def membership(self) -> Membership:
        """Of a cluster; a node alone has one once it is asked for. Raises StartRefused."""
        if self._membership is None:
            # A node alone needs nothing of a cluster at its start.
            from leveret.cluster.membership import Membership  # noqa: PLC0415

            self._membership = Membership(self, self._cookie)
        return self._membership

    @property
    def clustering(self) -> Clustering | None:
        """Its place among others, for leveretctl; None without files. Raises StartRefused."""
        if self.settings.data_dir is None:
            return None
        from leveret.cluster.commanding import Commanding  # noqa: PLC0415  # not of a node alone

        return Commanding(self.membership)

    async def _welcome(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        keys: Challenge,
        purpose: Purpose,
    ) -> None:
        """Another node has come in, and proved that it has the cookie."""
        await self.membership.links.welcome(reader, writer, keys, purpose)

    async def start_app(self) -> None:
        """The broker and its listeners, where they are not running. Raises StartRefused."""
        async with self._changing:
            if self.application is None:
                await self._start_application()
                self._say_what_is_up()

    async def _start_application(self) -> None:
        application = Application(self.settings, self._definitions, self._membership)
        self._latest = application
        self._starting = asyncio.get_running_loop().create_task(application.start())
        try:
            await self._starting
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise StartWithdrawn(WITHDRAWN.format(node=self.settings.node)) from None
        finally:
            self._starting = None
        self.application = application
        if application.sharing is not None:
            from leveret.control.desk import ControlDesk  # noqa: PLC0415  # not of a node alone
            from leveret.control.elsewhere import CONTROL  # noqa: PLC0415

            application.sharing.peers.serve(CONTROL, ControlDesk(self).answer)

    async def stop_app(self, grace_s: float = DRAIN_S) -> None:
        """Tell the clients, give them a moment to leave, and write what is left. One that has not
        started yet, as it waits for others of its cluster, waits no longer."""
        if self._starting is not None:
            self._starting.cancel()
        async with self._changing:
            application, self.application = self.application, None
            if application is not None:
                await application.stop(grace_s)

    async def stop(self, grace_s: float = DRAIN_S) -> None:
        """The application with its clients, and then the data directory."""
        await self.stop_app(grace_s)
        if self._membership is not None:
            await self._membership.end()
        if self._node_port is not None:
            await self._node_port.close()
        if self._files:
            self._files.release()

    def reset(self) -> None:
        """Forget everything that is kept: the next start is the first. The application is stopped.

        Raises OSError.
        """
        assert self.application is None, "the application is running"
        if self.settings.data_dir is not None:
            forget_everything(self.settings.data_dir)

    def reload(self) -> None:
        """Read again what may change while it runs: the certificates."""
        if self.application is not None:
            self.application.reload()

    def _say_what_is_up(self) -> None:
        node = self.settings.node
        if self._files:
            self._files.report(node, self.addresses, self.listeners)
        for address in self.addresses:
            fields = {"event": "listening", **dataclasses.asdict(address)}
            log.info("%s listens on %s", node, address, extra={"fields": fields})
        for each in self.listeners:
            if not each.protocol.startswith("amqp"):
                fields = {"event": "listening", **dataclasses.asdict(each)}
                log.info("%s listens on %s", node, each, extra={"fields": fields})
        log.info(
            "%s is up, Leveret %s; %s",
            node,
            VERSION,
            _durability(self.settings),
            extra={"fields": {"event": "up", "node": node, "port": self.address.port}},
        )


def _nobody_waits() -> None:
    """Whoever runs the node has nothing to tell meanwhile."""


def _durability(settings: Settings) -> str:
    """What a confirm is worth here."""
    if settings.data_dir is None:
        return "all is kept in memory: nothing survives the node"
    if settings.durability == "fsync":
        return "what it confirms is on the disk"
    return "what it confirms survives the node, but not a power cut (durability = os)"


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
