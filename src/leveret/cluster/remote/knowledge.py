"""What nodes say to each other about queues is heard by somebody who knows as much.

A client declares a queue here whose home is there, is answered when a majority knows it, and
publishes at once: the home may not have read that yet. So whoever says something says first what
of the metadata he knows (frames.Knows), and who knows less listens when he has caught up.

Rule: what a peer says is heard in its order. A home that does not catch up (it is cut off from the
majority, and serves its own queues) listens after a while all the same.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

from leveret.cluster.remote import frames

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.agenda import Agenda
    from leveret.cluster.remote.frames import Asked

# Reading what a majority has takes milliseconds.
PATIENCE_S: Final = 2.0


class Knowledge(Protocol):
    """What a node's broker knows of the metadata."""

    @property
    def ordinal(self) -> int:
        """Of the newest record that it knows, its own included; grows."""

    def on_growth(self, action: Callable[[], None]) -> None:
        """Call it whenever it has grown."""


class KnowsAll:
    """A node that need not ask."""

    ordinal = 0

    def on_growth(self, action: Callable[[], None]) -> None:
        """It knows enough."""


class Listener:
    """hear: what is to be done with what peers say."""

    def __init__(
        self, knowledge: Knowledge, agenda: Agenda, hear: Callable[[str, Asked], None]
    ) -> None:
        self._knowledge = knowledge
        self._agenda = agenda
        self._hear = hear
        # By peer: what is not heard yet; the first is what has to be known for it.
        self._waiting: dict[str, deque[Asked]] = {}
        knowledge.on_growth(self._look)

    def take(self, peer: str, asked: Asked) -> None:
        """A peer says something."""
        waiting = self._waiting.get(peer)
        if waiting is not None:
            waiting.append(asked)
        elif not isinstance(asked, frames.Knows):
            self._hear(peer, asked)
        elif asked.ordinal > self._knowledge.ordinal:
            waiting = self._waiting[peer] = deque((asked,))
            self._agenda.at(
                self._agenda.clock() + PATIENCE_S, lambda: self._lose_patience(peer, waiting)
            )

    def forget(self, peer: str) -> None:
        """It is lost."""
        self._waiting.pop(peer, None)

    def _look(self) -> None:
        for peer, waiting in list(self._waiting.items()):
            first = waiting[0]
            assert isinstance(first, frames.Knows)
            if first.ordinal <= self._knowledge.ordinal:
                self._go_on(peer)

    def _lose_patience(self, peer: str, waiting: deque[Asked]) -> None:
        if self._waiting.get(peer) is waiting:
            self._go_on(peer)

    def _go_on(self, peer: str) -> None:
        """Hear what it said, up to what needs more knowledge."""
        for asked in list(self._waiting.pop(peer))[1:]:
            self.take(peer, asked)
