"""One other node, as this one reaches it: dialled until it is there, and dialled again.

    vacant ──(dialled, or it came)──> held ──(lost)──> vacant

Rule: one connection at a time; which one, encounter.py decides. The node with the smaller name
dials at once, the other a pause later, so that connections seldom cross.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from leveret.cluster.links.connection import Connection, Pace
from leveret.cluster.links.encounter import (
    Hello,
    Verdict,
    decode_verdict,
    encode,
    is_crossed,
)
from leveret.cluster.links.frames import BadPeer
from leveret.cluster.links.link import PeerLink
from leveret.cluster.links.sealed import dial
from leveret.control.challenge import NotOurs, Purpose, Unproven
from leveret.control.wire import BadFrame

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from leveret.cluster.links.desk import Desk
    from leveret.cluster.links.sealed import SealedSocket

log = logging.getLogger("leveret.cluster")

_NOT_LET_IN = (OSError, NotOurs, Unproven, BadPeer, BadFrame)


@dataclass(frozen=True, slots=True)
class Tls:
    """What is around the connections between nodes: for who comes in, and for who dials."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@dataclass(frozen=True, slots=True)
class Home:
    """This node, as far as its links must know it.

    place_of: host and node port of another node; None while they are unknown.
    tls: how all nodes of the cluster meet, or None.
    """

    node: str
    cookie: bytes
    place_of: Callable[[str], tuple[str, int] | None]
    tls: Tls | None = None
    pace: Pace = field(default_factory=Pace)
    boot: str = field(default_factory=lambda: os.urandom(8).hex())


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """The connection there is. is_ours: we began it. boot: of the run of the node it leads to."""

    connection: Connection
    boot: str
    is_ours: bool


class Peer:
    """link: what others of this node have of it."""

    def __init__(self, node: str, home: Home, desk: Desk) -> None:
        self.link = PeerLink(node, desk)
        self._home = home
        self._held: Held | None = None
        self._vacant = asyncio.Event()
        self._vacant.set()
        self._has_said_hello = False
        self._dialling: asyncio.Task[None] | None = None

    def reach(self) -> None:
        """From now on it is dialled whenever there is no connection."""
        if self._dialling is None:
            self._dialling = asyncio.get_running_loop().create_task(self._keep())

    def let_go(self, trouble: str) -> None:
        """It is dialled no more, and in a moment there is no connection."""
        if self._held is not None:
            asyncio.get_running_loop().call_soon(self._held.connection.end, trouble)
        if self._dialling is not None:
            self._dialling.cancel()
            self._dialling = None

    async def hang_up(self) -> None:
        if self._held is not None:
            await self._held.connection.hang_up("the links were closed")
        self.let_go("the links were closed")

    async def _keep(self) -> None:
        pace, node = self._home.pace, self.link.node
        pause_s = pace.pause_s
        while True:
            await self._vacant.wait()
            if self._home.node > node:
                await asyncio.sleep(pace.pause_s)
            try:
                is_done = not self._vacant.is_set() or await self._dial()
            except Exception:
                log.exception("the link to %s failed", node)
                is_done = False
            pause_s = pace.pause_s if is_done else min(2 * pause_s, pace.pause_s_max)
            # Two that stumble over each other do so less in step.
            await asyncio.sleep(pause_s * random.uniform(0.5, 1))  # noqa: S311

    async def _dial(self) -> bool:
        """Meet it, and stay until the connection is over. Whether they met."""
        try:
            async with asyncio.timeout(self._home.pace.handshake_s):
                met = await self._meet()
        except _NOT_LET_IN as error:
            self._note(_words(error, self._home.pace))
            return False
        finally:
            self._has_said_hello = False
        if met is None:
            return True
        socket, verdict = met
        await self.hold(socket, verdict.boot, is_ours=True)
        return True

    async def _meet(self) -> tuple[SealedSocket, Verdict] | None:
        """None when another connection came first. Raises what _NOT_LET_IN says."""
        home, node = self._home, self.link.node
        place = home.place_of(node)
        if place is None:
            raise BadPeer("where it is, is not known")
        purpose = Purpose.PEER if home.tls is None else Purpose.PEER_OVER_TLS
        socket = await dial(place, home.cookie, purpose)
        try:
            if home.tls is not None:
                await socket.start_tls(home.tls.client, place[0])
            if self._held is not None:
                socket.abort()
                return None
            self._has_said_hello = True
            socket.say(encode(Hello(home.node, node, home.boot)))
            verdict = decode_verdict(await socket.receive())
            if verdict.refusal or verdict.node != node:
                raise BadPeer(verdict.refusal or f"the node there is {verdict.node}")
        except BaseException:
            socket.abort()
            raise
        if verdict.is_crossed or self._held is not None:
            socket.abort()
            return None
        return socket, verdict

    def judge(self, hello: Hello) -> Verdict:
        """It has come by itself: whether that connection is the one."""
        ours = self._held if self._held is not None and self._held.is_ours else None
        crossed = is_crossed(
            self._home.node,
            hello,
            has_said_hello=self._has_said_hello,
            boot_of_ours=ours.boot if ours else None,
        )
        if crossed and ours is not None:
            ours.connection.probe()
        return Verdict(self._home.node, self._home.boot, is_crossed=crossed)

    async def hold(self, socket: SealedSocket, boot: str, *, is_ours: bool) -> None:
        """This is the connection, until it is over."""
        if self._held is not None:
            self._held.connection.end("another connection took its place")
        connection = Connection(socket, self.link, self._home.pace)
        held = self._held = Held(connection, boot, is_ours)
        self._vacant.clear()
        log.info("the link to %s is up", self.link.node)
        try:
            await connection.run()
        finally:
            if self._held is held:
                self._held = None
                self._vacant.set()
                log.warning("the link to %s is down: %s", self.link.node, self.link.trouble)

    def _note(self, trouble: str) -> None:
        """Why it cannot be reached; once in the log for each reason."""
        if trouble != self.link.trouble:
            log.warning("%s cannot be reached: %s", self.link.node, trouble)
        self.link.trouble = trouble


def _words(error: Exception, pace: Pace) -> str:
    if isinstance(error, Unproven):
        return "its cookie is not ours"
    if isinstance(error, TimeoutError):
        return f"no answer within {pace.handshake_s:g} s"
    if isinstance(error, OSError):
        return (error.strerror or str(error) or "the connection was lost").lower()
    return str(error)
