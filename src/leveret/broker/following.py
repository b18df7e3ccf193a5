"""Policies changed: the queues and exchanges of a vhost follow, a slice in each turn.

Small vhosts are done at once. A large one is done over some turns, so that nobody waits for ten
thousand queues; what is declared meanwhile has the new policies from the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.exchanges.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leveret.broker.agenda import Agenda
    from leveret.broker.policies import Applied, Policies
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.vhost import Vhost

# What is done in one turn, in patterns that are tried: a few milliseconds.
EFFORT_MAX: Final = 4000
# What it takes to follow another policy.
FOLLOWED: Final = 20


class Following:
    """One vhost's way to its policies. is_under_way: some have yet to follow."""

    def __init__(self, agenda: Agenda, vhost: Vhost) -> None:
        self._agenda = agenda
        self._vhost = vhost
        self._waiting: Iterator[Exchange | AnyQueue] = iter(())
        self.is_under_way = False

    def begin(self) -> None:
        """Everything looks again, what was under way as well."""
        self._waiting = iter([*self._vhost.exchanges.values(), *self._vhost.queues.values()])
        self._go_on()

    def stop(self) -> None:
        """There is nothing left to follow."""
        self._waiting = iter(())

    def _go_on(self) -> None:
        left, look = EFFORT_MAX, 1 + self._vhost.policies.count
        has_changed = False
        for thing in self._waiting:
            left -= look
            if follow(self._vhost.policies, thing):
                has_changed = True
                left -= FOLLOWED
            if left <= 0:
                self._go_on_later()
                break
        if has_changed:
            # An alternate exchange, or whether a queue may refuse, is part of a route.
            self._vhost.forget_routes()

    def _go_on_later(self) -> None:
        if not self.is_under_way:
            self.is_under_way = True
            self._agenda.soon(self._next_turn)

    def _next_turn(self) -> None:
        self.is_under_way = False
        self._go_on()


def follow(policies: Policies, thing: Exchange | AnyQueue) -> bool:
    """True when another policy applies to it now."""
    applied = _applied_to(policies, thing)
    if applied is thing.policy or applied == thing.policy:
        return False
    thing.follow(applied)
    return True


def _applied_to(policies: Policies, thing: Exchange | AnyQueue) -> Applied:
    if isinstance(thing, Exchange):
        return policies.applied_to_exchange(thing.name)
    return policies.applied_to_queue(thing.name, thing.type)
