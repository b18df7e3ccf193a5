"""Dead letters of a vhost on their way: from the queue they died in to their next queues.

Rule: a dead letter is with the store and its next queues before its old queue lets go of it, both
in one group commit, so it is never lost in between. What dies on the way (the next queue is full)
waits until the letter in hand is delivered: no chain of queues is too long. A message that was
rejected may go round for ever, as in RabbitMQ; others have their turns meanwhile.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from leveret.broker.ports import Leaving
from leveret.broker.queues.deadletter import Death, bury, copy_keys, death_count, is_cycle
from leveret.broker.queues.distant import DistantQueue
from leveret.broker.queues.queue import Queue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leveret.broker.agenda import Agenda
    from leveret.broker.message import Message
    from leveret.broker.queues.deadletter import Reason
    from leveret.broker.queues.ruled import Ruled
    from leveret.broker.routing import Route
    from leveret.broker.vhost import Vhost

# A message that has died in so many queues, or of so many causes, is dropped: its headers would
# outgrow a frame, and each further death costs more than the one before.
DEATHS_MAX: Final = 64
# What follows from one death is dealt with in further turns beyond so many.
TURN_MAX: Final = 200


# A queue that insists (dead-letter strategy at-least-once) asks again so often for a way.
RETRY_S: Final = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Dead:
    """A message that died. time: seconds since 1970."""

    queue: Ruled
    message: Message
    reason: Reason
    time: int


class DeadLetters:
    """One vhost's."""

    def __init__(self, vhost: Vhost, agenda: Agenda) -> None:
        self._vhost = vhost
        self._agenda = agenda
        self._waiting: deque[Dead] = deque()
        # Sent, and not safe yet where they go.
        self._under_way: dict[Dead, None] = {}
        # A next queue, of another node, that does not keep up.
        self._slow: DistantQueue | None = None
        self._is_busy = False
        # Those of queues that insist, and had nowhere to go.
        self._stuck: list[Dead] = []

    def take(self, queue: Ruled, message: Message, reason: Reason) -> None:
        """The message died in the queue, which still holds it if it is stored there."""
        self._waiting.append(Dead(queue, message, reason, int(self._agenda.wall_clock())))
        if self._is_busy:
            return
        self._is_busy = True
        self._deliver_some()

    def _deliver_some(self) -> None:
        """As many as one turn may take."""
        try:
            for _ in range(TURN_MAX):
                if not self._waiting or self._slow is not None:
                    break
                self._deliver(self._waiting.popleft())
        finally:
            slow, self._slow = self._slow, None
            self._is_busy = bool(self._waiting) or slow is not None
            if slow is not None:
                slow.when_writable(lambda: self._agenda.soon(self._deliver_some))
            elif self._is_busy:
                self._agenda.soon(self._deliver_some)

    def _deliver(self, dead: Dead) -> None:
        rules, message = dead.queue.rules, dead.message
        exchange = rules.dead_letter_exchange
        # Without an exchange to go to, and in the end with one, its way is over.
        if exchange in self._vhost.exchanges and death_count(message) < DEATHS_MAX:
            assert exchange is not None
            key = rules.dead_letter_routing_key
            letter = bury(message, Death(dead.queue.name, dead.reason, dead.time, exchange, key))
            route = self._vhost.route(
                exchange, letter.routing_key, letter.properties, copy_keys(letter)
            )
            if rules.insists_on_dead_letters and not _has_place(route, letter):
                self._keep(dead)
                return
            onward = _onward(route, letter, dead.reason)
            is_lettered = _is_taken(onward, letter)
            self._vhost.sender.send(letter, onward, self._leaving(dead, is_lettered=is_lettered))
            self._slow = next((each for each in onward.distant if each.is_behind), None)
            self._vhost.tally.letters_confirmed += rules.insists_on_dead_letters
        elif rules.insists_on_dead_letters and exchange not in self._vhost.exchanges:
            self._keep(dead)
        else:
            _end(dead, is_lettered=False)

    def _leaving(self, dead: Dead, *, is_lettered: bool) -> Leaving:
        """What becomes of it when it is where it goes, or is not. A queue of another node that has
        no place for it is an end, unless its own queue insists."""
        self._under_way[dead] = None

        def over(*, is_lettered: bool) -> None:
            del self._under_way[dead]
            _end(dead, is_lettered=is_lettered)

        def again() -> None:
            del self._under_way[dead]
            self._keep(dead)

        done = partial(over, is_lettered=is_lettered)
        turned_away = partial(over, is_lettered=False)
        refused = again if dead.queue.rules.insists_on_dead_letters else turned_away
        return Leaving(dead.queue.number, dead.message.position, done, again, refused)

    def held(self, queue: Ruled) -> Iterator[Message]:
        """What has died in the queue and not gone on yet."""
        for dead in (*self._waiting, *self._under_way, *self._stuck):
            if dead.queue is queue:
                yield dead.message

    def _keep(self, dead: Dead) -> None:
        """It stays with its queue's store until there is a way."""
        if dead.queue.is_deleted:
            dead.queue.let_go(dead.message)
            return
        if not self._stuck:
            self._agenda.at(self._agenda.clock() + RETRY_S, self._try_again)
        self._stuck.append(dead)

    def _try_again(self) -> None:
        stuck, self._stuck = self._stuck, []
        for dead in stuck:
            self._deliver(dead)


def _end(dead: Dead, *, is_lettered: bool) -> None:
    """Its queue has it no more."""
    dead.queue.tally.left.died[dead.reason, is_lettered] += 1
    dead.queue.let_go(dead.message)


def _has_place(route: Route, letter: Message) -> bool:
    """Somebody takes it, and nobody refuses it."""
    return bool(route.receivers) and route.accepting(letter) is route


def _is_taken(route: Route, letter: Message) -> bool:
    """Somebody has a place for it; nobody is asked to take it yet."""
    return any(not isinstance(each, Queue) or each.has_room_for(letter) for each in route.receivers)


def _onward(route: Route, letter: Message, reason: Reason) -> Route:
    """The route, but for where it would go round in a circle."""
    if reason == "rejected":
        return route
    onward = tuple(
        each
        for each in route.receivers
        if not (isinstance(each, Queue | DistantQueue) and is_cycle(letter, each.name))
    )
    return route if len(onward) == len(route.receivers) else replace(route, receivers=onward)
