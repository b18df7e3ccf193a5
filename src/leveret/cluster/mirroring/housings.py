"""What this node's broker knows of where queues are: what was read, and what it has said itself.

Rule: it hears every change as it happens to the broker, also when one is undone. What is kept of a
queue goes with the queue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from leveret.broker.changes import QueueDeclared, QueueDeleted, VhostRemoved
from leveret.cluster.metadata.changes import QueueHoused
from leveret.cluster.mirroring.wanted import is_stream

if TYPE_CHECKING:
    from collections.abc import Collection

    from leveret.cluster.metadata.changes import SharedChange

# A queue's vhost and name.
Place: TypeAlias = tuple[str, str]


class Housings:
    """housed, declared: of each queue, by vhost and name."""

    def __init__(self) -> None:
        self.housed: dict[Place, QueueHoused] = {}
        self.declared: dict[Place, QueueDeclared] = {}

    @property
    def all(self) -> Collection[QueueHoused]:
        return self.housed.values()

    @property
    def has_replicated_streams(self) -> bool:
        declared = self.declared
        return any(self.housed[each].log for each in declared if is_stream(declared[each]))

    def place_of(self, number: int) -> Place | None:
        """Of the queue with this number."""
        found = (place for place, each in self.declared.items() if each.number == number)
        return next(found, None)

    def keep(self, change: SharedChange) -> list[Place]:
        """Whose place it is about: those that are gone, or that are there in some way anew."""
        match change:
            case QueueHoused():
                place = (change.vhost, change.name)
                self.housed[place] = change
                # Before a queue is declared there is nothing that could be anywhere.
                return [place] if place in self.declared else []
            case QueueDeclared():
                self.declared[change.vhost, change.name] = change
                return [(change.vhost, change.name)]
            case QueueDeleted():
                return self._drop([(change.vhost, change.name)])
            case VhostRemoved():
                return self._drop([place for place in self.housed if place[0] == change.name])
        return []

    def _drop(self, places: list[Place]) -> list[Place]:
        for place in places:
            self.housed.pop(place, None)
            self.declared.pop(place, None)
        return places
