"""Where the messages of a broker's queues can be besides in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leveret.broker.ports import MessageStore


class Paging:
    """What the queues of a broker share.

    store: keeps what is durable; None in a broker that keeps nothing.
    spill: takes what need not survive when memory is short; None: all of it stays in memory.
    """

    __slots__ = ("spill", "store")

    def __init__(
        self, store: MessageStore | None = None, spill: MessageStore | None = None
    ) -> None:
        self.store = store
        self.spill = spill
