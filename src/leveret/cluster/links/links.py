"""The links of a node, over sockets of the node port: it dials the others, and they come in there.

    links = NodeLinks(Home("hare@a", cookie, members.place_of), members.is_admitted)
    node_port.hand_peers_to(links.welcome)

Rule: whoever comes has the cookie already. It is let in when it looks for this node, is another
one, and is one of those who may come.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from leveret.cluster.links.desk import Desk
from leveret.cluster.links.encounter import Hello, Verdict, decode_hello, encode
from leveret.cluster.links.frames import BadPeer
from leveret.cluster.links.peer import Home, Peer
from leveret.cluster.links.sealed import welcomed
from leveret.control.challenge import Challenge, Purpose
from leveret.control.wire import BadFrame

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.cluster.links.link import PeerLink
    from leveret.cluster.links.sealed import SealedSocket

log = logging.getLogger("leveret.cluster")


def anybody(_node: str) -> bool:
    """Whoever has the cookie may come."""
    return True


class NodeLinks:
    """home: this node. is_admitted: whether a node of that name may come in."""

    def __init__(self, home: Home, is_admitted: Callable[[str], bool] = anybody) -> None:
        self.node = home.node
        self._home = home
        self._is_admitted = is_admitted
        self._desk = Desk()
        self._peers: dict[str, Peer] = {}
        self._is_closed = False
        self._last_warning = ""
        self.serve = self._desk.serve
        self.receive = self._desk.receive
        self.on_link = self._desk.on_link

    def to(self, node: str) -> PeerLink:
        assert node != self.node, "a node has no link to itself"
        peer = self._peer(node)
        if not self._is_closed:
            peer.reach()
        return peer.link

    def _peer(self, node: str) -> Peer:
        if node not in self._peers:
            peer = self._peers[node] = Peer(node, self._home, self._desk)
            self._desk.announce(peer.link)
        return self._peers[node]

    def forget(self, node: str) -> None:
        if node in self._peers:
            self._peers[node].let_go("it was forgotten")

    async def close(self) -> None:
        self._is_closed = True
        await asyncio.gather(*(peer.hang_up() for peer in self._peers.values()))
        self._desk.stop()
        await asyncio.sleep(0)  # What was ended ends in this turn.

    async def welcome(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        keys: Challenge,
        purpose: Purpose,
    ) -> None:
        """A node has come in, and proved that it has the cookie: until it is gone."""
        socket = welcomed(reader, writer, keys)
        try:
            async with asyncio.timeout(self._home.pace.handshake_s):
                hello = await self._meet(socket, purpose)
        except (OSError, BadPeer, BadFrame) as error:
            self._warn(f"a node that came in was sent away: {str(error) or 'it said nothing'}")
            socket.abort()
            return
        if hello is not None:
            await self._peer(hello.node).hold(socket, hello.boot, is_ours=False)

    async def _meet(self, socket: SealedSocket, purpose: Purpose) -> Hello | None:
        """Who it is; None when it was told to go. Raises OSError, BadPeer, BadFrame."""
        tls = self._home.tls
        if (purpose is Purpose.PEER_OVER_TLS) != (tls is not None):
            raise BadPeer("one of both has TLS between nodes, the other has not")
        if tls is not None:
            await socket.start_tls(tls.server, None)
        hello = decode_hello(await socket.receive())
        verdict = self._judge(hello)
        socket.say(encode(verdict))
        if verdict.refusal:
            self._warn(f"{hello.node} was not let in: {verdict.refusal}")
        if verdict.is_welcome:
            return hello
        await socket.finish()
        return None

    def _warn(self, sentence: str) -> None:
        """Who is sent away comes again every few seconds: said once until something else is."""
        if sentence != self._last_warning:
            log.warning(sentence)
        self._last_warning = sentence

    def _judge(self, hello: Hello) -> Verdict:
        refusal = self._refusal(hello)
        if refusal:
            return Verdict(self.node, self._home.boot, refusal)
        return self._peer(hello.node).judge(hello)

    def _refusal(self, hello: Hello) -> str:
        if self._is_closed:
            return f"{self.node} is leaving"
        if hello.goal != self.node:
            return f"the node there is {self.node}, not {hello.goal}"
        if hello.node == self.node:
            return f"both are called {self.node}"
        if not self._is_admitted(hello.node):
            return f"{hello.node} is no member of the cluster of {self.node}"
        return ""
