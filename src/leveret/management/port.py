"""One place where HTTP is served: it listens from the start, and answers from the first request on.

    open() ──> sockets listen ──(somebody connects)──> serving.py is imported ──> uvicorn has them

Rule: a node nobody asks over HTTP pays for the sockets alone: neither time to start nor memory.
The server is imported in a thread, since importing takes longer than messages may wait.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from typing import TYPE_CHECKING, Final

from leveret.config import Listening
from leveret.server.sockets import bind, bind_everywhere

if TYPE_CHECKING:
    import socket

    from leveret.config.http_settings import Place
    from leveret.management.host import Host
    from leveret.management.serving import HttpServer

log = logging.getLogger("leveret.http")

# For requests under way when the node stops.
GRACE_S: Final = 1.0


class HttpPort:
    """place: where. host: the application it speaks of."""

    def __init__(self, host: Host, place: Place) -> None:
        self.place = place
        self.listening: tuple[Listening, ...] = ()
        self._host = host
        self._sockets: list[socket.socket] = []
        self._server: HttpServer | None = None
        self._serving: asyncio.Task[None] | None = None
        self._is_closing = False

    async def open(self) -> None:
        """Listen. Raises OSError."""
        self._sockets = await self._bind()
        self.listening = tuple(
            Listening(self.place.protocol, *each.getsockname()[:2]) for each in self._sockets
        )
        loop = asyncio.get_running_loop()
        for each in self._sockets:
            loop.add_reader(each, self._somebody_came)

    async def _bind(self) -> list[socket.socket]:
        loop, options = asyncio.get_running_loop(), self._host.settings.sockets
        if not self.place.host:
            return await bind_everywhere(loop, self.place.port, options)
        return await bind(loop, self.place.host, self.place.port, options)

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
            if self._is_closing:
                return
            self._server = make(self._host, self.place)
            await self._server.serve(self._sockets)
        except Exception:
            log.exception("%s on %s ended", self.place.protocol, self.listening)
            # Nobody is to wait for an answer.
            self._close_sockets()

    def reload(self) -> None:
        """Read its certificate again."""
        if self._server is not None:
            self._server.reload()

    async def close(self) -> None:
        """Listen no more; requests under way have a moment."""
        self._is_closing = True
        if self._serving is None:
            self._stop_waiting()
        else:
            if self._server is not None:
                self._server.stop()
            await self._wait_served(self._serving)
        self._close_sockets()

    def _close_sockets(self) -> None:
        for each in self._sockets:
            each.close()

    def again(self) -> HttpPort:
        """One that can be opened where this one was."""
        port = self.listening[0].port if self.listening else self.place.port
        return HttpPort(self._host, dataclasses.replace(self.place, port=port))

    async def _wait_served(self, serving: asyncio.Task[None]) -> None:
        try:
            async with asyncio.timeout(GRACE_S):
                await serving
        except TimeoutError:
            log.debug("%s: requests under way were cut off", self.place.protocol)


def _import_server() -> type[HttpServer]:
    from leveret.management.serving import HttpServer  # noqa: PLC0415  # not at the start

    return HttpServer
