"""What becomes of durable things is told to the catalogue here, and nowhere else.

Rule: whoever hears of a change hears of it once it is safe, also when somebody else caused it: a
second declare of a queue that is not on the disk yet waits for the first.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, TypeAlias

from leveret.broker.announcing import announce
from leveret.broker.events import Events

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.changes import Change
    from leveret.broker.ports import Storage

# What a change is about: its kind and its names, e.g. ("queue", "/", "jobs").
Thing: TypeAlias = tuple[str | bytes, ...]


class Keeper:
    """One broker's way to its catalogue.

    messages: the engine's message store, for queues that have a number.
    events: the broker's; every change is told there, if it is one that listeners know.
    next_queue_number: for a queue whose messages are kept; 0 in a broker that keeps none.
    durability: when what was said is safe.
    """

    def __init__(self, storage: Storage) -> None:
        first = storage.first_queue_number
        self.next_queue_number: Callable[[], int] = (
            count(first).__next__ if storage.keeps_messages else lambda: 0
        )
        self.messages = storage.messages
        self.events = Events()
        self._catalogue = storage.catalogue
        self.durability = storage.durability
        # The last change of each thing, until it is durable.
        self._unsafe: dict[Thing, Change] = {}

    def commit(self, thing: Thing, change: Change) -> None:
        """Keep the change; who caused it is answered when it is durable."""
        self._catalogue.commit(change)
        self._unsafe[thing] = change
        self.durability.when_durable(lambda: self._settle(thing, change))
        if self.events.is_heard:
            announce(self.events, change)

    def vouch_for(self, thing: Thing) -> None:
        """Somebody is about to be told how it stands with the thing."""
        if thing in self._unsafe:
            self.durability.demand()

    def _settle(self, thing: Thing, change: Change) -> None:
        # A later change of the same thing may still be under way.
        if self._unsafe[thing] is change:
            del self._unsafe[thing]
