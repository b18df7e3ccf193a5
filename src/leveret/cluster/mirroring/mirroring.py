"""Where the queues of a cluster are, and are to be, on one node: what happens, and what it brings.

    a queue was declared, moved, or is gone    keep: what stands for it here, and a look at it
    policies, the roll of members              a look at every queue that is led here
    who lives                                  the queues of nodes that are gone find heirs
    this node has no majority                  the queues that it leads pause

A queue with a log is led by one node (tending.py); to all others it is a remote queue. A log that
is to be led here stands in the vhost as a queue of nobody until it has been read.

Rule: nothing is decided from what this node alone knows: a queue is where the metadata say.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from leveret.broker.changes import (
    ParameterCleared,
    ParameterSet,
    QueueDeclared,
    QueueDeleted,
    VhostRemoved,
)
from leveret.broker.queues.distant import DistantQueue
from leveret.cluster.metadata.changes import QueueHoused
from leveret.cluster.mirroring.balance import rebalanced, without
from leveret.cluster.mirroring.freshness import Freshness
from leveret.cluster.mirroring.heirs import Heirs
from leveret.cluster.mirroring.housings import Housings
from leveret.cluster.mirroring.nearing import Nearing
from leveret.cluster.mirroring.serving import Serving
from leveret.cluster.mirroring.spares import Spares
from leveret.cluster.mirroring.steps import Copy, HandOver, Spread, TakeHome, next_step
from leveret.cluster.mirroring.sweeping import Sweeping
from leveret.cluster.mirroring.tending import Tending
from leveret.cluster.mirroring.wanted import Asked, Cluster, home, stays, wanted

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.cluster.metadata.changes import SharedChange
    from leveret.cluster.mirroring.housings import Place
    from leveret.cluster.mirroring.ports import Around
    from leveret.cluster.mirroring.serving import Served
    from leveret.cluster.mirroring.steps import Step
    from leveret.cluster.ports import SharedLog


# How long a node waits until others lead what it has led.
LEFT_EVERY_S: Final = 0.02
LEFT_LOOKS: Final = 150
READ_S: Final = 0.3


class Mirroring:
    """housings: where all queues are.

    is_leaving: this node leads nothing that another can lead.
    """

    def __init__(self, around: Around) -> None:
        self.housings = Housings()
        self.is_leaving = False
        self._has_begun = False
        # Who is to lead a queue, as somebody has asked for.
        self._wishes: dict[Place, str] = {}
        self._around = around
        self._tending = Tending(around, self.housings, self)
        self._serving = Serving(around.node)
        self._fresh = Freshness(around.tasks)
        self._heirs = Heirs(around, self.housings)
        self._nearing = Nearing(around, self.housings, self._tending.led)
        self._spares = Spares(around)
        self._sweeping = Sweeping(around, self.housings, self._tending.targets, self._spares.names)

    @property
    def cluster(self) -> Cluster:
        """Who is there, and where all queues are."""
        around = self._around
        liveness = around.liveness
        return Cluster(around.members(), liveness.living, self.housings.all, liveness.aside)

    def begin(self) -> None:
        """The broker is what the metadata say, and the links are there."""
        self._has_begun = True
        self._around.liveness.on_change(self._living_changed)
        self._living_changed()
        self._sweeping.begin()
        self._heirs.begin()
        self._nearing.begin()

    # What is asked for ---------------------------------------------------------------------------

    async def leave(self) -> None:
        """Lead nothing that another can lead, from now on. Returns when that is so, or takes too
        long."""
        self.is_leaving = True
        self.look_at_all()
        for at in range(LEFT_LOOKS):
            if not without(self._around.node, self.housings.all, self.cluster.able):
                # They read the logs yet, and are quicker while this node's engine is there.
                await asyncio.sleep(READ_S if at else 0)
                return
            await asyncio.sleep(LEFT_EVERY_S)

    def stay(self) -> None:
        """Lead again what comes."""
        self.is_leaving = False

    def give(self, place: Place, node: str) -> None:
        """Another node is to lead the queue."""
        self._wishes[place] = node
        self._look(place)

    async def rebalance(self, chosen: Callable[[QueueHoused], bool]) -> None:
        """Ask whoever leads too many of these queues to give some to others."""
        around = self._around
        queues = [each for each in self.housings.all if chosen(each)]
        for move in rebalanced(queues, around.members(), self.cluster.able):
            place = (move.vhost, move.name)
            leader = self.housings.housed[place].node
            if leader == around.node:
                self.give(place, move.node)
            else:
                await around.ask_to_give(leader, place, move.node)

    # What happens --------------------------------------------------------------------------------

    def said(self, change: SharedChange) -> None:
        """This node's broker did that; see `keep`."""
        self.keep(change)
        place = _declared_place(change)
        if place is not None and (self._begins_here(place) or self._is_to_move(place)):
            self._fresh.add(place)

    def keep(self, change: SharedChange) -> None:
        """It has happened to this node's broker, whoever did it, or undid it."""
        if isinstance(change, ParameterSet | ParameterCleared):
            self._around.tasks.later(0, self.look_at_all)
            return
        gone, before = self._numbers_of(change), self._before(change)
        for place in self.housings.keep(change):
            if place in self.housings.declared:
                self._stand_for(place, before)
                self._look(place)
            else:
                self._tending.let_go(place, gone[place])
                self._fresh.remove(place)
                self._sweeping.look()

    def _numbers_of(self, change: SharedChange) -> dict[Place, int]:
        """Of the queues that are about to be no more."""
        declared = self.housings.declared
        match change:
            case QueueDeleted():
                gone = [(change.vhost, change.name)]
            case VhostRemoved():
                gone = [place for place in declared if place[0] == change.name]
            case _:
                return {}
        return {place: declared[place].number for place in gone if place in declared}

    def _before(self, change: SharedChange) -> QueueHoused | None:
        """Where a queue was that moves."""
        if not isinstance(change, QueueHoused):
            return None
        return self.housings.housed.get((change.vhost, change.name))

    def look_at_all(self) -> None:
        """Something may have to be done about any queue."""
        for place in self.housings.declared:
            self._look(place)

    def _look(self, place: Place) -> None:
        """A look costs a task: most queues are as they are to be."""
        if not self._has_begun:
            return
        if self._is_ours(place) and (self._is_to_lead(place) or self._is_to_move(place)):
            self._tending.look(place)

    def _is_ours(self, place: Place) -> bool:
        return self.housings.housed[place].node == self._around.node

    def _begins_here(self, place: Place) -> bool:
        return self._is_ours(place) and self._is_to_lead(place)

    def _is_to_lead(self, place: Place) -> bool:
        return bool(self.housings.housed[place].log) and place not in self._tending.led

    def _is_to_move(self, place: Place) -> bool:
        housed = self.housings.housed[place]
        return self.next_step(housed, self.housings.declared[place]) is not None

    def _stand_for(self, place: Place, before: QueueHoused | None) -> None:
        """What is in the vhost is what the metadata say. before: of one that moves. Who follows has
        placed a new queue as it is to be; who declared it has it at hand, wherever it begins."""
        housed, vhost = self.housings.housed[place], self._around.broker.vhosts[place[0]]
        is_distant = isinstance(vhost.queues[place[1]], DistantQueue)
        is_here = housed.node == self._around.node
        is_as_before = before is None or _stands_alike(before, housed)
        if before is None and is_here and housed.log:
            # Declared here, into a log that is to be opened.
            is_here = False
        if is_as_before if is_distant else is_here:
            return
        if not is_here:
            self._tending.let_go(place, self.housings.declared[place].number)
        self._around.stand.follow(vhost, place[1], housed.node, is_mirrored=bool(housed.log))

    # Judging -------------------------------------------------------------------------------------

    def house(self, declared: QueueDeclared) -> QueueHoused:
        """Where a queue that is declared on this node begins: with copies in a log, or at home."""
        around, cluster, asked = self._around, self.cluster, self._asked(declared)
        node = home(asked, around.node, cluster, around.locators, around.choose)
        housed = QueueHoused(declared.vhost, declared.name, node)
        step = next_step(housed, wanted(asked, housed, cluster), cluster)
        if not isinstance(step, Copy):
            return housed
        name = self._spares.take(step.members) or around.new_log(declared.number)
        return replace(housed, log=name, members=step.members)

    def _asked(self, declared: QueueDeclared) -> Asked:
        policies, options = self._around.broker.vhosts[declared.vhost].policies, declared.options
        kind = Asked(options, {}).kind
        return Asked(options, policies.applied_to_queue(declared.name, kind).definition)

    def wanted(self, housed: QueueHoused, declared: QueueDeclared) -> tuple[str, ...]:
        """The nodes that are to have the queue's messages."""
        if stays(declared) and not housed.log:
            return (housed.node,)
        return wanted(self._asked(declared), housed, self.cluster)

    def next_step(self, housed: QueueHoused, declared: QueueDeclared) -> Step | None:
        """What is to be done about a queue of this node."""
        living = self._around.liveness.living
        heir = self._wishes.get((housed.vhost, housed.name))
        if heir in living.intersection(housed.members) and heir != housed.node:
            return HandOver(heir)
        if self.is_leaving and housed.log:
            heirs = without(self._around.node, self.housings.all, self.cluster.able)
            return next((HandOver(each.node) for each in heirs if _is_of(each, housed)), None)
        step = next_step(housed, self.wanted(housed, declared), self.cluster)
        if isinstance(step, TakeHome) and stays(declared):
            # Its log stays, without copies.
            alone = (housed.node,)
            return Spread(alone) if housed.members != alone else None
        return step

    def led(self, queue: Served, shared: SharedLog) -> None:
        """This node serves it, from its log."""
        self._serving.add(queue, shared)

    def came_home(self, queue: Served) -> None:
        """This node serves it, from its own disk."""
        self._serving.remove(queue)

    def strayed(self) -> None:
        """There may be a log that nobody needs."""
        self._sweeping.look()

    def settled(self, place: Place) -> None:
        """It is as it is to be."""
        self._wishes.pop(place, None)
        self._fresh.remove(place)

    def when_settled(self, action: Callable[[], None]) -> None:
        """Call it when the queues that were just declared here are where they are to be, or that
        takes too long; at once if they are."""
        self._fresh.when_gone(action)

    # Who lives -----------------------------------------------------------------------------------

    def _living_changed(self) -> None:
        has_majority = self._around.liveness.has_majority
        self._serving.majority(has_it=has_majority)
        self._around.broker.alarms.minority(is_on=not has_majority)
        self._heirs.look()
        # Who went has left spares.
        self._sweeping.look()
        self.look_at_all()


def _is_of(one: QueueHoused, other: QueueHoused) -> bool:
    """They are about the same queue."""
    return (one.vhost, one.name) == (other.vhost, other.name)


def _stands_alike(one: QueueHoused, other: QueueHoused) -> bool:
    """To who is elsewhere."""
    return one.node == other.node and bool(one.log) == bool(other.log)


def _declared_place(change: SharedChange) -> Place | None:
    return (change.vhost, change.name) if isinstance(change, QueueDeclared) else None
