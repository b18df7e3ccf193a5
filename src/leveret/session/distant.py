"""What a session asks of a queue whose home is another node: the reply waits for the home's answer.

Rule: a channel waits for one question at a time, and abandons it when it ends; by then the home
may have said a message or a subscription, which goes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from leveret.broker.arguments import STREAM
from leveret.broker.errors import PreconditionFailed
from leveret.session.later import Later
from leveret.session.throttle import HOME
from leveret.wire import methods

Asked = TypeVar("Asked")

# What a commit is told when a queue had no place for one of its messages.
PARTIAL: Final = "partial tx completion"

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.queues.distant import DistantQueue, Got, Question
    from leveret.session.channel import Channel
    from leveret.session.confirms import Confirms
    from leveret.session.consumer import Consumer
    from leveret.session.later import Answer


def _ask(channel: Channel, question: Question[Asked], act: Callable[[Asked], Answer]) -> Later:
    """Wait for the home, then act on what it says."""
    channel.asked = question

    def collect() -> Answer:
        channel.asked = None
        return act(question.collect())

    return Later(question.when_answered, collect)


def declare(channel: Channel, queue: DistantQueue) -> Later:
    return _ask(
        channel,
        queue.ask_counts(),
        lambda counts: methods.QueueDeclareOk(
            queue=queue.name,
            message_count=counts.messages,
            consumer_count=0 if queue.type == STREAM else counts.consumers,
        ),
    )


def purge(channel: Channel, queue: DistantQueue) -> Later:
    return _ask(channel, queue.ask_purge(), lambda count: methods.QueuePurgeOk(message_count=count))


def delete(channel: Channel, queue: DistantQueue, *, if_unused: bool, if_empty: bool) -> Later:
    return _ask(
        channel,
        queue.ask_deletion(if_unused=if_unused, if_empty=if_empty),
        lambda count: methods.QueueDeleteOk(message_count=count),
    )


def get(
    channel: Channel,
    queue: DistantQueue,
    hand_out: Callable[[Got], None],
) -> Later:
    """hand_out: answers with what was found."""

    def act(got: Got | None) -> methods.BasicGetEmpty | None:
        if got is None:
            channel.tally.of(queue, channel).get_empty += 1
            return methods.BasicGetEmpty()
        hand_out(got)
        return None

    return _ask(channel, queue.ask_get(), act)


def consume(
    channel: Channel, queue: DistantQueue, consumer: Consumer, begin: Callable[[], None]
) -> Later:
    """begin: answers, and has the consumer served."""

    def act(_subscribed: None) -> None:
        queue.begin(consumer)
        begin()

    question = queue.ask_subscription(consumer, prefetch_count=channel.prefetch_count)
    return _ask(channel, question, act)


def settled_later(channel: Channel, queues: tuple[DistantQueue, ...]) -> None:
    """A message was just published to these: its confirm, or the commit, waits for their homes, and
    the publisher for one that does not keep up."""
    confirms = channel.confirms
    if confirms is not None:
        number = confirms.expect(len(queues))
        for queue in queues:
            queue.when_taken(lambda is_taken: _taken(channel, confirms, number, is_taken))
    elif channel.commit is not None:
        channel.commit.expect(queues)
    for queue in queues:
        if queue.is_mirrored:
            channel.session.blocking.has_published_copies()
        if queue.is_behind:
            channel.session.throttle.hold_until(HOME, queue.when_writable)


def _taken(channel: Channel, confirms: Confirms, number: int, is_taken: bool) -> None:
    """A home has the message safe, or will not have it: it is confirmed at the end of the turn,
    with others, or refused at once."""
    session = channel.session
    refusal = confirms.answered(number, is_taken=is_taken)
    if refusal:
        session.connection.write(refusal)
    if not confirms.is_answering:
        confirms.is_answering = True
        session.broker.agenda.soon(lambda: _confirm(channel, confirms))


def _confirm(channel: Channel, confirms: Confirms) -> None:
    answer = confirms.take_answered()
    if answer:
        channel.session.connection.write(answer)


class Abandonable(Protocol):
    """A question, whatever its answer is."""

    def abandon(self) -> None: ...


class Commit:
    """What one tx.commit has published to queues elsewhere: it is answered when their homes have
    it, or with a refusal when one of them had no place for it, or is down."""

    def __init__(self) -> None:
        self._is_refused = False
        self._left = 0
        self._actions: list[Callable[[], None]] = []

    def expect(self, queues: tuple[DistantQueue, ...]) -> None:
        """A message was just published to these."""
        self._left += len(queues)
        for queue in queues:
            queue.when_taken(self._taken)

    def end(self) -> Later | None:
        """All is published: what the reply waits for, if anything."""
        return Later(self._when_complete, self._reply) if self._left else None

    def _when_complete(self, action: Callable[[], None]) -> None:
        self._actions.append(action)
        if not self._left:
            self._tell()

    def _reply(self) -> methods.TxCommitOk:
        if self._is_refused:
            raise PreconditionFailed(PARTIAL)
        return methods.TxCommitOk()

    def _taken(self, is_taken: bool) -> None:
        self._left -= 1
        self._is_refused = self._is_refused or not is_taken
        if not self._left:
            self._tell()

    def _tell(self) -> None:
        actions, self._actions = self._actions, []
        for action in actions:
            action()
