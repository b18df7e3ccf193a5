"""What a queue says to the message store about its messages.

Hot path: bench/durable.md, persistent. `settle` and `mark_delivered` are called for every stored
message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.message import Message
from leveret.broker.tallies import QueueTally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leveret.broker.ports import MessageStore
    from leveret.broker.queues.paging import Paging

# Deliveries of a message that the store hears of. It keeps a record of each while the message is
# there: one that is given back in a loop, ten thousand times a second, must not fill the disk.
MARKS_MAX: Final = 100


def keep_own(message: Message, number: int, paging: Paging) -> Message:
    """A message that need not survive elsewhere, stored for one queue: a message of its own then,
    as other queues must not take theirs for stored. Its confirm waits for the disk."""
    own = Message(
        message.address,
        message.content,
        message.channel,
        paging.next_position(),
        message.traits,
        message.published_at,
    )
    assert paging.store is not None
    paging.store.append(own, (number,))
    own.is_stored = paging.has_appended = True
    return own


class Keeping:
    """A queue as the store knows it.

    number: its own for ever; 0 when the store keeps nothing for it.
    returns: how often a stored message came back unsettled, by position; absent for never.
    tally: what is counted of its messages.
    """

    __slots__ = ("_store", "number", "returns", "tally")

    def __init__(self, store: MessageStore | None, number: int) -> None:
        self.number = number
        self.returns: dict[int, int] = {}
        self.tally = QueueTally()
        self._store = store if number else None

    @property
    def store(self) -> MessageStore | None:
        """Who keeps its messages; None where none is kept."""
        return self._store

    def settle(self, message: Message) -> None:
        """The queue is done with a stored message."""
        if self._store is not None:
            if self.returns:
                self.returns.pop(message.position, None)
            self._store.settle(self.number, message.position)

    def settle_all(self, positions: Sequence[int]) -> None:
        """The same for many, by their positions."""
        if self._store is not None:
            if self.returns:
                for position in positions:
                    self.returns.pop(position, None)
            self._store.settle_all(self.number, positions)

    def mark_delivered(self, message: Message) -> None:
        """A stored message was handed to somebody who has to settle it."""
        if self._store is None:
            return
        if self.returns and self.returns.get(message.position, 0) >= MARKS_MAX:
            return
        self._store.delivered(self.number, message.position)

    def let_go(self, message: Message) -> None:
        """The store need not keep it for this queue any more."""
        if message.is_stored:
            self.settle(message)

    def _forget_all(self, positions: Sequence[int]) -> None:
        assert self._store is not None
        self._store.forget(self.number, positions)
