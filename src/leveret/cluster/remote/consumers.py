"""This node's consumers of a queue elsewhere: how far the home may serve them, and what has come.

A consumer that its own limits let take more has credit for so many deliveries, counted from its
first. What comes while its peer does not keep up waits here; what comes while its channel's limit
is used up by others goes back, since somebody else may want it.

Rule: handed + waiting here + under way never exceed what the consumer may hold, nor AHEAD_MAX more
than it was handed.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from leveret.broker.queues.consumers import Activity
from leveret.broker.queues.distant import DistantConsumers
from leveret.cluster.remote import frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leveret.broker.message import Message
    from leveret.broker.queues.consumers import Consumer
    from leveret.broker.queues.distant import Client
    from leveret.cluster.remote.home import Home

# Deliveries a consumer without a limit may be sent before they are handed on.
AHEAD_MAX: Final = 512


class Subscription:
    """A consumer and what it has of the home.

    handed: deliveries that went on, or back. up_to: as the home was told last.
    is_begun: its client knows of it. is_ready: it can take messages.
    """

    __slots__ = ("buffer", "consumer", "handed", "is_begun", "is_ready", "number", "said", "up_to")

    def __init__(self, consumer: Client, number: int) -> None:
        self.consumer = consumer
        self.number = number
        self.buffer: deque[tuple[Message, bool]] = deque()
        self.handed = 0
        self.up_to = 0
        self.said = (0, 0)
        self.is_begun = self.is_ready = False

    def serve(self) -> None:
        """Hand on what has come while the consumer takes it."""
        while self.buffer and self.is_ready and self.is_begun:
            message, redelivered = self.buffer.popleft()
            self.handed += 1
            self.consumer.deliver(message, redelivered)

    def surplus(self) -> list[Message]:
        """What has come and is not for it, since its channel's limit is used up by others."""
        if not self.buffer or not self.consumer.is_limited:
            return []
        left = []
        while len(self.buffer) > self.consumer.appetite:
            left.append(self.buffer.pop()[0])
        self.handed += len(left)
        return left

    def credit(self) -> frames.Credit | None:
        """What the home is to be told; None when it knows."""
        if not self.is_begun:
            return None
        up_to = self.handed + min(self.consumer.appetite, AHEAD_MAX)
        if (up_to, self.handed) == self.said:
            return None
        self.said = up_to, self.handed
        return frames.Credit(self.number, up_to, self.handed)


class RemoteConsumers(DistantConsumers):
    """All of one queue. hand_back: takes messages that have come and are for nobody here."""

    def __init__(self, home: Home, hand_back: Callable[[list[Message]], None]) -> None:
        self._home = home
        self._hand_back = hand_back
        self._all: dict[Consumer, Subscription] = {}
        self._by_number: dict[int, Subscription] = {}
        self._is_to_look = False

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Consumer]:
        return iter(list(self._all))

    @property
    def can_take(self) -> bool:
        return any(each.is_ready for each in self._all.values())

    def activity(self, _consumer: Consumer) -> Activity:
        """Which of them is served is the home's choice."""
        return Activity.UP

    def find(self, number: int) -> Consumer | None:
        """By the number that the home knows it by."""
        subscription = self._by_number.get(number)
        return None if subscription is None else subscription.consumer

    def add(self, consumer: Client, number: int) -> None:
        """A new one; it gets nothing before `begin`."""
        self._all[consumer] = self._by_number[number] = Subscription(consumer, number)

    def begin(self, consumer: Consumer) -> None:
        if consumer in self._all:
            self._all[consumer].is_begun = True
            self.look_soon()

    def discard(self, consumer: Consumer) -> None:
        """The home does not have it."""
        if consumer in self._all:
            self.remove(consumer)

    def remove(self, consumer: Consumer) -> tuple[int, list[Message]]:
        """Its number, and what has come and was not handed on."""
        subscription = self._all.pop(consumer, None)
        if subscription is None:
            # It went with its home.
            return 0, []
        del self._by_number[subscription.number]
        return subscription.number, [message for message, _redelivered in subscription.buffer]

    def resume(self, consumer: Consumer) -> None:
        if consumer in self._all:
            self._all[consumer].is_ready = True
            self.look_soon()

    def park(self, consumer: Consumer) -> None:
        if consumer in self._all:
            self._all[consumer].is_ready = False
            self.look_soon()

    def take(self, number: int, message: Message, *, redelivered: bool) -> None:
        """A message has come for one of them."""
        subscription = self._by_number.get(number)
        if subscription is None:
            self._hand_back([message])
            return
        subscription.buffer.append((message, redelivered))
        self._serve(subscription)

    def serve(self) -> None:
        """Hand on what is here."""
        for subscription in list(self._all.values()):
            self._serve(subscription)

    def _serve(self, subscription: Subscription) -> None:
        handed = subscription.handed
        subscription.serve()
        surplus = subscription.surplus()
        if surplus:
            self._hand_back(surplus)
        if subscription.handed != handed:
            self.look_soon()

    def look_soon(self) -> None:
        """At the end of the turn the home hears what has changed."""
        if not self._is_to_look:
            self._is_to_look = True
            self._home.soon(self._look)

    def _look(self) -> None:
        self._is_to_look = False
        self.serve()
        for subscription in list(self._all.values()):
            credit = subscription.credit()
            if credit is not None and self._home.is_up:
                self._home.ask(credit)
