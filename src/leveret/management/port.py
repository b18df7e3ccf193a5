"""One place where HTTP is served: it listens from the start, serving.py is imported for the first
request."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from typing import TYPE_CHECKING, Final

from leveret.config import Listening
from leveret.server.doorbell import Doorbell

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
        self._bell = Doorbell(place.protocol, self._serve)
        self._server: HttpServer | None = None
        self._is_closing = False

    async def open(self) -> None:
        """Listen. Raises OSError."""
        place = self.place
        await self._bell.listen(place.host, place.port, self._host.settings.sockets)
        self.listening = tuple(Listening(place.protocol, *each) for each in self._bell.places)

    async def _serve(self, sockets: list[socket.socket]) -> None:
        server = await asyncio.to_thread(_make_server, self._host, self.place)
        if self._is_closing:
            return
        self._server = server
        await server.serve(sockets)

    def reload(self) -> None:
        """Read its certificate again."""
        if self._server is not None:
            self._server.reload()

    async def close(self) -> None:
        """Listen no more; requests under way have a moment."""
        self._is_closing = True
        if self._server is not None:
            self._server.stop()
        if self._bell.serving is not None:
            await self._wait_served(self._bell.serving)
        self._bell.close()

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


def _make_server(host: Host, place: Place) -> HttpServer:
    """In a thread: a hundred routes take longer than messages may wait."""
    from leveret.management.serving import HttpServer  # noqa: PLC0415  # not at the start

    return HttpServer(host, place)
