"""A node's seat in its cluster: its engine, and what it has of the logs that all engines keep.

Life: taken at the node's start (or when it joins), kept through stop_app, given up when the node
stops or leaves. As long as the process lives, its disk counts for the majority.

Rule: the engine knows all members from the roll; whoever changes the roll tells the seat (`adopt`),
and nothing is restarted.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from leveret.cluster.engine.binary import find_engine
from leveret.cluster.engine.engine import Engine
from leveret.cluster.engine.passwords import Passwords
from leveret.cluster.engine.plan import EngineMember, Plan, free_port, route_tls_of
from leveret.cluster.nats.client import Unanswered
from leveret.cluster.nats.connection import ApiError
from leveret.cluster.nats.logs import NatsLogs
from leveret.cluster.ports import NoMajority
from leveret.errors import StartRefused

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from leveret.cluster.members.roll import Member, Roll
    from leveret.config import Settings

log = logging.getLogger("leveret.cluster")

ENGINE_DIRECTORY = "engine"


class Seat:
    """node: whose it is. roll: who is in the cluster. engine: this node's."""

    def __init__(self, node: str, roll: Roll, settings: Settings, cookie: bytes) -> None:
        """Raises StartRefused where there is no program to run."""
        own = roll.find(node)
        assert own is not None, f"{node} is not on the roll"
        assert settings.data_dir is not None, "the engine keeps its logs in the data directory"
        self.node = node
        self.roll = roll
        self._groups: set[tuple[str, ...]] = set()
        self._logs: NatsLogs | None = None
        plan = Plan(
            member=_engine_member(own),
            members=tuple(map(_engine_member, roll.members)),
            bind=settings.route_place[0],
            client_port=free_port(),
            directory=engine_directory(settings.data_dir),
            passwords=Passwords.of(cookie),
            tls=route_tls_of(settings),
        )
        self.engine = Engine(find_engine(settings.cluster.nats_server), plan)

    @property
    def logs(self) -> NatsLogs:
        assert self._logs is not None, "the seat has not been taken"
        return self._logs

    async def take(self) -> None:
        """Start the engine. Raises StartRefused."""
        await self.engine.start()
        try:
            self._logs = await NatsLogs.connect(self.node, self.engine.endpoint)
        except NoMajority as error:
            await self.engine.stop()
            raise StartRefused(f"cannot reach the engine of {self.node}: {error}") from error
        except BaseException:
            await self.engine.stop()
            raise

    async def wait_whole(self, nodes: Iterable[str], patience_s: float) -> None:
        """Until the engines of these nodes are one. Raises Unanswered, saying what is missing."""
        servers = tuple(
            _engine_member(each).server for each in self.roll.members if each.node in nodes
        )
        await self.engine.system.wait_whole(servers, patience_s)

    async def adopt(self, roll: Roll) -> None:
        """The cluster has other members. Raises StartRefused."""
        self.roll = roll
        await self._reload()

    async def join_group(self, nodes: tuple[str, ...]) -> None:
        """This node is one of these, for logs that are to be on them alone."""
        if nodes not in self._groups:
            self._groups.add(nodes)
            await self._reload()

    async def _reload(self) -> None:
        members = tuple(map(_engine_member, self.roll.members))
        await self.engine.reload(members, tuple(sorted(self._groups)))

    async def dismiss(self, member: Member) -> None:
        """An engine whose node has left keeps none of the logs any more. Raises Unanswered."""
        try:
            await self.engine.system.remove(_engine_member(member).server)
        except ApiError as error:
            raise Unanswered(str(error)) from error

    async def give_up(self) -> None:
        """Others lead what it led; then its engine stops."""
        if self._logs is not None:
            await self._logs.close()
            self._logs = None
        await self.engine.stop()


def engine_directory(data_dir: Path) -> Path:
    return data_dir / ENGINE_DIRECTORY


def _engine_member(member: Member) -> EngineMember:
    place = member.place
    return EngineMember(member.node, member.incarnation, place.host, place.route_port)
