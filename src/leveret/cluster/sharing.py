"""What the application of a node in a cluster shares with the others: everything but its messages.

    begin()    the log of the metadata is opened and read: this node knows what all know
    furnish()  ... and its broker is what that says; remote queues stand for those of other nodes
    follow()   from now on each change of another node happens here too
    end()      what was said is in the log, the pen is free

Rule: an application begins with what a majority has. Without one it waits, and says so: a node that
served what it knew last might serve what others have changed since.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from leveret.broker.restore import restore
from leveret.cluster.asking import LinkedPeers
from leveret.cluster.chores import Chores
from leveret.cluster.joint import JointDurability
from leveret.cluster.members.file import read_roll, write_roll
from leveret.cluster.members.liveness import Liveness
from leveret.cluster.metadata.catalogue import OwnThings, SharedCatalogue
from leveret.cluster.metadata.changes import RollSet
from leveret.cluster.metadata.changing import Changing, Unchanged
from leveret.cluster.metadata.copying import Copy
from leveret.cluster.metadata.follower import Follower
from leveret.cluster.metadata.knowing import Knowing
from leveret.cluster.metadata.opening import open_metadata
from leveret.cluster.metadata.pen import END, Name, Pen
from leveret.cluster.metadata.post import LinkPost
from leveret.cluster.metadata.reading import Reading
from leveret.cluster.metadata.writing import Writing
from leveret.cluster.mirroring.joining_in import Members, join_in
from leveret.cluster.mirroring.wanted import Locators
from leveret.cluster.mirrors.mirror import Around
from leveret.cluster.mirrors.store import Mirrors
from leveret.cluster.places import ClusterPlaces
from leveret.cluster.ports import NoMajority
from leveret.cluster.remote.homes import Homes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from leveret.broker.broker import Broker
    from leveret.broker.ports import Storage
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.vhost import Vhost
    from leveret.cluster.links.ports import Links
    from leveret.cluster.members.roll import Roll
    from leveret.cluster.metadata.changes import QueueHoused, SharedChange
    from leveret.cluster.mirroring.mirroring import Mirroring
    from leveret.cluster.ports import SharedLog, SharedLogs

log = logging.getLogger("leveret.cluster")

# Who joins hears of the beginning of all things a moment after it was asked for.
LOOK_EVERY_S: Final = 0.05
# How long a stop waits until what was said is safe.
FAREWELL_S: Final = 2.0
# Who runs is reached within some milliseconds.
REACHED_S: Final = 1.0
# What needs the pen and a majority has come to nothing after this.
WRITE_S: Final = 30.0


class Sharing:
    """roll: the members, as the metadata have them. node: this one. own: this node's engine.
    links: to the others, of this application alone.

    on_roll: told of each change of the roll.
    locators: where queues begin of which nobody says it.
    join_group: makes a set of nodes known to all of them as one on which logs are.
    on_lost: told when something was undone that clients may have been about to be told.
    """

    def __init__(self, roll: Roll, node: str, links: Links, own: Storage) -> None:
        self.roll = roll
        self.node = node
        self.on_roll: Callable[[Roll], None] = _nobody_listens
        self.on_lost: Callable[[], None] = _nothing
        self.locators = Locators()
        self.join_group: Callable[[tuple[str, ...]], Awaitable[None]] = _no_groups
        self._links = links
        self._chores = Chores()
        self._broker: Broker | None = None
        self.mirrors = Mirrors(own, self._around(), self._next_position)
        self.liveness = Liveness(node, lambda: self.roll.nodes, links, self._chores)
        self.peers = LinkedPeers(
            links, lambda: self.roll.nodes, self.liveness, self._housed, self._rebalance
        )
        self._own = OwnThings(node, own.catalogue)
        self._copy = Copy(self._apply)
        self._follower: Follower | None = None
        self._log: SharedLog | None = None
        self.mirroring: Mirroring | None = None

    async def begin(self, logs: SharedLogs) -> None:
        """Open the log of the metadata. Waits for a majority."""
        self._logs = logs
        self._log = shared = await open_metadata(logs, self.roll, self.node)
        self._writing = Writing(shared, self._copy, _soon)
        self._writing.on_lost = self._lose
        self._reading = Reading(shared, self._copy)
        name = Name(self.node, f"{os.urandom(4).hex()}.")
        post = LinkPost(self._links)
        self._pen = Pen(name, self._reading, self._writing, post, self._chores)
        shared.on_stalled(self._pen.stalled)
        post.serve(self._pen)
        self.liveness.begin()
        self.catalogue = SharedCatalogue(self._pen, self._writing, self._copy, self._own, self.node)
        self._changing = Changing(self.catalogue)

    async def found(self, changes: Iterable[SharedChange]) -> None:
        """What this node is, all nodes begin with. Raises NoMajority."""
        await self._pen.found(changes)

    async def catch_up(self) -> None:
        """Read what there is, once the first node has written it."""
        while self._copy.founder is None:
            try:
                await self._reading.catch_up(END)
            except NoMajority as error:
                log.warning("%s cannot read the metadata yet: %s", self.node, error)
            await asyncio.sleep(LOOK_EVERY_S)

    @property
    def storage(self) -> Storage:
        """What the broker is to be built on."""
        of_messages = self.mirrors.storage
        return replace(
            of_messages,
            catalogue=self.catalogue,
            answers=self.mirrors.answers,
            durability=JointDurability(
                of_messages.durability, self.catalogue.durability, self._when_settled
            ),
            is_shared=True,
            when_writable=self.catalogue.insist,
            pen=self.catalogue,
        )

    def _around(self) -> Around:
        """What mirrors have of this node."""
        return Around(
            renumber=lambda _position: self._next_position(),
            wall_ms=lambda: time.time_ns() // 1_000_000,
            epoch=lambda: time.monotonic() - time.time(),
            later=self._chores.later,
            start=self._chores.start,
        )

    def _next_position(self) -> int:
        """The broker is made on what is made here."""
        assert self._broker is not None
        return self._broker.next_position()

    async def wait_others(self) -> None:
        """Until those that run are reached, but not long: clients find their queues then."""
        up = (
            self._links.to(node).wait_up(REACHED_S) for node in self.roll.nodes if node != self.node
        )
        await asyncio.gather(*up, return_exceptions=True)

    def furnish(self, broker: Broker) -> None:
        """Make the broker what the metadata say. Raises Unrestorable."""
        self.on_lost = broker.awaiting.lose
        changes = list(self._copy.ledger.changes())
        self._own.drop_strays(changes)
        homes = Homes(broker, self._links, Knowing(self._copy, self._writing))
        homes.greet(self.roll.nodes)
        self.mirroring = self._mirror(broker, homes)
        follower = Follower(broker, ClusterPlaces(self.node, homes), self._keep)
        follower.apply(changes)
        for change in self._own.streams():
            restore(broker, change)
        broker.recover()
        self._broker, self._follower = broker, follower

    def _mirror(self, broker: Broker, homes: Homes) -> Mirroring:
        """Who sees to it that queues are where they are to be."""
        store, tasks = self.mirrors.store, self._chores
        parts = (homes, store, self._own, self._changing, tasks, self.liveness)
        mirroring = join_in(
            broker,
            self._links,
            self._logs,
            parts,
            Members(lambda: self.roll.nodes, self.join_group),
            self.locators,
        )
        self.catalogue.on_said = mirroring.said
        self.catalogue.house = mirroring.house
        return mirroring

    def _when_settled(self, action: Callable[[], None]) -> None:
        """Once queues that were just declared have the copies that they are to have."""
        if self.mirroring is None:
            action()
        else:
            self.mirroring.when_settled(action)

    def follow(self) -> None:
        """Hear of what the others change."""
        self._chores.start(self._reading.follow())
        self._remove_passing()
        assert self.mirroring is not None
        self.mirroring.begin()

    def _remove_passing(self) -> None:
        """Queues of this node's former application that were to go with it."""
        assert self._broker is not None
        for vhost in self._broker.vhosts.values():
            for queue in list(vhost.queues.values()):
                housed = self._housed(vhost.name, queue.name)
                if housed is None or housed.node != self.node:
                    continue
                if queue.options.exclusive or not queue.options.durable:
                    self._remove_one(vhost, queue, housed)

    def _remove_one(self, vhost: Vhost, queue: AnyQueue, housed: QueueHoused) -> None:
        """A log is this queue's alone; what stands for the queue may be another object by then."""

        def remove() -> None:
            now = self._housed(vhost.name, queue.name)
            if now is not None and (now.log, now.node) == (housed.log, self.node):
                vhost.remove_queue(vhost.queues[queue.name])

        if housed.log:
            self.catalogue.insist(remove)
        else:
            vhost.retiring.retire(queue)

    def _apply(self, changes: Sequence[SharedChange]) -> None:
        if self._follower is not None:
            self._follower.apply(changes)

    def _keep(self, change: SharedChange) -> None:
        self._own.keep(change)
        if self.mirroring is not None:
            self.mirroring.keep(change)
        if isinstance(change, RollSet):
            self._set_roll(read_roll(change.roll))

    def _set_roll(self, roll: Roll) -> None:
        if roll != self.roll:
            self.roll = roll
            self.on_roll(roll)
            self.liveness.look()
            if self.mirroring is not None:
                self.mirroring.look_at_all()

    def _housed(self, vhost: str, queue: str) -> QueueHoused | None:
        return self._copy.ledger.housed(vhost, queue)

    @property
    def has_logs(self) -> bool:
        """Whether the messages of any queue lie in a log of several nodes."""
        assert self.mirroring is not None
        return any(each.log for each in self.mirroring.housings.housed.values())

    @property
    def metadata(self) -> list[SharedChange]:
        """All that is known, as a row of changes."""
        return list(self._copy.ledger.changes())

    async def _rebalance(self) -> None:
        """Ordinary queues stay where they are."""
        if self.mirroring is not None:
            await self.mirroring.rebalance(lambda _housed: True)

    # Writing -------------------------------------------------------------------------------------

    async def change_roll(self, change: Callable[[Roll], Roll]) -> None:
        """Raises MembershipRefused, NoMajority."""
        await self.write(lambda: self._say_roll(change(self.roll)))

    def _say_roll(self, roll: Roll) -> None:
        self.catalogue.commit(RollSet(write_roll(roll)))
        self._set_roll(roll)

    async def strike_off(self, node: str) -> None:
        """A member goes, with what only it has. Raises MembershipRefused, NoMajority."""
        await self.write(lambda: self._strike_off(node))

    def _strike_off(self, node: str) -> None:
        assert self._broker is not None
        self._say_roll(self.roll.without(node))
        for vhost in self._broker.vhosts.values():
            for queue in list(vhost.queues.values()):
                housed = self._housed(vhost.name, queue.name)
                if housed is not None and housed.node == node and not housed.log:
                    vhost.remove_queue(queue)

    async def write(self, act: Callable[[], None]) -> None:
        """Do what commits something, with the pen; returns when it is safe. Raises NoMajority, and
        what the action raises."""
        try:
            async with asyncio.timeout(WRITE_S):
                await self._changing.make(act)
        except (Unchanged, TimeoutError) as error:
            raise NoMajority(str(error) or "no majority of the cluster's nodes answers") from error

    def _lose(self) -> None:
        self._changing.lost()
        self.on_lost()

    async def end(self) -> None:
        """Others lead what this node has led; what was said is in the log, or is said to be lost;
        nothing follows any more."""
        if self.mirroring is not None:
            await self.mirroring.leave()
        if self._log is not None:
            safe = asyncio.Event()
            self._writing.when_all_safe(safe.set)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_S):
                    await safe.wait()
            self.liveness.farewell()
        await self._chores.end()
        if self._log is not None:
            await self._log.close()


async def _no_groups(_nodes: tuple[str, ...]) -> None:
    """Every node is one of all."""


def _nobody_listens(_roll: Roll) -> None:
    """The roll is nobody's business yet."""


def _soon(action: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_soon(action)


def _nothing() -> None:
    """Nobody wants to hear of it."""
