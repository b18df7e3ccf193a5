"""What becomes of durable things is told to the catalogue here, and nowhere else.

Rule: whoever hears of a change hears of it once it is safe, also when somebody else caused it: a
second declare of a queue that is not on the disk yet waits for the first.
"""

from __future__ import annotations

from functools import partial
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

    messages, moves: the engine's message store, for queues that have a number; how messages go on
        from one queue to another there.
    events: the broker's; every change is told there, if it is one that listeners know.
    is_shared: other nodes hear of everything, also of what is not durable.
    durability: when what was said is safe. confirming: the same of messages alone;
        when_queue_kept: of one queue's.
    """

    def __init__(self, storage: Storage) -> None:
        self.is_shared = storage.is_shared
        self._when_writable = storage.when_writable
        self._keeps_messages = storage.keeps_messages
        self._last_number = storage.first_queue_number - 1
        self.messages = storage.messages
        self.events = Events()
        self._catalogue = storage.catalogue
        self.durability = storage.durability
        self.confirming = storage.confirming
        self.moves = storage.moves
        self.when_queue_kept = storage.when_queue_kept
        # The last change of each thing, until it is durable.
        self._unsafe: dict[Thing, Change] = {}

    def next_queue_number(self) -> int:
        """For a queue whose messages are kept; 0 in a broker that keeps none."""
        if not self._keeps_messages:
            return 0
        self._last_number += 1
        return self._last_number

    def take_number(self, number: int) -> None:
        """It is in use, and so is every one before it."""
        self._last_number = max(self._last_number, number)

    def do_internally(self, action: Callable[[], object]) -> None:
        """What commits something and nobody asked for: as soon as that is possible."""
        self._when_writable(partial(self._do, action))

    def _do(self, action: Callable[[], object]) -> None:
        with self.events.internally():
            action()

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
