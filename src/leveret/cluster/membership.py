"""A node's membership of a cluster: where it stands, its seat, and what its application shares.

    alone     no seat; other nodes may come in over the links, and ask to be joined
    member    a seat (the engine runs) and, while the application runs, what is shared

How a node comes in is in joining.py, how it goes in leaving.py.

Rule: cluster.json says where the node stands, and is written before anything relies on it. The roll
is part of the metadata, so that no two members ever count differently.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
from typing import TYPE_CHECKING, Final, Protocol

from leveret.cluster.discovering import Discovering
from leveret.cluster.engine.plan import route_tls_of
from leveret.cluster.groups import Groups
from leveret.cluster.joining import Joining
from leveret.cluster.leaving import Leaving
from leveret.cluster.links.links import NodeLinks
from leveret.cluster.links.peer import Home
from leveret.cluster.links.ports import LinkDown, Overdue, PeerRefused
from leveret.cluster.links.tls import link_tls
from leveret.cluster.members import standing as steps
from leveret.cluster.members.file import StandingFile, read_roll, write_roll
from leveret.cluster.members.roll import Place
from leveret.cluster.members.standing import Phase
from leveret.cluster.metadata.opening import replicas_of, replicate_metadata
from leveret.cluster.mirroring.wanted import Locators
from leveret.cluster.seat import Seat, engine_directory
from leveret.cluster.sharing import Sharing
from leveret.errors import StartRefused

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from pathlib import Path

    from leveret.broker.ports import Storage
    from leveret.cluster.members.roll import Roll
    from leveret.cluster.members.standing import Standing
    from leveret.cluster.metadata.changes import SharedChange
    from leveret.config import Settings

log = logging.getLogger("leveret.cluster")

USUAL_NODE_PORT: Final = 25672
ROLL: Final = "roll"
# Who runs is reached within some milliseconds.
ROLL_S: Final = 1.0
EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # where it listens


class Owner(Protocol):
    """What membership asks of its node."""

    @property
    def settings(self) -> Settings: ...

    @property
    def application(self) -> object | None:
        """None while it is stopped."""

    async def start_app(self) -> None: ...

    async def stop_app(self) -> None: ...

    def reset(self) -> None:
        """Forget all messages and metadata; only while the application is stopped."""


class Membership:
    """One node's.

    standing: as cluster.json has it. seat: None while the node is alone.
    links: to the other nodes; those of the application or, while it is stopped, bare ones.
    sharing: what the application shares; None while it is stopped, or the node is alone.
    is_ending: the node stops.
    changing: held by whoever changes where the node stands.
    """

    def __init__(self, owner: Owner, cookie: bytes) -> None:
        """Raises StartRefused."""
        self.owner = owner
        self.settings = owner.settings
        self.node = owner.settings.node
        self.cookie = cookie
        assert owner.settings.data_dir is not None, "a node without files joins nobody"
        self.data_dir: Path = owner.settings.data_dir
        self._file = StandingFile(self.data_dir)
        self.standing: Standing = self._file.read(self.node)
        self.seat: Seat | None = None
        self.sharing: Sharing | None = None
        self.changing = asyncio.Lock()
        self.is_ending = False
        # What this node was while it was alone, as the beginning of its cluster's metadata.
        self.beginning: Sequence[SharedChange] = ()
        self.joining = Joining(self)
        self.leaving = Leaving(self)
        self.discovering = Discovering(self)
        self._groups = Groups(self)
        self._tasks: set[asyncio.Task[None]] = set()
        files = route_tls_of(self.settings)
        self._tls = link_tls(files.certificate, files.key, files.authorities) if files else None
        self.links = self._new_links()

    # With the node and its application -----------------------------------------------------------

    async def begin(self) -> None:
        """The node starts: what a crash has interrupted is undone, and a member takes its seat.

        Raises StartRefused."""
        if self.standing.phase is Phase.JOINING:
            through = self.standing.through
            log.warning("%s had not joined %s when it stopped: join again", self.node, through)
            self.set_standing(steps.give_up_joining(self.standing))
        if self.standing.phase is Phase.LEAVING:
            log.warning("%s was leaving its cluster when it stopped: reset it again", self.node)
        if not self.standing.has_engine:
            self.drop_engine_files()
            return
        assert self.standing.roll is not None
        self.seat = self.new_seat(self.standing.roll)
        await self.seat.take()

    async def share(self, own: Storage) -> Sharing | None:
        """The application starts: what it shares with the others, read; None for a node alone.

        Waits for a majority. Raises StartRefused."""
        seat = self.seat
        if seat is None and self.standing.phase is not Phase.FORGOTTEN:
            return None
        await self.renew_links()
        await self._compare_rolls()
        if seat is None or self.standing.phase is Phase.FORGOTTEN:
            raise StartRefused(
                f"node {self.node} thinks it is clustered with {', '.join(self.others)}, but they "
                "disagree: reset it, then let it join again"
            )
        if self.standing.is_boot_forced:
            await self.leaving.go_on_without(seat)
        sharing = self.sharing = Sharing(seat.roll, self.node, self.links, own)
        sharing.join_group = self._groups.gather
        cluster = self.settings.cluster
        sharing.locators = Locators(cluster.master_locator, cluster.leader_locator)
        sharing.on_roll = self._adopt
        await sharing.begin(seat.logs)
        if self.beginning:
            await sharing.found(self.beginning)
        await asyncio.gather(sharing.catch_up(), sharing.wait_others())
        return sharing

    def settle_in(self) -> None:
        """The application runs: what the others know of this node is put right, if need be."""
        if self.sharing is not None:
            self.start(self._settle_in(self.sharing))

    async def _settle_in(self, sharing: Sharing) -> None:
        if self.standing.is_boot_forced:
            self.set_standing(steps.force_boot(self.standing, is_forced=False))
            await self.leaving.strike_off_the_gone()
        own = sharing.roll.find(self.node)
        if own is not None and own.place != self.own_place:
            await sharing.change_roll(lambda roll: roll.moved(self.node, self.own_place))

    async def stop_sharing(self) -> None:
        """The application has stopped."""
        sharing, self.sharing = self.sharing, None
        if sharing is not None:
            await sharing.end()
            await self.renew_links()

    async def end(self) -> None:
        """The node stops."""
        self.is_ending = True
        await self.joining.end()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.links.close()
        if self.seat is not None:
            await self.seat.give_up()

    # Other nodes ---------------------------------------------------------------------------------

    def _new_links(self) -> NodeLinks:
        links = NodeLinks(Home(self.node, self.cookie, self._place_of, self._tls))
        for each in (self.joining, self.leaving, self.discovering, self._groups):
            each.serve(links)
        links.serve(ROLL, self._tell_roll)
        return links

    async def _compare_rolls(self) -> None:
        """Others may have changed the roll while this node was away, and struck it off."""
        for octets in await asyncio.gather(*map(self._ask_roll, self.others)):
            if octets:
                self.set_standing(steps.adopt(self.standing, read_roll(octets)))
        seat, roll = self.seat, self.standing.roll
        if seat is not None and roll is not None and not self.is_forgotten and seat.roll != roll:
            await seat.adopt(roll)
            self._link_others()

    async def _ask_roll(self, node: str) -> bytes:
        link = self.links.to(node)
        try:
            await link.wait_up(ROLL_S)
            return await link.call(ROLL, b"", ROLL_S)
        except (LinkDown, Overdue, PeerRefused):
            return b""

    async def _tell_roll(self, _peer: str, _body: bytes) -> bytes:
        """Nothing, of a node that was in no cluster or does not know.

        Of one that went on alone, its last: who comes back to it is not on it."""
        roll = self.standing.roll if self.seat is None else self.seat.roll
        knows = self.standing.phase in (Phase.MEMBER, Phase.ALONE)
        return write_roll(roll) if knows and roll is not None else b""

    async def renew_links(self) -> None:
        """Nothing of one application hangs on what another uses."""
        await self.links.close()
        self.links = self._new_links()
        self._link_others()

    def _link_others(self) -> None:
        for node in self.others:
            self.links.to(node)

    @property
    def roll(self) -> Roll | None:
        """Who is in the cluster; None for a node alone."""
        if self.seat is not None:
            return self.seat.roll
        return None if self.standing.phase is Phase.ALONE else self.standing.roll

    @property
    def others(self) -> tuple[str, ...]:
        nodes = self.roll.nodes if self.roll else ()
        return tuple(each for each in nodes if each != self.node)

    def _place_of(self, node: str) -> tuple[str, int] | None:
        """Where another node can be reached: as the roll says, its own files, or its name."""
        member = self.roll.find(node) if self.roll else None
        if member is not None:
            return member.place.host, member.place.node_port
        usual = self.settings.node_place[1] or USUAL_NODE_PORT
        return reported_place(self.data_dir.parent / node) or (node.partition("@")[2], usual)

    @property
    def own_place(self) -> Place:
        """Where the others reach this node."""
        settings = self.settings
        host = settings.cluster.address or self.node.partition("@")[2]
        return Place(host, settings.node_place[1], settings.route_place[1])

    # The roll ------------------------------------------------------------------------------------

    def _adopt(self, roll: Roll) -> None:
        """The metadata say who is in, or was once."""
        known = self.standing.roll
        self.set_standing(steps.adopt(self.standing, roll))
        if self.standing.roll == known:
            return
        if self.standing.phase is Phase.FORGOTTEN:
            log.error("%s was taken out of its cluster: reset it", self.node)
            self.start(self.owner.stop_app())
        elif self.seat is not None:
            self.start(self._follow_roll(self.seat, roll))

    async def _follow_roll(self, seat: Seat, roll: Roll) -> None:
        await seat.adopt(roll)
        self._link_others()
        await replicate_metadata(seat.logs, replicas_of(roll))

    @property
    def is_forgotten(self) -> bool:
        """The others count this node in no more; only a reset helps."""
        return self.standing.phase is Phase.FORGOTTEN

    # Files, tasks --------------------------------------------------------------------------------

    def set_standing(self, standing: Standing) -> None:
        """From now on, and after a crash."""
        if standing != self.standing:
            self._file.write(standing)
            self.standing = standing

    def new_seat(self, roll: Roll) -> Seat:
        """Raises StartRefused."""
        return Seat(self.node, roll, self.settings, self.cookie)

    def drop_engine_files(self) -> None:
        """Of an engine that is none any more, or that begins anew."""
        shutil.rmtree(engine_directory(self.data_dir), ignore_errors=True)

    def start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run it beside everything else; it ends with the node."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("%s: %s", self.node, task.exception(), exc_info=task.exception())


def reported_place(directory: Path) -> tuple[str, int] | None:
    """Where a node of this machine says that its node port is; None where none says so."""
    try:
        told = json.loads((directory / "node.json").read_bytes())
    except (OSError, ValueError):
        return None
    for each in told["listening"]:
        if each["protocol"] == "clustering":
            return EVERYWHERE.get(each["host"], each["host"]), each["port"]
    return None
