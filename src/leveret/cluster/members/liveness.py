"""Which members run, as one node sees it: directly, or through those that it reaches.

Each tells the others whom it reaches itself, whenever that changes and now and then. A node is gone
when nobody whom this one reaches reaches it either, for longer than a connection takes to be made
anew; so two nodes that only cannot reach each other take nothing over from each other. One that
stops in order says so with an empty view, and is gone at once.

Rule: a node notices that it is in a minority before the majority calls it gone. It counts whom it
reaches at once, and the others wait GRACE_S: by more than their heartbeats are apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

# The kind of the stream in which a node says whom it reaches.
VIEW: Final = 32
_STREAM: Final = 0
GRACE_S: Final = 1.5
SAY_EVERY_S: Final = 2.0


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


class Timers(Protocol):
    """Calls something after so many seconds, while the node's application runs."""

    def later(self, delay_s: float, action: Callable[[], None]) -> None: ...


class Liveness:
    """node: this one. members: all that are on the roll.

    living: the members that run, this one among them. has_majority: more than half are reached.
    """

    def __init__(
        self, node: str, members: Callable[[], tuple[str, ...]], links: Links, timers: Timers
    ) -> None:
        self.node = node
        self.living = frozenset((node,))
        self.has_majority = False
        self._members = members
        self._links = links
        self._timers = timers
        self._watched: set[str] = set()
        # Whom those that are reached have said to reach.
        self._views: dict[str, frozenset[str]] = {}
        # Who was seen a moment ago, and how often that was begun anew.
        self._fading: dict[str, int] = {}
        self._fades = 0
        self._actions: list[Callable[[], None]] = []
        links.receive(VIEW, self._hear)

    def begin(self) -> None:
        """From now on; the roll is known."""
        self.look()
        self._say_now_and_then()

    def farewell(self) -> None:
        """This node's application stops; it has given away what it led."""
        for node in self._watched:
            self._links.to(node).send(VIEW, _STREAM, b"")

    def on_change(self, action: Callable[[], None]) -> None:
        """Call it whenever `living` or `has_majority` is another."""
        self._actions.append(action)

    @property
    def reached(self) -> frozenset[str]:
        """Who is reached from here, this node among them."""
        members = self._members()
        return frozenset((self.node, *(each for each in self._views if each in members)))

    def look(self) -> None:
        """The roll is another, or who is reached."""
        members = self._members()
        for node in members:
            if node != self.node and node not in self._watched:
                self._watch(node)
        reached = self.reached
        seen = reached.union(*(self._views[each] for each in reached if each != self.node))
        living = seen.union(self._fading).intersection((*members, self.node))
        self._set(living, has_majority=2 * len(reached) > len(members))

    def _set(self, living: frozenset[str], *, has_majority: bool) -> None:
        if living != self.living or has_majority is not self.has_majority:
            self.living, self.has_majority = living, has_majority
            for action in self._actions:
                action()

    def _watch(self, node: str) -> None:
        self._watched.add(node)
        link = self._links.to(node)
        link.on_state(lambda is_up: self._changed(link, is_up=is_up))
        if link.is_up:
            self._changed(link, is_up=True)

    def _changed(self, link: Link, *, is_up: bool) -> None:
        if is_up:
            link.send(VIEW, _STREAM, self._view())
        elif self._views.pop(link.node, None) is not None:
            self._fade(link.node)
            self._say()
        self.look()

    def _fade(self, node: str) -> None:
        """It is gone in a moment, unless it is seen again."""
        self._fades += 1
        mark = self._fading[node] = self._fades

        def gone() -> None:
            if self._fading.get(node) == mark:
                del self._fading[node]
                self.look()

        self._timers.later(GRACE_S, gone)

    def _hear(self, peer: str, _stream: int, octets: bytes) -> None:
        if not octets:
            self._lose(peer)
            return
        is_new = peer not in self._views
        self._views[peer] = frozenset(octets.decode().split())
        self._fading.pop(peer, None)
        if is_new:
            self._say()
        self.look()

    def _lose(self, peer: str) -> None:
        """It has said farewell; whoever has not heard it yet may still say to reach it."""
        self._views.pop(peer, None)
        self._fading.pop(peer, None)
        self._say()
        self.look()

    def _say(self) -> None:
        view = self._view()
        for node in self._watched:
            self._links.to(node).send(VIEW, _STREAM, view)

    def _say_now_and_then(self) -> None:
        self._say()
        self._timers.later(SAY_EVERY_S, self._say_now_and_then)

    def _view(self) -> bytes:
        return " ".join(sorted(self.reached)).encode()
