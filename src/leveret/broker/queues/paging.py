"""What the queues of a broker share: where messages can be besides in memory, and how much of it
those that wait take.

Rule: `octets` follows by steps, not message by message: a line says how much it holds when it has
grown, and is asked again before anything leaves memory on account of all of them. So a message
that comes and goes costs nothing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from leveret.broker.memory import NO_WAITING
from leveret.broker.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.ports import Durability, MessageStore

# What the spill knows all lines by: it keeps each message for the one line that put it there.
SPILL_NUMBER: Final = 1

# Bodies of stored messages that a queue keeps at hand. Enough for its consumers' prefetch while
# the next ones are read, and 16 MiB at 1 KiB each; a second of work for a fast consumer's queue
# would be ten times that, for each queue that stands.
WINDOW: Final = 16_384
# For x-queue-mode=lazy: what a consumer takes at once, no more.
LAZY_WINDOW: Final = 64


class Weighable(Protocol):
    """A line of messages."""

    def weigh(self) -> None:
        """Say anew, by `Paging.weighed`, how many octets it has in memory."""


class Paging:
    """One for each broker.

    store: keeps what is durable; None in a broker that keeps nothing.
    spill: takes what need not survive when memory is short; None: all of it stays in memory.
    next_position: see Message.position.
    octets: of content, waiting in memory, over all queues; a message in two queues counts twice.
    octets_max: beyond it memory is short; whoever watches the memory sets it.
    octets_seen: beyond it the memory has to be looked at again, by `look`; its watcher sets both.
    is_strained: messages go to the spill faster than it can write. Whoever finds this so at the end
        of a chunk it dealt with has caused it, takes the mark away and waits for `spilling`.
    has_appended: a stream has stored what need not survive elsewhere; a session whose turn it was
        has its confirms wait for the disk, and unsets it.
    """

    __slots__ = (
        "_asked_count",
        "_lines",
        "has_appended",
        "is_strained",
        "look",
        "next_position",
        "octets",
        "octets_max",
        "octets_seen",
        "spill",
        "spilling",
        "store",
    )

    def __init__(
        self,
        store: MessageStore | None,
        spill: MessageStore | None,
        next_position: Callable[[], int],
        spilling: Durability = NO_WAITING,
    ) -> None:
        self.store = store
        self.spill = spill
        self.spilling = spilling
        self.is_strained = False
        self.octets_seen: float = float("inf")
        self.look: Callable[[], None] = nobody_looks
        self.octets = 0
        self.octets_max: float = float("inf")
        self.next_position = next_position
        self.has_appended = False
        self._lines: dict[Weighable, None] = {}
        self._asked_count = 0

    def weighed(self, line: Weighable, octets: int, before: int) -> None:
        """The line has so many octets in memory; it said `before` the last time."""
        self.add(octets - before)
        if octets:
            self._lines[line] = None
        else:
            self._lines.pop(line, None)

    def add(self, octets: int) -> None:
        """So many more are in memory."""
        self.octets += octets
        if self.octets > self.octets_seen:
            self.octets_seen = float("inf")
            self.look()

    def is_short(self) -> bool:
        """Whether waiting messages should leave memory.

        What lines have said is too much once they were emptied, so they are asked again before
        the answer is yes: once for every so many questions as there are lines, which keeps a
        question cheap however many they are.
        """
        if self.octets <= self.octets_max:
            return False
        self._asked_count += 1
        if self._asked_count >= len(self._lines):
            self._asked_count = 0
            for line in list(self._lines):
                line.weigh()
        return self.octets > self.octets_max

    def spill_out(self, message: Message) -> int:
        """Write a message that need not survive; the position under which it can be read.

        Not its own: a message in several queues leaves memory once for each. A fresh one is later
        than all that went before it in the line and earlier than all that follow, as its own is.
        """
        assert self.spill is not None
        position = self.next_position()
        copy = Message(
            message.address,
            message.content,
            message.channel,
            position,
            message.traits,
            message.published_at,
        )
        self.spill.append(copy, (SPILL_NUMBER,))
        if self.spilling.is_behind:
            self.is_strained = True
        return position

    def unspill(self, message: Message) -> None:
        """One that was read back is an ordinary transient message again."""
        assert self.spill is not None
        self.spill.settle_all(SPILL_NUMBER, [message.position])
        message.is_stored = False


def nobody_looks() -> None:
    """A broker whose memory nobody watches."""
