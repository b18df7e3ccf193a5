"""What the engines are asked as a system: who is there, who leads, who shall be no member.

All of it is for the account $SYS. Asked are: this node's own server, all of them at once, or the
leader of the group of all servers (meta): the one that says where logs are.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final

from leveret.cluster.engine.mesh import Mesh, Meta
from leveret.cluster.nats.client import Unanswered
from leveret.cluster.nats.connection import ApiError, ask, request

if TYPE_CHECKING:
    from leveret.cluster.nats.client import Client
    from leveret.cluster.nats.frames import Message

Json = dict[str, Any]

# Those that live answer within milliseconds, also on a busy machine.
ANSWERS_S: Final = 1.0
# JetStream's err_code for a peer that is no member.
NO_MEMBER: Final = 10044
_LOOK_EVERY_S: Final = 0.1


class System:
    """The engines, as asked by one of them. server: the name of its own."""

    def __init__(self, client: Client, server: str) -> None:
        self._client = client
        self.server = server

    async def is_there(self) -> bool:
        """Whether our own answers. Raises Unanswered."""
        answer = await request(self._client, "$SYS.REQ.USER.INFO", b"")
        return "data" in answer

    async def keeps_logs(self) -> bool:
        """Whether our own has JetStream switched on; it switches it off, and leaves it off, when
        it cannot write. Raises Unanswered."""
        answers = await self._ask_all("JSZ", (self.server,))
        return not answers[self.server].get("disabled", False)

    async def meta(self) -> Meta:
        """Raises Unanswered when our own server does not answer."""
        answers = await self._ask_all("JSZ")
        return Meta.of(self.server, answers)

    async def mesh(self, servers: tuple[str, ...]) -> Mesh:
        """Which of these servers have routes to each other."""
        answers = await self._ask_all("ROUTEZ", servers)
        return Mesh.of(servers, answers)

    async def wait_whole(self, servers: tuple[str, ...], patience_s: float) -> None:
        """Until each of them has a route to each other, one leads and all others follow.

        Raises Unanswered, with what is missing, when it takes longer."""
        missing = "nothing was heard"
        try:
            async with asyncio.timeout(patience_s):
                while missing := await self._missing(servers):  # noqa: ASYNC110  # it is asked
                    await asyncio.sleep(_LOOK_EVERY_S)
        except TimeoutError:
            raise Unanswered(f"the engines are not whole: {missing}") from None

    async def _missing(self, servers: tuple[str, ...]) -> str:
        """What keeps these from being whole; empty for nothing."""
        try:
            mesh = await self.mesh(servers)
            return mesh.missing_text or (await self.meta()).missing_text(servers)
        except Unanswered as error:
            return str(error)

    async def hand_over(self) -> None:
        """Let another lead all servers, if ours does; when SIGTERM comes each log is handed over
        as well. Raises Unanswered, ApiError."""
        meta = await self.meta()
        if meta.leader == self.server and len(meta.followers) > 0:
            await ask(self._client, "META.LEADER.STEPDOWN", {})

    async def remove(self, server: str) -> None:
        """It is no member any more, nor may one of its name be for five minutes.

        Raises Unanswered without a majority, ApiError."""
        try:
            await ask(self._client, "SERVER.REMOVE", {"peer": server})
        except ApiError as error:
            if error.code != NO_MEMBER:
                raise

    async def rescue(self, quorum_needed: int = 1) -> None:
        """Let so few decide who is a member, for five minutes, with the others gone for good.

        Where they are not gone but only out of sight the cluster becomes two: for an operator's
        word alone. Then each of the others is to be removed. Raises Unanswered, ApiError: also as
        long as our server still believes in its leader, which it may be itself."""
        meta = await self.meta()
        if meta.leader == self.server:
            await ask(self._client, "META.LEADER.STEPDOWN", {})
        await ask(self._client, "META.RESCUE", {"quorum_needed": quorum_needed})

    async def _ask_all(self, what: str, servers: tuple[str, ...] = ()) -> dict[str, Json]:
        """What each server says, by its name; until these have answered, or as many as there seem
        to be, or for a second.

        Raises Unanswered."""
        found: dict[str, Json] = {}
        come: asyncio.Queue[Message] = asyncio.Queue()
        inbox = self._client.new_inbox()
        number = self._client.subscribe(inbox, come.put_nowait)
        try:
            self._client.publish(f"$SYS.REQ.SERVER.PING.{what}", b"{}", inbox)
            async with asyncio.timeout(ANSWERS_S):
                while not self._has_all(found, servers):
                    answer: Json = json.loads((await come.get()).octets)
                    found[answer["server"]["name"]] = answer.get("data") or {}
        except TimeoutError:
            pass
        finally:
            self._client.unsubscribe(number)
        if self.server not in found:
            raise Unanswered("our own nats-server does not answer")
        return found

    def _has_all(self, found: dict[str, Json], servers: tuple[str, ...]) -> bool:
        wanted = {self.server, *servers}
        return wanted <= found.keys() and (bool(servers) or len(found) >= Meta.size_of(found))
