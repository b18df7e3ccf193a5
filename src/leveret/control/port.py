"""The node port: its sockets listen from the start, server.py is imported for the first tool."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from leveret.config import Listening
from leveret.server.doorbell import Doorbell

if TYPE_CHECKING:
    import socket

    from leveret.control.host import Host
    from leveret.control.server import ControlServer, Welcome


class NodePort:
    """host: whom the questions are about. cookie: what a tool has to have.

    server: who answers, once somebody has come.
    """

    def __init__(self, host: Host, cookie: bytes) -> None:
        self.listening: tuple[Listening, ...] = ()
        self.server: ControlServer | None = None
        self._peers: Welcome | None = None
        self._host = host
        self._cookie = cookie
        self._bell = Doorbell("the node port", self._serve)

    async def open(self, place: str | None, port: int) -> None:
        """Listen; without a place on every interface. Raises OSError."""
        await self._bell.listen(place, port, self._host.settings.sockets)
        self.listening = tuple(Listening("clustering", *each) for each in self._bell.places)

    def hand_peers_to(self, peers: Welcome | None) -> None:
        """Other nodes that come in are its business from now on; with None they are sent away."""
        self._peers = peers
        if self.server is not None:
            self.server.peers = peers

    async def _serve(self, sockets: list[socket.socket]) -> None:
        make = await asyncio.to_thread(_import_server)
        self.server = make(self._host, self._cookie, self._peers)
        await self.server.serve(sockets)

    async def close(self) -> None:
        """No new questions; who waits for an answer loses the connection."""
        if self._bell.serving is not None:
            await self._bell.serving
        if self.server is not None:
            await self.server.stop()
        self._bell.close()


def _import_server() -> type[ControlServer]:
    from leveret.control.server import ControlServer  # noqa: PLC0415  # not at the start

    return ControlServer
