"""Who waits to hear that what all nodes are told is safe, where it may turn out not to be.

A node alone keeps its changes, however long its disk takes. In a cluster what one node has said may
be undone, when others went on without it; and without a majority nothing becomes safe. What is done
to messages is no part of it: it is safe, or lost, with the queues that it was said to
(`Storage.when_answerable`).

Rule: whoever is told that his change is lost hears nothing else of it. It may have happened all the
same: he has to look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from leveret.broker.errors import Unavailable, Undone

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.agenda import Agenda

    Lost: TypeAlias = Callable[[Undone | Unavailable], None]

# How long RabbitMQ waits for the majority of a quorum queue.
PATIENCE_S: Final = 15.0


def no_pen() -> Unavailable:
    """Who wanted to change something could not, for that long."""
    return Unavailable(
        "this node has not been able to reach a majority of the cluster's nodes for "
        f"{PATIENCE_S:.0f} s: nothing can be declared, changed or deleted"
    )


def undone() -> Undone:
    """Others have taken over what somebody here has just changed."""
    return Undone(
        "other nodes of the cluster went on without this one: what was asked may be undone"
    )


def not_taken() -> Unavailable:
    """Who has changed something was told by nobody that it is safe, for that long."""
    return Unavailable(
        f"no majority of the cluster's nodes has taken this for {PATIENCE_S:.0f} s: what was asked "
        "may have been done or not"
    )


class Wait:
    """Somebody who waits. lost: told when there is nothing more to wait for."""

    __slots__ = ("lost", "timer")

    def __init__(self, lost: Lost, agenda: Agenda, give_up: Callable[[Wait], None]) -> None:
        self.lost = lost
        self.timer = agenda.at(agenda.clock() + PATIENCE_S, lambda: give_up(self))


class Awaiting:
    """All who wait, of one broker. losses: how often something was undone."""

    def __init__(self, agenda: Agenda) -> None:
        self.losses = 0
        self._agenda = agenda
        self._waits: dict[Wait, None] = {}

    def __len__(self) -> int:
        return len(self._waits)

    def check(self, losses: int) -> None:
        """Whether nothing was undone since there were so many. Raises Undone."""
        if losses != self.losses:
            raise undone()

    def begin(self, lost: Lost) -> Wait:
        """Wait from now on, but not without end."""
        wait = Wait(lost, self._agenda, self._give_up)
        self._waits[wait] = None
        return wait

    def end(self, wait: Wait) -> bool:
        """It is safe; False for one who has been told otherwise."""
        if wait not in self._waits:
            return False
        del self._waits[wait]
        wait.timer.cancel()
        return True

    def lose(self) -> None:
        """Something that was said is undone: whoever waits may have waited for it."""
        self.losses += 1
        for wait in list(self._waits):
            if self.end(wait):
                wait.lost(undone())

    def _give_up(self, wait: Wait) -> None:
        if self.end(wait):
            wait.lost(not_taken())
