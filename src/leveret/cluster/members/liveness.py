"""Which members run, as one node sees it: directly, or through those that it reaches; and which of
them are under maintenance.

Each tells the others whom it reaches itself, whenever that changes and now and then. A node is gone
when nobody whom this one reaches reaches it either, for longer than a connection takes to be made
anew; so two nodes that only cannot reach each other take nothing over from each other. One that
stops in order says so with an empty view, and is gone at once.

Rule: a node notices that it is in a minority before the majority calls it gone. It counts whom it
reaches at once, and the others wait GRACE_S: by more than their heartbeats are apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from leveret.cluster.members.view import View, read_view

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
    aside: those of them that are under maintenance, and are to lead nothing.
    """

    def __init__(
        self, node: str, members: Callable[[], tuple[str, ...]], links: Links, timers: Timers
    ) -> None:
        self.node = node
        self.living = frozenset((node,))
        self.has_majority = False
        self.aside: frozenset[str] = frozenset()
        self._is_aside = False
        self._members = members
        self._links = links
        self._timers = timers
        self._watched: set[str] = set()
        # What those that are reached have said.
        self._views: dict[str, View] = {}
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

    def set_aside(self, *, is_so: bool) -> None:
        """This node is under maintenance, or is so no more."""
        self._is_aside = is_so
        self._say()
        self.look()

    def on_change(self, action: Callable[[], None]) -> None:
        """Call it whenever `living`, `has_majority` or `aside` is another."""
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
        own = self._view
        heard = [self._views[each] for each in own.reached if each != self.node]
        seen = own.reached.union(*(each.reached for each in heard))
        living = seen.union(self._fading).intersection((*members, self.node))
        told = frozenset[str]().union(*(each.aside for each in heard)) - own.reached
        has_majority = 2 * len(own.reached) > len(members)
        self._set(living, living & (own.aside | told), has_majority=has_majority)

    def _set(self, living: frozenset[str], aside: frozenset[str], *, has_majority: bool) -> None:
        if (living, aside, has_majority) != (self.living, self.aside, self.has_majority):
            self.living, self.aside, self.has_majority = living, aside, has_majority
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
            link.send(VIEW, _STREAM, self._view.encode())
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
        self._views[peer] = read_view(octets)
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
        view = self._view.encode()
        for node in self._watched:
            self._links.to(node).send(VIEW, _STREAM, view)

    def _say_now_and_then(self) -> None:
        self._say()
        self._timers.later(SAY_EVERY_S, self._say_now_and_then)

    @property
    def _view(self) -> View:
        """What is known here at first hand."""
        reached = self.reached
        others = (each for each in reached if each in self._views)
        aside = {each for each in others if each in self._views[each].aside}
        return View(reached, frozenset({*aside, self.node} if self._is_aside else aside))
