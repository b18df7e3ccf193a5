"""Sockets that listen from the start, and are served from the first visitor on.

    listen ──> sockets wait ──(somebody connects)──> serve() has them, and they are its own

Rule: a node nobody visits pays for the sockets alone; whoever serves is imported, in a thread,
when the bell rings, since importing takes longer than messages may wait.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from leveret.server.sockets import bind, bind_everywhere

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable

    from leveret.config.socket_settings import SocketSettings

log = logging.getLogger("leveret")


class Doorbell:
    """name: what is served here, for the log. serve: takes the sockets when somebody has come, and
    ends when they are not served any more.

    places: host and port of each socket. serving: that task, once the bell has rung.
    """

    def __init__(self, name: str, serve: Callable[[list[socket.socket]], Awaitable[None]]) -> None:
        self.places: list[tuple[str, int]] = []
        self.serving: asyncio.Task[None] | None = None
        self._name = name
        self._serve = serve
        self._sockets: list[socket.socket] = []

    async def listen(self, place: str | None, port: int, options: SocketSettings) -> None:
        """Without a place on every interface. Raises OSError."""
        loop = asyncio.get_running_loop()
        if place:
            self._sockets = await bind(loop, place, port, options)
        else:
            self._sockets = await bind_everywhere(loop, port, options)
        self.places = [each.getsockname()[:2] for each in self._sockets]
        for each in self._sockets:
            loop.add_reader(each, self._ring)

    def _ring(self) -> None:
        self._stop_waiting()
        self.serving = asyncio.get_running_loop().create_task(self._answer())

    def _stop_waiting(self) -> None:
        loop = asyncio.get_running_loop()
        for each in self._sockets:
            loop.remove_reader(each)

    async def _answer(self) -> None:
        try:
            await self._serve(self._sockets)
        except Exception:
            log.exception("%s on %s ended", self._name, self.places)
            # Nobody is to wait for an answer.
            self._close_sockets()

    def close(self) -> None:
        """Nobody is let in any more; whoever serves has been stopped, if there was anybody."""
        if self.serving is None:
            self._stop_waiting()
        self._close_sockets()

    def _close_sockets(self) -> None:
        """Once: uvloop does not know a socket any more that is closed."""
        closing, self._sockets = self._sockets, []
        for each in closing:
            each.close()
