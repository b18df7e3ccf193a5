"""This node's consumers of a queue elsewhere: how far the home may serve them, and what has come.

A consumer that its own limits let take more has credit for so many deliveries, counted from its
first. What comes while its peer does not keep up waits here; what comes while its channel's limit
is used up by others goes back, since somebody else may want it.

Rule: handed + waiting here + under way never exceed what the consumer may hold, nor AHEAD_MAX more
than it was handed. When the home is another one all counts begin anew, and what waited here is
forgotten: the next home delivers it again.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from leveret.broker.queues.consumers import Activity, wants_to_hear_of_failover
from leveret.broker.queues.distant import DistantConsumers
from leveret.broker.streams.stamp import offset_of
from leveret.cluster.remote import frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leveret.broker.errors import Refused
    from leveret.broker.message import Message
    from leveret.broker.queues.consumers import Consumer
    from leveret.broker.queues.distant import Client, Question
    from leveret.broker.queues.kinds import AnyQueue

# Deliveries a consumer without a limit may be sent before they are handed on.
AHEAD_MAX: Final = 2048


class Subscription:
    """A consumer and what it has of the home.

    prefetch_count: of its channel when it came.
    question: its session's, until the first home has answered; None afterwards.
    number: what the home knows it by; 0 while none does. is_subscribed: the home has it.
    handed: deliveries that went on, or back. said: what the home was told of them last.
    is_begun: its client knows of it. is_ready: it can take messages. is_reader: of a stream.
    """

    __slots__ = (
        "buffer",
        "consumer",
        "handed",
        "is_begun",
        "is_reader",
        "is_ready",
        "is_subscribed",
        "number",
        "prefetch_count",
        "question",
        "said",
    )

    def __init__(
        self, consumer: Client, prefetch_count: int, question: Question[None] | None
    ) -> None:
        self.consumer = consumer
        self.prefetch_count = prefetch_count
        self.question = question
        self.buffer: deque[tuple[Message, bool]] = deque()
        self.is_begun = self.is_ready = self.is_reader = False
        self.renew(0)

    def renew(self, number: int) -> None:
        """A home is asked to have it, or has it no more."""
        self.number = number
        self.buffer.clear()
        self.handed = 0
        self.said = (0, 0)
        self.is_subscribed = False

    def read_on(self, reached: int | None) -> None:
        """The home of a stream says where the reader begins."""
        self.is_reader = True
        self.consumer.reached = reached

    def answer(self) -> None:
        """The home has it."""
        self.is_subscribed = True
        question, self.question = self.question, None
        if question is not None:
            question.answer(None)

    def refuse(self, refusal: Refused) -> None:
        """Nobody has it; its session is told if it still waits."""
        question, self.question = self.question, None
        if question is not None:
            question.refuse(refusal)

    def pass_on(self, queue: AnyQueue) -> None:
        """The queue stands here itself now: if its session still waits, it is answered by that."""
        question, self.question = self.question, None
        if question is not None and not question.is_abandoned:
            self.consumer.move(queue)
            question.answer(None)

    @property
    def goes_on(self) -> bool:
        """It is served by the next home as if nothing had happened."""
        return not (self.is_begun and wants_to_hear_of_failover(self.consumer.arguments))

    def serve(self) -> None:
        """Hand on what has come while the consumer takes it."""
        while self.buffer and self.is_ready and self.is_begun:
            message, redelivered = self.buffer.popleft()
            self.handed += 1
            if self.is_reader:
                self.consumer.reached = offset_of(message) + 1
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
        if not self.is_begun or not self.is_subscribed:
            return None
        up_to = self.handed + min(self.consumer.appetite, AHEAD_MAX)
        if (up_to, self.handed) == self.said:
            return None
        self.said = up_to, self.handed
        return frames.Credit(self.number, up_to, self.handed)


class RemoteConsumers(DistantConsumers):
    """All of one queue.

    soon: calls at the end of the turn. say: tells the home, if it is there.
    hand_back: takes messages that have come and are for nobody here.
    """

    def __init__(
        self,
        soon: Callable[[Callable[[], None]], None],
        say: Callable[[frames.Credit], None],
        hand_back: Callable[[list[Message]], None],
    ) -> None:
        self._soon = soon
        self._say = say
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

    def find(self, number: int) -> Subscription | None:
        """By the number that the home knows it by."""
        return self._by_number.get(number)

    def subscriptions(self) -> list[Subscription]:
        """In the order in which they came."""
        return list(self._all.values())

    def add(
        self, consumer: Client, prefetch_count: int, question: Question[None] | None = None
    ) -> Subscription:
        """A new one; it gets nothing before a home has it and it was begun."""
        added = self._all[consumer] = Subscription(consumer, prefetch_count, question)
        return added

    def renew(self, subscription: Subscription, number: int = 0) -> None:
        """A home is asked to have it under this number, or has it no more."""
        self._by_number.pop(subscription.number, None)
        subscription.renew(number)
        if number:
            self._by_number[number] = subscription

    def interrupt(self, subscription: Subscription) -> None:
        """No home has it, for a while."""
        self.renew(subscription)
        if not subscription.goes_on:
            self.end(subscription)

    def end(self, subscription: Subscription) -> None:
        """No home has it, nor will: its client is told."""
        self.remove(subscription.consumer)
        subscription.consumer.queue_gone()

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
        self._by_number.pop(subscription.number, None)
        return subscription.number, [message for message, _redelivered in subscription.buffer]

    def resume(self, consumer: Consumer) -> None:
        if consumer in self._all:
            self._all[consumer].is_ready = True
            self.look_soon()

    def park(self, consumer: Consumer) -> None:
        if consumer in self._all:
            self._all[consumer].is_ready = False
            self.look_soon()

    def take(self, number: int, messages: list[Message], *, redelivered: bool) -> None:
        """Messages have come for one of them."""
        subscription = self._by_number.get(number)
        if subscription is None:
            self._hand_back(messages)
            return
        subscription.buffer.extend((message, redelivered) for message in messages)
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
            self._soon(self._look)

    def _look(self) -> None:
        self._is_to_look = False
        self.serve()
        for subscription in list(self._all.values()):
            credit = subscription.credit()
            if credit is not None:
                self._say(credit)
