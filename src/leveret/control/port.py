"""The node port's sockets: they listen from the start, and are served from the first tool on.

    open() ──> sockets listen ──(somebody connects)──> server.py is imported ──> it has them

Rule: a node nobody asks pays for the sockets alone. The server is imported in a thread, since
importing takes longer than messages may wait.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from leveret.config import Listening
from leveret.server.sockets import bind, bind_everywhere

if TYPE_CHECKING:
    import socket

    from leveret.control.host import Host
    from leveret.control.server import ControlServer

log = logging.getLogger("leveret")


class NodePort:
    """host: whom the questions are about. cookie: what a tool has to have.

    server: who answers, once somebody has come.
    """

    def __init__(self, host: Host, cookie: bytes) -> None:
        self.listening: tuple[Listening, ...] = ()
        self.server: ControlServer | None = None
        self._host = host
        self._cookie = cookie
        self._sockets: list[socket.socket] = []
        self._serving: asyncio.Task[None] | None = None

    async def open(self, place: str | None, port: int) -> None:
        """Listen; without a place on every interface. Raises OSError."""
        loop, options = asyncio.get_running_loop(), self._host.settings.sockets
        if place is None:
            self._sockets = await bind_everywhere(loop, port, options)
        else:
            self._sockets = await bind(loop, place, port, options)
        self.listening = tuple(
            Listening("clustering", *each.getsockname()[:2]) for each in self._sockets
        )
        for each in self._sockets:
            loop.add_reader(each, self._somebody_came)

    def _somebody_came(self) -> None:
        self._stop_waiting()
        self._serving = asyncio.get_running_loop().create_task(self._serve())

    def _stop_waiting(self) -> None:
        loop = asyncio.get_running_loop()
        for each in self._sockets:
            loop.remove_reader(each)

    async def _serve(self) -> None:
        try:
            make = await asyncio.to_thread(_import_server)
            self.server = make(self._host, self._cookie)
            await self.server.serve(self._sockets)
        except Exception:
            log.exception("the node port on %s ended", self.listening)
            # Nobody is to wait for an answer.
            self._close_sockets()

    async def close(self) -> None:
        """No new questions; who waits for an answer loses the connection."""
        if self._serving is None:
            self._stop_waiting()
        else:
            await self._serving
        if self.server is not None:
            await self.server.stop()
        self._close_sockets()

    def _close_sockets(self) -> None:
        for each in self._sockets:
            each.close()


def _import_server() -> type[ControlServer]:
    from leveret.control.server import ControlServer  # noqa: PLC0415  # not at the start

    return ControlServer
