"""A node's share in remote queues: every other node as a home, and its own desk, over the links.

Rule: what is said to a peer goes in one stream, so that it is heard in the order in which it was
said; when the link is lost both ends forget, and begin anew when it is up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from leveret.cluster.remote import frames
from leveret.cluster.remote.desk import HomeDesk
from leveret.cluster.remote.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.broker import Broker
    from leveret.cluster.remote.frames import Frame

# Kinds of streams (links/ports.py): to a home, and from it. There is one stream of each.
ASKED: Final = 16
TOLD: Final = 17
_STREAM: Final = 0


class Link(Protocol):
    """What is needed of a link; see links/ports.py."""

    @property
    def node(self) -> str: ...

    @property
    def is_up(self) -> bool: ...

    def send(self, kind: int, stream: int, octets: bytes) -> None: ...

    def on_state(self, action: Callable[[bool], None]) -> None: ...


class Links(Protocol):
    """What is needed of a node's links."""

    def to(self, node: str) -> Link: ...

    def receive(self, kind: int, action: Callable[[str, int, bytes], None]) -> None: ...

    def on_link(self, action: Callable[[Link], None]) -> None: ...


class Homes:
    """One for each node.

    desk: acts for the others on the queues whose home is here.
    """

    def __init__(self, broker: Broker, links: Links) -> None:
        self.desk = HomeDesk(broker, self._tell)
        self._broker = broker
        self._links = links
        self._homes: dict[str, Home] = {}
        self._watched: set[str] = set()
        links.receive(ASKED, lambda peer, _, data: self.desk.hear(peer, frames.read_asked(data)))
        links.receive(TOLD, lambda peer, _, data: self.of(peer).hear(frames.read_told(data)))
        links.on_link(self._watch)

    def of(self, node: str) -> Home:
        """The other node, as the home of queues."""
        home = self._homes.get(node)
        if home is None:
            link = self._links.to(node)

            def ask(frame: Frame) -> None:
                link.send(ASKED, _STREAM, frames.encode(frame))

            home = self._homes[node] = Home(self._broker, node, ask)
            self._watch(link)
            if link.is_up:
                home.changed(is_up=True)
        return home

    def _tell(self, peer: str, frame: Frame) -> None:
        self._links.to(peer).send(TOLD, _STREAM, frames.encode(frame))

    def _watch(self, link: Link) -> None:
        if link.node not in self._watched:
            self._watched.add(link.node)
            link.on_state(lambda is_up: self._changed(link.node, is_up=is_up))

    def _changed(self, node: str, *, is_up: bool) -> None:
        if not is_up:
            self.desk.lost(node)
        home = self._homes.get(node)
        if home is not None and home.is_up is not is_up:
            home.changed(is_up=is_up)
