"""What a node has of a queue whose home is another node: the verbs of DistantQueue, over a Home.

Rule: what a client holds of the queue is known here by its position, at the home by the number of
the delivery; `_out` has both. A position that is not there was lost with the home, and whatever
becomes of it concerns nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.arguments import STREAM
from leveret.broker.errors import Unsupported
from leveret.broker.queues.distant import Counts, DistantQueue, Got, Question
from leveret.cluster.remote import frames
from leveret.cluster.remote.consumers import RemoteConsumers
from leveret.wire.values import encode_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from leveret.broker.message import Message
    from leveret.broker.queues.consumers import Consumer
    from leveret.broker.queues.distant import Client
    from leveret.broker.queues.queue import QueueOptions
    from leveret.broker.vhost import Vhost
    from leveret.cluster.remote.frames import Carried
    from leveret.cluster.remote.home import Home


class RemoteQueue(DistantQueue):
    """The queue as this node's sessions see it."""

    consumers: RemoteConsumers

    def __init__(self, vhost_name: str, name: str, options: QueueOptions, home: Home) -> None:
        super().__init__(vhost_name, name, options, home.node)
        self.consumers = RemoteConsumers(home, self._hand_back)
        self._home = home
        self._out: dict[int, int] = {}
        self._ticket = 0
        home.queues.add(self)

    @property
    def is_up(self) -> bool:
        return self._home.is_up

    # Publishing ------------------------------------------------------------------------------

    def publish(self, message: Message) -> None:
        self._ticket = self._home.next_number()
        carried = frames.carry(message)
        self._home.ask(frames.Publish(self._ticket, self.vhost_name, self.name, carried))

    def when_taken(self, action: Callable[[bool], None]) -> None:
        self._home.when_taken(self._ticket, action)

    # Deliveries ------------------------------------------------------------------------------

    def take(self, carried: Carried, delivery: int) -> Message:
        """A message that has come from the home, as this node's own.

        is_stored: so it is settled like one that a store has."""
        message = frames.unpack(carried, self._home.next_position())
        message.is_stored = True
        self._out[message.position] = delivery
        return message

    def delivered(self, told: frames.Delivered) -> None:
        message = self.take(told.message, told.delivery)
        self.consumers.take(told.consumer, message, redelivered=told.redelivered)

    def settle(self, message: Message) -> None:
        self.settle_all((message.position,))

    def settle_all(self, positions: Sequence[int]) -> None:
        deliveries = self._forget(positions)
        if deliveries:
            self._home.settle(deliveries)
            self.consumers.look_soon()

    def requeue(self, messages: Iterable[Message]) -> None:
        deliveries = self._forget([each.position for each in messages])
        if deliveries:
            self._home.ask(frames.Requeue(tuple(deliveries)))
            self.consumers.look_soon()

    def reject(self, messages: Sequence[Message]) -> None:
        if self.type == STREAM:
            raise Unsupported(f"basic.nack and basic.reject not supported by stream queues {self}")
        deliveries = self._forget([each.position for each in messages])
        if deliveries:
            self._home.ask(frames.Reject(tuple(deliveries)))
            self.consumers.look_soon()

    def _hand_back(self, messages: Iterable[Message]) -> None:
        deliveries = self._forget([each.position for each in messages])
        if deliveries:
            self._home.ask(frames.HandBack(tuple(deliveries)))

    def _forget(self, positions: Iterable[int]) -> list[int]:
        out = self._out
        return [out.pop(position) for position in positions if position in out]

    # Consumers -------------------------------------------------------------------------------

    def begin(self, consumer: Consumer) -> None:
        self.consumers.begin(consumer)

    def pump(self) -> None:
        self.consumers.serve()

    def unsubscribe(self, consumer: Consumer) -> None:
        number, buffered = self.consumers.remove(consumer)
        self._home.forget_consumer(number)
        self._hand_back(buffered)

    def ended(self, number: int) -> None:
        """The home has ended one of the consumers."""
        consumer = self.consumers.find(number)
        if consumer is not None:
            self._forget([each.position for each in self.consumers.remove(consumer)[1]])
            consumer.queue_gone()

    # Asked -----------------------------------------------------------------------------------

    def ask_counts(self) -> Question[Counts]:
        question: Question[Counts] = Question()
        asked = frames.Ask(self._home.next_number(), self.vhost_name, self.name)
        self._home.ask_counts(self, asked, question)
        return question

    def ask_get(self) -> Question[Got | None]:
        question: Question[Got | None] = Question(self._not_got)
        asked = frames.Get(self._home.next_number(), self.vhost_name, self.name)
        self._home.ask_get(self, asked, question)
        return question

    def _not_got(self, got: Got | None) -> None:
        if got is not None:
            self._hand_back([got.message])

    def ask_purge(self) -> Question[int]:
        question: Question[int] = Question()
        asked = frames.Purge(self._home.next_number(), self.vhost_name, self.name)
        self._home.ask_number(self, asked, question)
        return question

    def ask_deletion(self, *, if_unused: bool, if_empty: bool) -> Question[int]:
        question: Question[int] = Question()
        number = self._home.next_number()
        asked = frames.Delete(number, self.vhost_name, self.name, if_unused, if_empty)
        self._home.ask_number(self, asked, question)
        return question

    def ask_subscription(self, consumer: Client, *, prefetch_count: int) -> Question[None]:
        number = self._home.next_number()
        self.consumers.add(consumer, number)

        def ended(_subscribed: None) -> None:
            if self.consumers.find(number) is consumer:
                self.unsubscribe(consumer)

        question: Question[None] = Question(ended, lambda: self.consumers.discard(consumer))
        asked = frames.Subscribe(
            question=self._home.next_number(),
            vhost=self.vhost_name,
            queue=self.name,
            consumer=number,
            no_ack=consumer.no_ack,
            exclusive=consumer.exclusive,
            priority=int(consumer.priority),
            prefetch_count=prefetch_count,
            is_limited=consumer.is_limited,
            arguments=encode_table(consumer.arguments),
        )
        self._home.ask_subscription(self, asked, question)
        return question

    # The end ---------------------------------------------------------------------------------

    def home_lost(self) -> None:
        """The home is down: consumers end, and what is out is forgotten."""
        self._out.clear()
        self.ready.count = 0
        for consumer in self.consumers:
            self.consumers.remove(consumer)
            consumer.queue_gone()

    def delete(self) -> int:
        self.is_deleted = True
        self._home.queues.discard(self)
        for consumer in self.consumers:
            number, _buffered = self.consumers.remove(consumer)
            self._home.forget_consumer(number)
            self._home.soon(consumer.queue_gone)
        self._out.clear()
        self.tally.close(self)
        return 0


def place(vhost: Vhost, name: str, options: QueueOptions, home: Home) -> RemoteQueue:
    """A queue that is elsewhere comes to be known here."""
    queue = RemoteQueue(vhost.name, name, options, home)
    vhost.queues[name] = queue
    vhost.forget_routes()
    return queue


def withdraw(vhost: Vhost, queue: RemoteQueue) -> None:
    """It is gone, as the metadata say."""
    if vhost.queues.get(queue.name) is queue:
        del vhost.queues[queue.name]
    vhost.bindings.remove_arriving(queue)
    vhost.forget_routes()
    queue.delete()
