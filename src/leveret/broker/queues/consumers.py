"""Who waits for a queue's messages, and whose turn it is.

Hot path: bench/results.md, 1 KiB auto-ack. `first` is read with every message, so it is kept
ready-made and changes only when a consumer comes, goes, is full or has room again.

Rule: strict round robin among the consumers of the highest priority that can take more; or, with
`x-single-active-consumer`, all to one for as long as it is there. Two classes with the same verbs:
a queue has the one its argument asks for.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leveret.broker.message import Message
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.tallies import Deliveries
    from leveret.wire.values import Table


class Consumer(Protocol):
    """The far end of a subscription, as a queue sees it."""

    @property
    def priority(self) -> int:
        """Higher is served first."""

    @property
    def exclusive(self) -> bool:
        """No other consumer may share the queue."""

    @property
    def deliveries(self) -> Deliveries:
        """What its channel has had of the queue."""

    def deliver(self, message: Message, redelivered: bool) -> None:
        """Hand over a message. A consumer that is then full parks itself with the queue."""

    def rules_changed(self) -> None:
        """The queue follows other rules than before."""

    def queue_gone(self) -> None:
        """The queue was deleted; nothing more will come."""

    def move(self, queue: AnyQueue) -> None:
        """Another object stands for the queue, which has taken nobody over yet: ask it to."""

    def trace(self, *, is_on: bool) -> None:
        """From now on its vhost's firehose has copies of what it gets, or has none any more."""


def wants_to_hear_of_failover(arguments: Table) -> bool:
    """A consumer with these arguments is cancelled when its queue gets another leader."""
    return arguments.get("x-cancel-on-ha-failover") is True


class Activity(Enum):
    """What a consumer is to its queue, as RabbitMQ lists it (`activity_status`)."""

    UP = "up"
    SINGLE_ACTIVE = "single_active"
    WAITING = "waiting"

    @property
    def is_active(self) -> bool:
        return self is not Activity.WAITING


NOBODY: Final[deque[Consumer]] = deque()


class Consumers:
    """The consumers of one queue. Those that can take more stand in line, by priority."""

    __slots__ = ("_all", "_is_paused", "_lines", "first")

    def __init__(self) -> None:
        self.first: deque[Consumer] = NOBODY
        self._all: dict[Consumer, None] = {}
        self._lines: dict[int, deque[Consumer]] = {}
        self._is_paused = False

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Consumer]:
        return iter(list(self._all))

    @property
    def can_take(self) -> bool:
        """A message would find somebody."""
        return bool(self.first)

    def refuses(self, newcomer: Consumer) -> bool:
        """It, or one that is there, wants the queue for itself."""
        if newcomer.exclusive:
            return bool(self._all)
        return any(consumer.exclusive for consumer in self._all)

    def activity(self, _consumer: Consumer) -> Activity:
        return Activity.UP

    def add(self, consumer: Consumer) -> None:
        """A new consumer; it stands in no line until it resumes."""
        assert consumer not in self._all
        self._all[consumer] = None

    def remove(self, consumer: Consumer) -> None:
        del self._all[consumer]
        self.park(consumer)

    def resume(self, consumer: Consumer) -> None:
        """It can take messages: at the end of its line."""
        self._lines.setdefault(consumer.priority, deque()).append(consumer)
        self._choose()

    def park(self, consumer: Consumer) -> None:
        """It can't take more for now. Parking twice is no harm."""
        line = self._lines.get(consumer.priority)
        if line is None:
            return
        # Who has just been served stands at the end.
        if line[-1] is consumer:
            line.pop()
        elif consumer in line:
            line.remove(consumer)
        if not line:
            del self._lines[consumer.priority]
            self._choose()

    def pause(self, *, is_paused: bool) -> None:
        """Nobody is served meanwhile."""
        self._is_paused = is_paused
        self._choose()

    def _choose(self) -> None:
        can_serve = self._lines and not self._is_paused
        self.first = self._lines[max(self._lines)] if can_serve else NOBODY


class SingleActiveConsumer:
    """The consumers of a queue that serves one of them alone, the active one.

    When it goes, the next is who came first among those of the highest priority that are left. One
    that is full stays active: nobody is served meanwhile. A newcomer of higher priority waits.
    """

    __slots__ = ("_active", "_all", "_can_take", "_is_paused", "first")

    def __init__(self) -> None:
        self.first: deque[Consumer] = NOBODY
        self._all: dict[Consumer, None] = {}
        self._can_take: set[Consumer] = set()
        self._active: Consumer | None = None
        self._is_paused = False

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Consumer]:
        return iter(list(self._all))

    @property
    def can_take(self) -> bool:
        return bool(self.first)

    def refuses(self, newcomer: Consumer) -> bool:
        """Which of them has the queue for itself is the queue's choice."""
        return newcomer.exclusive

    def activity(self, consumer: Consumer) -> Activity:
        return Activity.SINGLE_ACTIVE if consumer is self._active else Activity.WAITING

    def add(self, consumer: Consumer) -> None:
        """A new consumer; it is served when it is active and has resumed."""
        assert consumer not in self._all
        self._all[consumer] = None
        if self._active is None:
            self._active = consumer

    def remove(self, consumer: Consumer) -> None:
        del self._all[consumer]
        self._can_take.discard(consumer)
        if consumer is self._active:
            self._active = max(self._all, key=lambda each: each.priority, default=None)
        self._choose()

    def resume(self, consumer: Consumer) -> None:
        """It can take messages."""
        self._can_take.add(consumer)
        self._choose()

    def park(self, consumer: Consumer) -> None:
        """It can't take more for now. Parking twice is no harm."""
        self._can_take.discard(consumer)
        self._choose()

    def pause(self, *, is_paused: bool) -> None:
        """Nobody is served meanwhile."""
        self._is_paused = is_paused
        self._choose()

    def _choose(self) -> None:
        active = self._active
        can_serve = active in self._can_take and not self._is_paused
        self.first = deque((active,)) if active is not None and can_serve else NOBODY
