"""The engine as one node has it, on the nats-server beside it: the port SharedLogs."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from leveret.cluster.nats.client import Address, Client, Unanswered
from leveret.cluster.nats.connection import ask
from leveret.cluster.nats.health import health_of
from leveret.cluster.nats.log import NatsLog
from leveret.cluster.nats.naming import (
    ANY_FENCE,
    is_log,
    log_of,
    log_of_subject,
    node_of,
    tags_of,
)
from leveret.cluster.nats.patience import patiently
from leveret.cluster.nats.stream import Stream
from leveret.cluster.ports import NoMajority

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from leveret.cluster.nats.connection import Json
    from leveret.cluster.nats.frames import Message
    from leveret.cluster.ports import Health

log = logging.getLogger("leveret.cluster.nats")

# A fence is heard of before a majority has it; when it has is a matter of its disks.
LOOK_AFTER_S: Final = (0.02, 0.2, 1.0)
# News of a fence may be lost. A writer with nothing to write looks for itself; hundreds of them
# not all that often, as each look costs the engine half a millisecond.
LOOK_EVERY_S: Final = 5.0
LOOKS_PER_S_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a nats-server listens, and as whom to talk to it.

    system_user: of the account $SYS, who may ask after the servers.
    """

    host: str
    port: int
    user: str
    password: str
    system_user: str
    system_password: str

    def addresses(self) -> tuple[Address, Address]:
        """As a user, and as the system's."""
        return (
            Address(self.host, self.port, self.user, self.password),
            Address(self.host, self.port, self.system_user, self.system_password),
        )


class NatsLogs:
    """node: its name. client, system: connected to the nats-server that is its own."""

    def __init__(self, node: str, client: Client, system: Client) -> None:
        self.node = node
        self._client = client
        self._system = system
        self._open: dict[str, NatsLog] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def connect(cls, node: str, endpoint: Endpoint) -> NatsLogs:
        """Raises NoMajority when the nats-server beside us is not to be reached."""
        client, system = (Client(each) for each in endpoint.addresses())
        try:
            await patiently("nats-server", client.connect)
            await patiently("nats-server", system.connect)
        except NoMajority:
            await client.close()
            raise
        logs = cls(node, client, system)
        client.subscribe(ANY_FENCE, logs._hear_of_fence)
        logs._start(logs._look_for_fences())
        return logs

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        for each in self._open.values():
            await each.close()
        await self._client.close()
        await self._system.close()

    async def open(self, name: str, replicas: int, nodes: tuple[str, ...] = ()) -> NatsLog:
        stream = Stream(self._client, name)
        await patiently(name, lambda: stream.make(replicas, tags_of(nodes)))
        found = self._open.get(name)
        if found is None or found.is_closed or found.birth != stream.birth:
            found = self._open[name] = NatsLog(self.node, stream)
        return found

    async def change_replicas(self, name: str, replicas: int, nodes: tuple[str, ...] = ()) -> None:
        stream = Stream(self._client, name)
        # JetStream moves a stream or scales it, not both in one update; and it moves none to fewer
        # nodes than it has copies.
        steps: list[tuple[str, object]] = [
            ("placement", _placement(nodes)),
            ("num_replicas", replicas),
        ]
        if replicas < len(await patiently(name, stream.servers)):
            steps.reverse()
        for key, wanted in steps:
            await patiently(name, partial(stream.change, key, wanted))

    async def leader_of(self, name: str) -> str | None:
        stream = Stream(self._client, name)
        leader = (await patiently(name, stream.servers))[0]
        return node_of(leader) if leader else None

    async def move_leader(self, name: str, node: str) -> None:
        """Until it is so. Raises LookupError where the log does not lie on that node."""
        stream = Stream(self._client, name)
        await patiently(name, lambda: _move_leader(stream, node))

    async def delete(self, name: str) -> None:
        stream = Stream(self._client, name)
        await patiently(name, lambda: stream.ask("STREAM.DELETE"))

    async def names(self) -> list[str]:
        streams: list[str] = []

        async def page() -> Json:
            return await ask(self._client, "STREAM.NAMES", {"offset": len(streams)})

        while True:
            told = await patiently("the names of logs", page)
            streams += told["streams"] or ()
            if len(streams) >= told["total"] or not told["streams"]:
                return sorted(log_of(each) for each in streams if is_log(each))

    async def health(self) -> Health:
        return await health_of(self._system)

    # Being deposed -----------------------------------------------------------------------------

    def _hear_of_fence(self, message: Message) -> None:
        name = log_of_subject(message.subject)
        found = self._open.get(name)
        if found is None or found.is_our_fence(message.octets):
            return
        for delay_s in LOOK_AFTER_S:
            asyncio.get_running_loop().call_later(delay_s, self._look, name)

    def _look(self, name: str) -> None:
        found = self._open.get(name)
        if found is not None and found.is_writer:
            self._start(found.look_for_fence())

    async def _look_for_fences(self) -> None:
        while True:
            self._open = {name: each for name, each in self._open.items() if not each.is_closed}
            pause_s = pause_between_looks(len(self._open))
            await asyncio.sleep(pause_s)
            for each in list(self._open.values()):
                await each.look_when_idle()
                await asyncio.sleep(pause_s)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("looking for fences has failed", exc_info=task.exception())


def pause_between_looks(logs_count: int) -> float:
    """In seconds: of each log one in LOOK_EVERY_S, as long as these are not too many."""
    return max(LOOK_EVERY_S / (logs_count + 1), 1 / LOOKS_PER_S_MAX)


def _placement(nodes: tuple[str, ...]) -> Json | None:
    return {"tags": list(tags_of(nodes))} if nodes else None


async def _move_leader(stream: Stream, node: str) -> None:
    """Raises Unanswered when it is not led there yet: a copy that lags behind is passed over."""
    leader, *others = await stream.servers()
    if node_of(leader) == node:
        return
    server = next((each for each in others if node_of(each) == node), None)
    if server is None:
        raise LookupError(f"{stream.name} does not lie on {node}")
    if leader:
        await stream.ask("STREAM.LEADER.STEPDOWN", {"placement": {"preferred": server}})
    raise Unanswered(f"{node} does not lead it yet")
