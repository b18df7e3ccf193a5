"""Another node as the home of queues: what is asked of it, what it has yet to answer.

Rule: when the home is lost nothing of it is heard any more, and each of its queues does with what
stands out as it has to: an ordinary one refuses it, a mirrored one says it again to the next home.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Protocol

from leveret.cluster.remote import frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from leveret.broker.agenda import Agenda
    from leveret.broker.broker import Broker
    from leveret.broker.message import Message
    from leveret.cluster.remote.asking import Asked
    from leveret.cluster.remote.frames import Frame, Told
    from leveret.cluster.remote.queue import RemoteQueue


class Way(Protocol):
    """How frames get to the home.

    is_behind: more waits to be sent than is good.
    """

    @property
    def is_behind(self) -> bool: ...

    def ask(self, frame: Frame) -> None:
        """Say it; lost while the home is down."""

    def when_writable(self, action: Callable[[], None]) -> None:
        """Call it once, when it is not behind any more; never if the home is lost before."""


class Home:
    """The other node. is_up: it can be reached.

    queues: those of this node's broker whose home it is.
    own: this node as a home to itself, for what its sessions asked of a queue before it led it.
    next_number: names what is asked; never the same twice, whichever home is asked.
    """

    def __init__(
        self,
        broker: Broker,
        node: str,
        way: Way,
        next_number: Callable[[], int] | None = None,
        own: Home | None = None,
    ) -> None:
        self.node = node
        self.is_up = False
        self.queues: set[RemoteQueue] = set()
        self.own = self if own is None else own
        self.next_number = next_number or count(1).__next__
        self._broker = broker
        self._way = way
        self._tickets: dict[int, RemoteQueue] = {}
        self._asked: dict[int, tuple[RemoteQueue, Asked]] = {}
        self._consumers: dict[int, RemoteQueue] = {}
        # Said together at the end of the turn, or before what is said next: what was published, by
        # these queues, and the deliveries that are settled.
        self._publishing: dict[RemoteQueue, None] = {}
        self._settled: list[int] = []

    def next_position(self) -> int:
        """A place in this node's order."""
        return self._broker.next_position()

    @property
    def agenda(self) -> Agenda:
        return self._broker.agenda

    @property
    def is_behind(self) -> bool:
        return self._way.is_behind

    def when_writable(self, action: Callable[[], None]) -> None:
        """See Way."""
        self._way.when_writable(action)

    # Asking ----------------------------------------------------------------------------------

    def ask(self, frame: Frame) -> None:
        """Say it, behind all that was said before."""
        self._say_all()
        self._way.ask(frame)

    def say_soon(self, queue: RemoteQueue) -> None:
        """The queue has something published to say."""
        self._look_soon()
        self._publishing[queue] = None

    def publish(
        self,
        queue: RemoteQueue,
        tickets: list[int],
        messages: list[Message],
        firsts: tuple[int, ...],
    ) -> None:
        """tickets: what they will be answered by, of next_number. firsts: see frames.Publish."""
        self._tickets.update(dict.fromkeys(tickets, queue))
        carried = [frames.carry(each) for each in messages]
        self._way.ask(frames.Publish(tickets[0], queue.vhost_name, queue.name, carried, firsts))

    def question(self, queue: RemoteQueue, asked: Asked) -> None:
        number = self.next_number()
        self._asked[number] = queue, asked
        self.ask(asked.frame(number))

    def add_consumer(self, number: int, queue: RemoteQueue) -> None:
        """Deliveries for it are that queue's."""
        self._consumers[number] = queue

    def forget_consumer(self, number: int) -> None:
        """It ended; what is still on its way to it is handed back."""
        if self._consumers.pop(number, None) is not None and self.is_up:
            self.ask(frames.Unsubscribe(number))

    def leave(self, queue: RemoteQueue, but: Sequence[Asked] = ()) -> None:
        """The queue has another home, or is no more: what was asked of this one it is not to
        answer, but for some."""
        self.queues.discard(queue)
        self._asked = {
            number: asked
            for number, asked in self._asked.items()
            if asked[0] is not queue or asked[1] in but
        }

    def settle(self, deliveries: Iterable[int]) -> None:
        """These are done with."""
        self._look_soon()
        self._settled += deliveries

    def _look_soon(self) -> None:
        if not self._publishing and not self._settled:
            self.agenda.soon(self._say_all)

    def _say_all(self) -> None:
        """What was published first: of a message that goes on here none is lost on the way."""
        publishing, self._publishing = self._publishing, {}
        for queue in publishing:
            queue.say_publishes()
        settled, self._settled = self._settled, []
        if settled:
            self._way.ask(frames.Settle(tuple(settled)))

    # Hearing ---------------------------------------------------------------------------------

    def hear(self, told: Told) -> None:
        match told:
            case frames.Taken():
                self._answered(told.tickets, is_taken=True)
            case frames.Refused():
                self._answered((told.ticket,), is_taken=False)
            case frames.Delivered():
                self._delivered(told)
            case frames.Ended():
                queue = self._consumers.pop(told.consumer, None)
                if queue is not None:
                    queue.ended(told.consumer)
            case _:
                asked = self._asked.pop(told.question, None)
                if asked is not None:
                    asked[1].hear(told)

    def _answered(self, tickets: Iterable[int], *, is_taken: bool) -> None:
        by_queue: dict[RemoteQueue, list[int]] = {}
        for ticket in tickets:
            queue = self._tickets.pop(ticket, None)
            if queue is not None:
                by_queue.setdefault(queue, []).append(ticket)
        for queue, answered in by_queue.items():
            queue.answered(answered, is_taken=is_taken)

    def _delivered(self, told: frames.Delivered) -> None:
        queue = self._consumers.get(told.consumer)
        if queue is None:
            self.ask(frames.HandBack(tuple(told.deliveries)))
        else:
            queue.delivered(told)

    # Up and down -----------------------------------------------------------------------------

    def changed(self, *, is_up: bool) -> None:
        """The home was lost, or is there again."""
        self.is_up = is_up
        for vhost in self._broker.vhosts.values():
            vhost.forget_routes()
        if is_up:
            for queue in list(self.queues):
                queue.arrive()
        else:
            self._lose()

    def _lose(self) -> None:
        self._settled.clear()
        self._publishing.clear()
        self._consumers.clear()
        self._tickets.clear()
        asked, self._asked = self._asked, {}
        for queue in list(self.queues):
            queue.home_lost()
        for _queue, each in asked.values():
            each.lost()
