"""Dead letters of a vhost on their way: from the queue they died in to their next queues.

Rule: a dead letter is with the store and its next queues before its old queue lets go of it, both
in one group commit, so it is never lost in between. What dies on the way (the next queue is full)
waits until the letter in hand is delivered: no chain of queues is too long.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from leveret.broker.queues.deadletter import Death, bury, copy_keys, death_count, is_cycle
from leveret.broker.queues.queue import Queue

if TYPE_CHECKING:
    from leveret.broker.agenda import Agenda
    from leveret.broker.message import Message
    from leveret.broker.queues.deadletter import Reason
    from leveret.broker.queues.ruled import Ruled
    from leveret.broker.routing import Route
    from leveret.broker.vhost import Vhost

# A message that has died in so many queues, or of so many causes, is dropped: its headers would
# outgrow a frame, and each further death costs more than the one before.
DEATHS_MAX: Final = 64


class DeadLetters:
    """One vhost's."""

    def __init__(self, vhost: Vhost, agenda: Agenda) -> None:
        self._vhost = vhost
        self._agenda = agenda
        self._waiting: deque[tuple[Ruled, Message, Reason]] = deque()
        self._is_busy = False

    def take(self, queue: Ruled, message: Message, reason: Reason) -> None:
        """The message died in the queue, which still holds it if it is stored there."""
        self._waiting.append((queue, message, reason))
        if self._is_busy:
            return
        self._is_busy = True
        try:
            while self._waiting:
                self._deliver(*self._waiting.popleft())
        finally:
            self._is_busy = False

    def _deliver(self, queue: Ruled, message: Message, reason: Reason) -> None:
        exchange = queue.rules.dead_letter_exchange
        # Without an exchange to go to, and in the end with one, its way is over.
        if exchange in self._vhost.exchanges and death_count(message) < DEATHS_MAX:
            assert exchange is not None
            key = queue.rules.dead_letter_routing_key
            death = Death(queue.name, reason, int(self._agenda.wall_clock()), exchange, key)
            letter = bury(message, death)
            self._vhost.sender.send(letter, self._route(letter, exchange, reason))
        queue.let_go(message)

    def _route(self, letter: Message, exchange: str, reason: Reason) -> Route:
        """Where it goes, but for where it would go round in a circle."""
        copies = copy_keys(letter)
        route = self._vhost.route(exchange, letter.routing_key, letter.properties, copies)
        if reason == "rejected":
            return route
        onward = tuple(
            each
            for each in route.receivers
            if not (isinstance(each, Queue) and is_cycle(letter, each.name))
        )
        return route if len(onward) == len(route.receivers) else replace(route, receivers=onward)
