"""What a node has of a queue whose home is another node: the verbs of DistantQueue, over a Home.

An ordinary queue is lost with its home, until that is back. A mirrored one gets another home, or
this node leads it itself and a real queue stands in its place: publishers, consumers and whoever
asked something go on there, and need not know.

Rule: what a client holds of the queue is known here by its position, at the home by the number of
the delivery; `_out` has both. A position that is not there was lost with the home, and whatever
becomes of it concerns nobody.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from leveret.broker.arguments import STREAM
from leveret.broker.errors import NotFound, Unsupported
from leveret.broker.queues.distant import Counts, DistantQueue, Got, Question
from leveret.cluster.remote import frames
from leveret.cluster.remote.asking import Once, Questions, Standing, Told
from leveret.cluster.remote.consumers import RemoteConsumers, Subscription
from leveret.cluster.remote.patience import Patience
from leveret.cluster.remote.publishes import Publishes
from leveret.cluster.remote.subscribing import Subscribing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from leveret.broker.message import Message
    from leveret.broker.queues.consumers import Consumer
    from leveret.broker.queues.distant import Client
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.queues.queue import QueueOptions
    from leveret.cluster.remote.frames import Answer, Carried, Frame
    from leveret.cluster.remote.home import Home

# How long who asks waits for somebody to lead the queue.
PATIENCE_S: Final = 15.0


class RemoteQueue(DistantQueue):
    """The queue as this node's sessions see it. is_mirrored: it outlives its home."""

    consumers: RemoteConsumers

    def __init__(
        self,
        vhost_name: str,
        name: str,
        options: QueueOptions,
        home: Home,
        *,
        is_mirrored: bool = False,
    ) -> None:
        super().__init__(vhost_name, name, options, home.node)
        self.is_mirrored = is_mirrored
        self.consumers = RemoteConsumers(home.agenda.soon, self._say_credit, self.hand_back)
        self._home = home
        self._out: dict[int, int] = {}
        self._publishes = Publishes(home.next_number)
        self._questions = Questions(self)
        # The home before this one has yet to say what it has taken.
        self._parting_from: Home | None = None
        self._patience = Patience(home.agenda, PATIENCE_S, self._refuse_questions)
        # What is to be done when there is room again; when it is known who leads the queue.
        self._to_publish: list[Callable[[], None]] = []
        self._to_move: list[Callable[[], None]] = []
        home.queues.add(self)
        if is_mirrored and not home.is_up:
            self._patience.begin()

    @property
    def is_up(self) -> bool:
        return self.is_mirrored or self._home.is_up

    def check_home(self) -> None:
        if self._patience.is_over or not self.is_up:
            raise self.absence()

    @property
    def _is_served(self) -> bool:
        return self._home.is_up and self._parting_from is None

    # Publishing ------------------------------------------------------------------------------

    def publish(self, message: Message) -> None:
        if not self._publishes.add(message):
            return
        if self._is_served:
            self._home.say_soon(self)
        elif not self.is_mirrored:
            # Who publishes hears of it when he has asked to.
            self._home.agenda.soon(self._refuse_unsaid)

    def _refuse_unsaid(self) -> None:
        if not self.is_up:
            self._publishes.refuse()

    def say_publishes(self) -> None:
        """What was published and not said yet, to the home if it is there."""
        if self._is_served:
            self._publishes.say(partial(self._home.publish, self))

    def when_taken(self, action: Callable[[bool], None]) -> None:
        self._publishes.when_taken(action)

    def answered(self, tickets: Iterable[int], *, is_taken: bool) -> None:
        """The home has them safe, or will not have them."""
        self._publishes.answered(tickets, is_taken=is_taken)
        self._look_writable()

    @property
    def is_behind(self) -> bool:
        return self._publishes.is_much or (self._home.is_up and self._home.is_behind)

    def when_writable(self, action: Callable[[], None]) -> None:
        self._to_publish.append(action)
        if self._home.is_up and self._home.is_behind:
            self._home.when_writable(self._look_writable)
        self._look_writable()

    def _look_writable(self) -> None:
        if self._to_publish and not self.is_behind:
            _do_all(self._to_publish)

    # Deliveries ------------------------------------------------------------------------------

    def take(self, carried: Carried, delivery: int) -> Message:
        """A message that has come from the home, as this node's own.

        is_stored: so it is settled like one that a store has."""
        message = frames.unpack(carried, self._home.next_position())
        message.is_stored = True
        self._out[message.position] = delivery
        return message

    def delivered(self, told: frames.Delivered) -> None:
        taken = map(self.take, told.messages, told.deliveries)
        self.consumers.take(told.consumer, list(taken), redelivered=told.redelivered)

    def settle(self, message: Message) -> None:
        delivery = self._out.pop(message.position, None)
        if delivery is not None:
            self._home.settle((delivery,))
            self.consumers.look_soon()

    def settle_all(self, positions: Sequence[int]) -> None:
        deliveries = self._forget(positions)
        if deliveries:
            self._home.settle(deliveries)
            self.consumers.look_soon()

    def requeue(self, messages: Iterable[Message]) -> None:
        self._return(messages, frames.Requeue)

    def reject(self, messages: Sequence[Message]) -> None:
        if self.type == STREAM:
            raise Unsupported(f"basic.nack and basic.reject not supported by stream queues {self}")
        self._return(messages, frames.Reject)

    def hand_back(self, messages: Iterable[Message]) -> None:
        self._return(messages, frames.HandBack)

    def _return(self, messages: Iterable[Message], how: Callable[[tuple[int, ...]], Frame]) -> None:
        deliveries = self._forget([each.position for each in messages])
        if deliveries:
            self._home.ask(how(tuple(deliveries)))
            self.consumers.look_soon()

    def _forget(self, positions: Iterable[int]) -> list[int]:
        out = self._out
        return [out.pop(position) for position in positions if position in out]

    # Consumers -------------------------------------------------------------------------------

    def adopt(self, consumer: Client) -> None:
        subscription = self.consumers.add(consumer, consumer.prefetch_count)
        subscription.is_begun = True
        if self._is_served:
            self._subscribe(subscription)
        elif not self.is_mirrored:
            self.consumers.end(subscription)

    def begin(self, consumer: Consumer) -> None:
        self.consumers.begin(consumer)

    def pump(self) -> None:
        self.consumers.serve()

    def unsubscribe(self, consumer: Consumer) -> None:
        number, buffered = self.consumers.remove(consumer)
        self._home.forget_consumer(number)
        self.hand_back(buffered)

    def ended(self, number: int) -> None:
        """The home has ended one of the consumers: the queue is gone, or led by somebody else."""
        subscription = self.consumers.find(number)
        if subscription is None:
            return
        self._forget([message.position for message, _redelivered in subscription.buffer])
        if self.is_mirrored and self._is_served and subscription.goes_on:
            self._subscribe(subscription)
        else:
            self.consumers.end(subscription)

    def _say_credit(self, credit: frames.Credit) -> None:
        if self._is_served:
            self._home.ask(credit)

    def _subscribe(self, subscription: Subscription) -> None:
        """Have the home serve it."""
        number = self._home.next_number()
        self.consumers.renew(subscription, number)
        self._home.add_consumer(number, self)
        self._home.question(self, Subscribing(self, subscription, number))

    # Asked -----------------------------------------------------------------------------------

    def ask_counts(self) -> Question[Counts]:
        return self._ask(self._questions.counts())

    def ask_get(self) -> Question[Got | None]:
        return self._ask(self._questions.get())

    def ask_purge(self) -> Question[int]:
        return self._ask(self._questions.purge())

    def ask_deletion(self, *, if_unused: bool, if_empty: bool) -> Question[int]:
        return self._ask(self._questions.deletion(if_unused=if_unused, if_empty=if_empty))

    def _ask(self, standing: Standing[Told]) -> Question[Told]:
        if self._is_served:
            self._home.question(self, standing)
        return standing.question

    def ask_subscription(self, consumer: Client, *, prefetch_count: int) -> Question[None]:
        def ended(_subscribed: None) -> None:
            if consumer in list(self.consumers):
                self.unsubscribe(consumer)

        question: Question[None] = Question(ended, lambda: self.consumers.discard(consumer))
        subscription = self.consumers.add(consumer, prefetch_count, question)
        if self._is_served:
            self._subscribe(subscription)
        return question

    def _refuse_questions(self) -> None:
        """Nobody is there to answer."""
        self._questions.refuse(self.absence())
        for subscription in self.consumers.subscriptions():
            subscription.refuse(self.absence())

    # Another home ------------------------------------------------------------------------------

    def when_moved(self, action: Callable[[], None]) -> None:
        """Call it when the queue has another home, is led here itself, or is no more."""
        self._to_move.append(action)

    def move_home(self, home: Home, *, is_mirrored: bool) -> None:
        """The queue's messages are there from now on."""
        old, was_mirrored = self._home, self.is_mirrored
        self.is_mirrored = is_mirrored
        if home is old:
            if was_mirrored and not is_mirrored and not home.is_up:
                self.home_lost()
            return
        self._leave(old)
        self._home = home
        self.home = home.node or self.home
        home.queues.add(self)
        _do_all(self._to_move)
        self.arrive()

    def _part(self, home: Home) -> None:
        """It has yet to say what it has taken, and keeps nothing more for this queue."""

        def frame(number: int) -> Frame:
            return frames.Part(number, self.vhost_name, self.name)

        if self._parting_from is home:
            # It led the queue again meanwhile; what it was asked before it is not to answer.
            self._parting_from = None
        if self._parting_from is None and self._publishes.is_awaited:
            self._parting_from = home
            home.question(self, Once(frame, lambda _told: self._part_at_last(), self._part_at_last))
        else:
            home.question(self, Once(frame, lambda _told: None))

    def _part_at_last(self) -> None:
        """The home before this one has said all that it had to say."""
        if self._parting_from is not None:
            self._parting_from = None
            self.arrive()

    def _leave(self, home: Home) -> None:
        """Nothing of it counts any more but what it says of publishes."""
        self._out.clear()
        home.leave(self)
        for subscription in self.consumers.subscriptions():
            home.forget_consumer(subscription.number)
            self.consumers.interrupt(subscription)
        if self.is_mirrored:
            self._patience.begin()
        else:
            self._patience.end()
        if home.is_up:
            self._part(home)

    def arrive(self) -> None:
        """Say to the home, which knows nothing of it, all that nobody has answered."""
        if self._parting_from is not None:
            return
        self._publishes.unsay()
        if not self._home.is_up:
            if not self.is_mirrored:
                self.home_lost()
            return
        self.say_publishes()
        for standing in self._questions.waiting():
            self._home.question(self, standing)
        for subscription in self.consumers.subscriptions():
            self._subscribe(subscription)
        if self.is_mirrored:
            # Whoever does not lead it yet answers when it does.
            self._home.question(self, Once(self._questions.counting, self._served))

    def _served(self, told: Answer) -> None:
        self._patience.end()
        if isinstance(told, frames.Counted):
            self.ready.count = told.messages

    # The end ---------------------------------------------------------------------------------

    def home_lost(self) -> None:
        """The home is down: what is out is forgotten. A mirrored queue waits for another."""
        self._out.clear()
        if self.is_mirrored:
            for subscription in self.consumers.subscriptions():
                self.consumers.interrupt(subscription)
            self._patience.begin()
            return
        self.ready.count = 0
        for subscription in self.consumers.subscriptions():
            self.consumers.end(subscription)
            subscription.refuse(self.absence())
        self._publishes.refuse()
        self._questions.refuse(self.absence())
        self._look_writable()

    def give_way(self, successor: AnyQueue) -> list[Client]:
        """This node leads it: what stands out is said to the queue itself, as by a peer."""
        self.successor = successor
        self.is_deleted = True
        own = self._home.own
        self._leave(self._home)
        self._patience.end()
        self._parting_from = None
        self._home = own
        self._publishes.unsay()
        self.say_publishes()
        for standing in self._questions.waiting():
            own.question(self, standing)
        subscriptions = self.consumers.subscriptions()
        going_on = [each.consumer for each in subscriptions if each.question is None]
        for subscription in subscriptions:
            self.consumers.remove(subscription.consumer)
            subscription.pass_on(successor)
        self.tally.close(self)
        _do_all(self._to_move)
        self._look_writable()
        return going_on

    def delete(self) -> int:
        self.is_deleted = True
        self._patience.end()
        self._publishes.refuse()
        deletions = self._questions.deleted(NotFound(f"no {self}"))
        self._home.leave(self, but=deletions)
        for each in () if self._is_served else deletions:
            each.lost()
        for subscription in self.consumers.subscriptions():
            self.consumers.remove(subscription.consumer)
            self._home.forget_consumer(subscription.number)
            self._home.agenda.soon(subscription.consumer.queue_gone)
            subscription.refuse(NotFound(f"no {self}"))
        self._out.clear()
        self.tally.close(self)
        _do_all(self._to_move)
        self._look_writable()
        return 0


def _do_all(actions: list[Callable[[], None]]) -> None:
    """Each once; further ones may come of it."""
    due = actions[:]
    actions.clear()
    for action in due:
        action()
