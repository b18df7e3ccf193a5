"""A queue's messages in the node's own engine, as the target of a move.

Rule: the engine wants positions that rise with every append. What is adopted gets new ones, at its
end; the queue goes on naming it as before, and is translated here until it has settled it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leveret.broker.ports import Durability, MessageStore


class OwnPlace:
    """number: the queue's. next_position: the newest of this node."""

    def __init__(
        self,
        store: MessageStore,
        durability: Durability,
        number: int,
        next_position: Callable[[], int],
    ) -> None:
        self._store = store
        self._durability = durability
        self._number = number
        self._next_position = next_position
        # The engine's positions by the queue's, where they differ; and all that are the queue's.
        self._here: dict[int, int] = {}
        self._kept: set[int] = set()

    @property
    def translated_count(self) -> int:
        """How many messages have another position here than the queue has for them."""
        return len(self._here)

    @property
    def is_behind(self) -> bool:
        return self._durability.is_behind

    def when_safe(self, action: Callable[[], None]) -> None:
        self._durability.when_durable(action)

    def append(self, message: Message) -> None:
        self._kept.add(message.position)
        self._store.append(message, (self._number,))

    def adopt(self, message: Message) -> None:
        """As a message of its own: others may hold the one it is made of."""
        here = self._next_position()
        self._here[message.position] = here
        self._kept.add(here)
        self._store.append(_at(message, here), (self._number,))

    def settle_all(self, positions: Sequence[int]) -> None:
        self._store.settle_all(self._number, [self._settle(position) for position in positions])

    def _settle(self, position: int) -> int:
        here = self._here.pop(position, position)
        self._kept.discard(here)
        return here

    def delivered(self, position: int) -> None:
        self._store.delivered(self._number, self._here.get(position, position))

    def read(self, positions: Sequence[int], take: Callable[[list[Message]], None]) -> None:
        wanted = {self._here.get(position, position): position for position in positions}

        def translate(messages: list[Message]) -> None:
            take([_at(message, wanted[message.position]) for message in messages])

        self._store.read(list(wanted), translate)

    def forget(self) -> None:
        """The move was given up: what is here is nobody's."""
        self._store.forget(self._number, sorted(self._kept))
        self._here.clear()
        self._kept.clear()


def _at(message: Message, position: int) -> Message:
    """The same message at another position."""
    if message.position == position:
        return message
    moved = Message(
        message.address,
        message.content,
        message.channel,
        position,
        message.traits,
        message.published_at,
    )
    moved.is_stored = message.is_stored
    return moved
