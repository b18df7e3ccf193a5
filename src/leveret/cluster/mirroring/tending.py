"""The queues that this node leads or is the home of: each is made what it is to be.

    look(place) ──> where is it? where is it to be? ──> the next step (steps.py) ──> look again

    lead         take its log over, read it, and a real queue, or stream, stands in the vhost
    Copy         its messages into a new log, while it is in use; then the metadata say so
    Spread       its log's copies to other nodes; then the metadata say so
    HandOver     the metadata say who leads; he takes the log over when he reads it
    TakeHome     its messages into this node's engine; then the metadata say so, and the log goes

Rule: what the metadata say is so, and until they say it, nothing is. A step that fails leaves the
queue where the metadata have it, and is tried again.
"""

from __future__ import annotations

import contextlib
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from leveret.broker.queues.queue import Queue
from leveret.broker.streams.stream import Stream
from leveret.cluster.metadata.changing import Unchanged
from leveret.cluster.mirroring.ports import GatherFailed
from leveret.cluster.mirroring.steps import Copy, HandOver, Spread, TakeHome
from leveret.cluster.mirroring.wanted import is_stream
from leveret.cluster.mirrors.moves import MoveLost
from leveret.cluster.ports import Deposed, NoMajority, NoSuchLog

if TYPE_CHECKING:
    from leveret.broker.changes import QueueDeclared
    from leveret.cluster.metadata.changes import QueueHoused
    from leveret.cluster.mirroring.housings import Housings, Place
    from leveret.cluster.mirroring.ports import Around, Move
    from leveret.cluster.mirroring.serving import Served
    from leveret.cluster.mirroring.steps import Step
    from leveret.cluster.ports import SharedLog

log = logging.getLogger("leveret.cluster")

# Until a step that has failed is tried again.
RETRY_S: Final = 1.0
# So many queues are tended at once: each reads its log, or copies it.
TENDED_MAX: Final = 16


class Judge(Protocol):
    """What is to become of a queue, and who serves it."""

    def next_step(self, housed: QueueHoused, declared: QueueDeclared) -> Step | None:
        """Of one that this node leads or is the home of."""

    def led(self, queue: Served, shared: SharedLog) -> None:
        """This node serves it from now on, from its log."""

    def came_home(self, queue: Served) -> None:
        """This node serves it from now on, from its own disk."""

    def strayed(self) -> None:
        """There may be a log that nobody needs."""

    def settled(self, place: Place) -> None:
        """It is as it is to be, or is none of this node's business any more."""


class Tending:
    """led: the logs of the queues that this node leads and serves. targets: names of logs that are
    being filled."""

    def __init__(self, around: Around, housings: Housings, judge: Judge) -> None:
        self.led: dict[Place, SharedLog] = {}
        self.targets: set[str] = set()
        self._around = around
        self._housings = housings
        self._judge = judge
        self._due: dict[Place, None] = {}
        self._tended: set[Place] = set()
        # Whose deposition is listened for.
        self._heard: set[SharedLog] = set()

    def look(self, place: Place) -> None:
        """Something may be other than it is to be."""
        self._due[place] = None
        if place not in self._tended and len(self._tended) < TENDED_MAX:
            self._begin(place)

    def _begin(self, place: Place) -> None:
        self._tended.add(place)
        self._around.tasks.start(self._tend(place))

    async def _tend(self, place: Place) -> None:
        try:
            while place in self._due:
                del self._due[place]
                await self._try(place)
        finally:
            self._tended.discard(place)
            self._begin_next()

    def _begin_next(self) -> None:
        for place in self._due:
            if place not in self._tended and len(self._tended) < TENDED_MAX:
                self._begin(place)
                return

    async def _try(self, place: Place) -> None:
        try:
            await self._make_so(place)
        except (NoMajority, NoSuchLog, Deposed, MoveLost, Unchanged, GatherFailed) as error:
            log.warning(
                "queue '%s' in vhost '%s' is not yet as it is to be: %r", *place[::-1], error
            )
            self._around.tasks.later(RETRY_S, lambda: self.look(place))

    async def _make_so(self, place: Place) -> None:
        """Step by step, as long as there is one to do."""
        while self._is_ours(place):
            housed, declared = self._housings.housed[place], self._housings.declared[place]
            if housed.log and place not in self.led:
                await self._lead(place, housed, declared)
                continue
            step = self._judge.next_step(housed, declared)
            if step is None:
                break
            await self._do(step, housed, declared)
        self._judge.settled(place)

    def _is_ours(self, place: Place) -> bool:
        housed = self._housings.housed.get(place)
        return housed is not None and housed.node == self._around.node and self._is_there(place)

    def _is_there(self, place: Place) -> bool:
        return place in self._housings.declared

    def _is_still(self, housed: QueueHoused) -> bool:
        return self._housings.housed.get((housed.vhost, housed.name)) == housed

    def _queue(self, place: Place) -> Queue:
        """One whose messages are here."""
        queue = self._around.broker.vhosts[place[0]].queues[place[1]]
        assert isinstance(queue, Queue), f"{queue} is not here"
        return queue

    # Leading -------------------------------------------------------------------------------------

    async def _lead(self, place: Place, housed: QueueHoused, declared: QueueDeclared) -> None:
        """Read its log, and serve it."""
        shared = await self._open(housed.log, housed.members)
        recovered = await self._around.store.lead(
            declared.number, shared, is_stream=is_stream(declared)
        )
        if not (shared.is_writer and self._is_still(housed)):
            self._around.store.give_up(declared.number)
            return
        vhost = self._around.broker.vhosts[place[0]]
        queue = vhost.make_queue(place[1], declared.options, declared.number)
        assert isinstance(queue, Queue | Stream)
        if isinstance(queue, Queue):
            # A stream keeps all anyway.
            queue.keep_all(is_on=True)
        queue.recover(recovered)
        vhost.replace_queue(vhost.queues[place[1]], queue)
        self._hold(place, shared, queue)
        log.info("%s leads queue '%s' in vhost '%s'", self._around.node, *place[::-1])

    def _hold(self, place: Place, shared: SharedLog, queue: Served) -> None:
        self.led[place] = shared
        if shared not in self._heard:
            self._heard.add(shared)
            shared.on_deposed(lambda: self._deposed(place, shared))
        self._judge.led(queue, shared)

    async def _open(self, name: str, members: tuple[str, ...]) -> SharedLog:
        nodes = await self._nodes(members)
        return await self._around.logs.open(name, len(members), nodes)

    async def _nodes(self, members: tuple[str, ...]) -> tuple[str, ...]:
        """What the engine has to be told of where a log is to lie: nothing, if it is everywhere."""
        if set(members) >= set(self._around.members()):
            return ()
        await self._around.gather(members)
        return members

    def _deposed(self, place: Place, shared: SharedLog) -> None:
        """Somebody writes the log in our place; the metadata say who, or will soon."""
        if self.led.get(place) is shared:
            declared = self._housings.declared[place]
            self.let_go(place, declared.number)
            if self._is_ours(place):
                self._stand_aside(place)
                self._around.tasks.later(RETRY_S, lambda: self.look(place))

    def _stand_aside(self, place: Place) -> None:
        vhost = self._around.broker.vhosts[place[0]]
        self._around.stand.follow(vhost, place[1], self._around.node, is_mirrored=True)

    def let_go(self, place: Place, number: int) -> None:
        """This node leads the queue no more, nor moves it, if it did."""
        self._around.store.give_up(number)
        shared = self.led.pop(place, None)
        if shared is not None:
            self._around.tasks.start(self._close(shared))

    async def _close(self, shared: SharedLog) -> None:
        self._heard.discard(shared)
        await shared.close()

    # Steps ---------------------------------------------------------------------------------------

    async def _do(self, step: Step, housed: QueueHoused, declared: QueueDeclared) -> None:
        match step:
            case Copy():
                await self._copy(step.members, housed, declared)
            case Spread():
                await self._spread(step.members, housed)
            case HandOver():
                await self._hand_over(step.node, housed, declared)
            case TakeHome():
                await self._take_home(housed, declared)

    async def _copy(
        self, members: tuple[str, ...], housed: QueueHoused, declared: QueueDeclared
    ) -> None:
        place, name = (housed.vhost, housed.name), self._around.new_log(declared.number)
        self.targets.add(name)
        try:
            shared = await self._open(name, members)
            move = await self._move_to(place, shared)
            if await self._flip(move, housed, replace(housed, log=name, members=members)):
                self._hold(place, shared, self._queue(place))
                self._around.engine.let_go(*place)
        finally:
            self.targets.discard(name)
            self._judge.strayed()

    async def _move_to(self, place: Place, shared: SharedLog) -> Move:
        """Into this log, from the node's own engine."""
        vhost, queue = self._around.broker.vhosts[place[0]], self._queue(place)
        return await self._around.store.move_to_log(vhost, queue, shared)

    async def _flip(self, move: Move, before: QueueHoused, after: QueueHoused) -> bool:
        """The metadata say that the messages are at the other place; whether they do."""
        try:
            is_said = await self._say(before, after)
        except Unchanged:
            is_said = await self._has_come_to(after)
        if not is_said:
            move.give_up()
            return False
        move.finish()
        return True

    async def _say(self, before: QueueHoused, after: QueueHoused) -> bool:
        """False: somebody has said something else meanwhile. Raises Unchanged."""
        is_said = False

        def act() -> None:
            nonlocal is_said
            if self._is_still(before):
                self._around.changing.commit(after)
                is_said = True

        await self._around.changing.make(act)
        return is_said

    async def _has_come_to(self, after: QueueHoused) -> bool:
        """Whether it was said after all: nobody knows while pieces of the metadata are missing."""
        while self._is_still(after):
            with contextlib.suppress(Unchanged):
                await self._around.changing.make(_nothing)
                break
        return self._is_still(after)

    async def _spread(self, members: tuple[str, ...], housed: QueueHoused) -> None:
        nodes = await self._nodes(members)
        await self._around.logs.change_replicas(housed.log, len(members), nodes)
        await self._say(housed, replace(housed, members=members))

    async def _hand_over(self, node: str, housed: QueueHoused, declared: QueueDeclared) -> None:
        """Publishers wait from now on; what they were not told yet they are told before."""
        place = (housed.vhost, housed.name)
        self._stand_aside(place)
        await self._around.store.wait_safe(declared.number)
        self.let_go(place, declared.number)
        await self._say(housed, replace(housed, node=node))

    async def _take_home(self, housed: QueueHoused, declared: QueueDeclared) -> None:
        place = (housed.vhost, housed.name)
        vhost, queue = self._around.broker.vhosts[place[0]], self._queue(place)
        self._around.engine.expect(declared)
        move = await self._around.store.move_to_own(vhost, queue)
        if await self._flip(move, housed, replace(housed, log="", members=())):
            shared = self.led.pop(place)
            self._judge.came_home(queue)
            await self._close(shared)
            self._judge.strayed()


def _nothing() -> None:
    """To hear that all is safe that was said before."""
