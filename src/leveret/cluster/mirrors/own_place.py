"""A queue's messages in the node's own engine: where a move begins, or ends.

Rule: the engine wants positions that rise with every append. What is adopted gets new ones, at its
end; the queue goes on naming it as before, and is translated here until it has settled it. New
messages keep theirs: the engine is given them once, for all queues that have them there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.message import Message
from leveret.cluster.mirrors.safety import OWN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leveret.broker.ports import Durability, MessageStore
    from leveret.cluster.mirrors.mirror import Mirror


class OwnPlace:
    """number: the queue's. next_position: the newest of this node."""

    is_own: Final = True
    engines: Final[dict[Mirror | None, None]] = OWN

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
        # The engine's positions by the queue's, where they differ.
        self._here: dict[int, int] = {}

    @property
    def translated_count(self) -> int:
        """How many messages have another position here than the queue has for them."""
        return len(self._here)

    @property
    def is_behind(self) -> bool:
        return self._durability.is_behind

    def when_safe(self, action: Callable[[], None], _lost: Callable[[], None]) -> None:
        self._durability.when_durable(action)

    def append(self, message: Message) -> None:
        """The engine has it already."""

    def adopt(self, message: Message) -> None:
        """As a message of its own: others may hold the one it is made of."""
        here = self._next_position()
        self._here[message.position] = here
        self._store.adopt(_at(message, here), (self._number,))

    def settle_all(self, positions: Sequence[int]) -> None:
        self._store.settle_all(self._number, self._translated(positions))

    def _translated(self, positions: Sequence[int]) -> Sequence[int]:
        here = self._here
        return [here.pop(each, each) for each in positions] if here else positions

    def delivered(self, position: int) -> None:
        self._store.delivered(self._number, self._here.get(position, position))

    def read(self, positions: Sequence[int], take: Callable[[list[Message]], None]) -> None:
        if not self._here:
            self._store.read(positions, take, self._number)
            return
        wanted = {self._here.get(position, position): position for position in positions}

        def translate(messages: list[Message]) -> None:
            take([_at(message, wanted[message.position]) for message in messages])

        self._store.read(list(wanted), translate, self._number)

    def forget(self, positions: Sequence[int]) -> None:
        """The queue has these elsewhere."""
        self._store.forget(self._number, self._translated(positions))

    def forget_adopted(self) -> None:
        """The move was given up: what was adopted is nobody's."""
        adopted, self._here = list(self._here.values()), {}
        self._store.forget(self._number, adopted)


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
