"""A node's share in remote queues: every other node as a home, and its own desk, over the links.

Rule: what is said to a peer goes in one stream, so that it is heard in the order in which it was
said; when the link is lost both ends forget, and begin anew when it is up.
"""

from __future__ import annotations

import secrets
from itertools import count
from typing import TYPE_CHECKING, Final, Protocol, cast

from leveret.cluster.remote import frames
from leveret.cluster.remote.desk import HomeDesk
from leveret.cluster.remote.home import Home
from leveret.cluster.remote.knowledge import KnowsAll, Listener
from leveret.cluster.remote.parcel import Parcel
from leveret.cluster.remote.queue import RemoteQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from leveret.broker.broker import Broker
    from leveret.broker.vhost import Vhost
    from leveret.cluster.remote.frames import Frame
    from leveret.cluster.remote.knowledge import Knowledge

    Soon: TypeAlias = Callable[[Callable[[], None]], None]

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

    @property
    def is_behind(self) -> bool: ...

    def send(self, kind: int, stream: int, octets: bytes) -> None: ...

    def on_state(self, action: Callable[[bool], None]) -> None: ...

    def when_writable(self, action: Callable[[], None]) -> None: ...


class Links(Protocol):
    """What is needed of a node's links. node: its own name."""

    @property
    def node(self) -> str: ...

    def to(self, node: str) -> Link: ...

    def receive(self, kind: int, action: Callable[[str, int, bytes], None]) -> None: ...

    def on_link(self, action: Callable[[Link], None]) -> None: ...


class LinkWay:
    """To a home over its link. soon: see Parcel."""

    def __init__(self, link: Link, knowledge: Knowledge, soon: Soon) -> None:
        self._link = link
        self._parcel = Parcel(soon, lambda octets: link.send(ASKED, _STREAM, octets))
        self._knowledge = knowledge
        # What the home has been told of what is known here.
        self._said = 0
        self.when_writable = link.when_writable
        link.on_state(self._changed)

    @property
    def is_behind(self) -> bool:
        return self._link.is_behind

    def ask(self, frame: Frame) -> None:
        known = self._knowledge.ordinal
        if known > self._said:
            self._said = known
            self._parcel.add(frames.Knows(known))
        self._parcel.add(frame)

    def _changed(self, is_up: bool) -> None:
        if not is_up:
            self._said = 0
            self._parcel.drop()


class ShortWay:
    """To this node itself: to its own desk, at once."""

    is_behind = False

    def __init__(self, desk: HomeDesk, node: str) -> None:
        self._desk = desk
        self._node = node

    def ask(self, frame: Frame) -> None:
        self._desk.hear(self._node, cast("frames.Asked", frame))

    def when_writable(self, action: Callable[[], None]) -> None:
        action()


class NoWay:
    """To nobody."""

    is_behind = False

    def ask(self, frame: Frame) -> None:
        """Nobody hears it."""

    def when_writable(self, action: Callable[[], None]) -> None:
        """Nor answers."""


class Homes:
    """One for each node.

    desk: acts for the others on the queues whose home is here.
    knowledge: see knowledge.py; without it nothing waits.
    own: this node as a home to itself; see Home. nobody: of queues that nobody leads.
    """

    def __init__(self, broker: Broker, links: Links, knowledge: Knowledge | None = None) -> None:
        self.desk = HomeDesk(broker, self._tell)
        self._knowledge = knowledge or KnowsAll()
        self._listener = Listener(self._knowledge, broker.agenda, self.desk.hear)
        self._broker = broker
        self._links = links
        self._next_number = count(1).__next__
        self._run = secrets.randbits(63)
        short = ShortWay(self.desk, links.node)
        self.own = Home(broker, links.node, short, self._next_number)
        self.own.is_up = True
        self.nobody = Home(broker, "", NoWay(), self._next_number, self.own)
        self._homes: dict[str, Home] = {}
        # What peers are told at the end of the turn.
        self._parcels: dict[str, Parcel] = {}
        self._watched: set[str] = set()
        # Whose desks are there. A link is up as well while its node's application is stopped.
        self._open: set[str] = set()
        links.receive(ASKED, self._asked)
        links.receive(TOLD, self._told)
        links.on_link(self._watch)

    def greet(self, nodes: Iterable[str]) -> None:
        """These are members: their links may be older than this."""
        for node in nodes:
            if node != self._links.node:
                self._watch(self._links.to(node))

    def of(self, node: str) -> Home:
        """A node as the home of queues. This node itself is nobody to queues that stand here for
        what is elsewhere: it is about to lead them."""
        if node == self._links.node:
            return self.nobody
        home = self._homes.get(node)
        if home is None:
            link = self._links.to(node)
            way = LinkWay(link, self._knowledge, self._broker.agenda.soon)
            home = self._homes[node] = Home(self._broker, node, way, self._next_number, self.own)
            self._watch(link)
            if node in self._open:
                home.changed(is_up=True)
        return home

    def _asked(self, peer: str, _stream: int, data: bytes) -> None:
        self._watch(self._links.to(peer))
        for asked in frames.read_asked(data):
            self._listener.take(peer, asked)

    def _told(self, peer: str, _stream: int, data: bytes) -> None:
        for told in frames.read_told(data):
            if isinstance(told, frames.Opened):
                self.desk.met(peer, told.run)
                self._opened(peer, is_answer=told.is_answer)
            else:
                self.of(peer).hear(told)

    def _tell(self, peer: str, frame: Frame) -> None:
        if peer == self._links.node:
            self.own.hear(cast("frames.Told", frame))
        else:
            self._parcel_to(peer).add(frame)

    def _parcel_to(self, peer: str) -> Parcel:
        parcel = self._parcels.get(peer)
        if parcel is None:
            link = self._links.to(peer)
            parcel = self._parcels[peer] = Parcel(
                self._broker.agenda.soon, lambda octets: link.send(TOLD, _STREAM, octets)
            )
        return parcel

    def _watch(self, link: Link) -> None:
        if link.node not in self._watched:
            self._watched.add(link.node)
            link.on_state(lambda is_up: self._changed(link.node, is_up=is_up))
            if link.is_up:
                self._say_open(link.node, is_answer=False)

    def _say_open(self, node: str, *, is_answer: bool) -> None:
        """Who has not been there yet when it was said says so itself, and is answered."""
        opened = frames.encode([frames.Opened(is_answer, self._run)])
        self._links.to(node).send(TOLD, _STREAM, opened)

    def _opened(self, node: str, *, is_answer: bool) -> None:
        self._open.add(node)
        self._watch(self._links.to(node))
        if not is_answer:
            self._say_open(node, is_answer=True)
        home = self._homes.get(node)
        if home is not None and not home.is_up:
            home.changed(is_up=True)

    def _changed(self, node: str, *, is_up: bool) -> None:
        """The link was lost, or is there again."""
        if is_up:
            self._say_open(node, is_answer=False)
            return
        self._open.discard(node)
        if (parcel := self._parcels.pop(node, None)) is not None:
            parcel.drop()
        self._listener.forget(node)
        self.desk.lost(node)
        home = self._homes.get(node)
        if home is not None and home.is_up:
            home.changed(is_up=False)

    # What stands for a queue -----------------------------------------------------------------

    def follow(self, vhost: Vhost, name: str, node: str, *, is_mirrored: bool) -> RemoteQueue:
        """The queue is led by that node from now on. By this one: nobody serves it until a real
        queue takes its place (Vhost.replace_queue)."""
        home = self.of(node)
        queue = vhost.queues[name]
        if isinstance(queue, RemoteQueue):
            queue.move_home(home, is_mirrored=is_mirrored)
            return queue
        remote = RemoteQueue(vhost.name, name, queue.options, home, is_mirrored=is_mirrored)
        vhost.replace_queue(queue, remote)
        return remote
