"""Another node as the home of queues: what is asked of it, what it has yet to answer.

Rule: when the home is lost everything that it owes is settled at once: questions are refused,
publishes too, and its queues forget what they have of it. Nothing of it is heard afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from leveret.broker import errors
from leveret.broker.queues.distant import Counts, Got
from leveret.cluster.remote import frames

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.broker import Broker
    from leveret.broker.queues.distant import Question
    from leveret.cluster.remote.frames import Frame, Told
    from leveret.cluster.remote.queue import RemoteQueue

REFUSALS: Final[dict[int, type[errors.Refused]]] = {
    each.code: each
    for each in (
        errors.AccessRefused,
        errors.NotFound,
        errors.ResourceLocked,
        errors.PreconditionFailed,
        errors.SyntaxRefused,
        errors.CommandInvalid,
        errors.NotAllowed,
        errors.Unsupported,
    )
}


class Home:
    """The other node. ask: sends it a frame. is_up: it can be reached.

    queues: those of this node's broker whose home it is.
    """

    def __init__(self, broker: Broker, node: str, ask: Callable[[Frame], None]) -> None:
        self.node = node
        self.is_up = False
        self.queues: set[RemoteQueue] = set()
        self._broker = broker
        self._ask = ask
        self._last = 0
        self._tickets: dict[int, Callable[[bool], None]] = {}
        self._counts: dict[int, tuple[RemoteQueue, Question[Counts]]] = {}
        self._numbers: dict[int, tuple[RemoteQueue, Question[int]]] = {}
        self._gets: dict[int, tuple[RemoteQueue, Question[Got | None]]] = {}
        self._subscriptions: dict[int, tuple[RemoteQueue, Question[None]]] = {}
        self._questions: tuple[dict[int, tuple[RemoteQueue, Question[Any]]], ...] = (
            self._counts,
            self._numbers,
            self._gets,
            self._subscriptions,
        )
        self._consumers: dict[int, RemoteQueue] = {}
        # Deliveries that are settled with one frame at the end of the turn.
        self._settled: list[int] = []

    def next_number(self) -> int:
        """A name for something asked, never used before."""
        self._last += 1
        return self._last

    def next_position(self) -> int:
        """A place in this node's order."""
        return self._broker.next_position()

    def soon(self, action: Callable[[], None]) -> None:
        self._broker.agenda.soon(action)

    # Asking ----------------------------------------------------------------------------------

    def ask(self, frame: Frame) -> None:
        """Say it, behind all that was said before."""
        self._say_settled()
        self._ask(frame)

    def ask_counts(self, queue: RemoteQueue, asked: frames.Ask, question: Question[Counts]) -> None:
        self._counts[asked.question] = queue, question
        self.ask(asked)

    def ask_number(
        self, queue: RemoteQueue, asked: frames.Purge | frames.Delete, question: Question[int]
    ) -> None:
        self._numbers[asked.question] = queue, question
        self.ask(asked)

    def ask_get(
        self, queue: RemoteQueue, asked: frames.Get, question: Question[Got | None]
    ) -> None:
        self._gets[asked.question] = queue, question
        self.ask(asked)

    def ask_subscription(
        self, queue: RemoteQueue, asked: frames.Subscribe, question: Question[None]
    ) -> None:
        self._subscriptions[asked.question] = queue, question
        self._consumers[asked.consumer] = queue
        self.ask(asked)

    def forget_consumer(self, number: int) -> None:
        """It ended; what is still on its way to it is handed back."""
        if self._consumers.pop(number, None) is not None:
            self.ask(frames.Unsubscribe(number))

    def settle(self, deliveries: list[int]) -> None:
        """These are done with; the home hears of it at the end of the turn, or before what is said
        next."""
        if not self._settled:
            self.soon(self._say_settled)
        self._settled += deliveries

    def _say_settled(self) -> None:
        if self._settled:
            settled, self._settled = self._settled, []
            self._ask(frames.Settle(tuple(settled)))

    def when_taken(self, ticket: int, action: Callable[[bool], None]) -> None:
        """Call it later, when the home has the message of that ticket safe, or will not have it."""
        self._tickets[ticket] = action
        if not self.is_up:
            self.soon(lambda: self._taken(ticket, is_taken=False))

    # Hearing ---------------------------------------------------------------------------------

    def hear(self, told: Told) -> None:
        match told:
            case frames.Taken():
                for ticket in told.tickets:
                    self._taken(ticket, is_taken=True)
            case frames.Refused():
                self._taken(told.ticket, is_taken=False)
            case frames.Delivered():
                self._delivered(told)
            case frames.Ended():
                queue = self._consumers.pop(told.consumer, None)
                if queue is not None:
                    queue.ended(told.consumer)
            case _:
                self._hear_answer(told)

    def _taken(self, ticket: int, *, is_taken: bool) -> None:
        action = self._tickets.pop(ticket, None)
        if action is not None:
            action(is_taken)

    def _delivered(self, told: frames.Delivered) -> None:
        queue = self._consumers.get(told.consumer)
        if queue is None:
            self.ask(frames.HandBack((told.delivery,)))
        else:
            queue.delivered(told)

    def _hear_answer(
        self, told: frames.Counted | frames.Found | frames.Nothing | frames.Declined
    ) -> None:
        match told:
            case frames.Counted():
                self._hear_counted(told)
            case frames.Found():
                asked = self._gets.pop(told.question, None)
                if asked is not None:
                    queue, question = asked
                    message = queue.take(told.message, told.delivery)
                    queue.ready.count = told.left
                    question.answer(Got(message, told.redelivered, told.left))
            case frames.Nothing():
                if (get := self._gets.pop(told.question, None)) is not None:
                    get[0].ready.count = 0
                    get[1].answer(None)
                elif (done := self._subscriptions.pop(told.question, None)) is not None:
                    done[1].answer(None)
            case _:
                self._declined(told)

    def _hear_counted(self, told: frames.Counted) -> None:
        if (asked := self._counts.pop(told.question, None)) is not None:
            queue, question = asked
            queue.ready.count = told.messages
            question.answer(Counts(told.messages, told.consumers))
        elif (number := self._numbers.pop(told.question, None)) is not None:
            number[0].ready.count = 0
            number[1].answer(told.messages)

    def _declined(self, told: frames.Declined) -> None:
        refusal = REFUSALS.get(told.code, errors.NotFound)(told.text)
        for waiting in self._questions:
            asked = waiting.pop(told.question, None)
            if asked is not None:
                asked[1].refuse(refusal)

    # Up and down -----------------------------------------------------------------------------

    def changed(self, *, is_up: bool) -> None:
        """The home was lost, or is there again."""
        self.is_up = is_up
        for vhost in self._broker.vhosts.values():
            vhost.forget_routes()
        if not is_up:
            self._lose()

    def _lose(self) -> None:
        self._settled.clear()
        self._consumers.clear()
        for queue in list(self.queues):
            queue.home_lost()
        tickets, self._tickets = self._tickets, {}
        for action in tickets.values():
            action(False)
        for waiting in self._questions:
            asked = list(waiting.values())
            waiting.clear()
            for queue, question in asked:
                question.refuse(queue.absence())
