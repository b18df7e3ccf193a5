"""Links within one process, with every fault: what tests of others use in place of sockets.

    network = MemoryNetwork()
    hare, mouse = network.links_of("hare"), network.links_of("mouse")

Rule: it promises what sockets promise and no more. Frames arrive in later turns of the loop; what
is under way when a pair is cut is lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING

from leveret.cluster.links.desk import Desk
from leveret.cluster.links.frames import BadPeer
from leveret.cluster.links.link import PeerLink
from leveret.cluster.links.ports import BEHIND_OCTETS

if TYPE_CHECKING:
    from leveret.cluster.links.frames import Frame

log = logging.getLogger("leveret.cluster")

Pair = frozenset[str]


class MemoryNetwork:
    """Whom it knows, who may talk to whom, and whose frames are held up."""

    def __init__(self) -> None:
        self._nodes: dict[str, MemoryLinks] = {}
        self._wires: dict[Pair, tuple[Wire, Wire]] = {}
        self._cut: set[Pair] = set()
        self._held: set[Pair] = set()

    def links_of(self, node: str) -> MemoryLinks:
        """A node that starts: whoever had the name is gone."""
        self.kill(node)
        links = self._nodes[node] = MemoryLinks(node, self)
        for other in [name for name in self._nodes if name != node]:
            self.connect_soon(node, other)
        return links

    def kill(self, node: str) -> None:
        """As if its process had ended: the others are told, it says and hears nothing more."""
        gone = self._nodes.pop(node, None)
        for pair in [pair for pair in self._wires if node in pair]:
            self._end(pair, f"{node} is gone")
        if gone is not None:
            gone.die()

    def lose(self, one: str, other: str) -> None:
        """Their connection breaks; they find another."""
        pair = Pair((one, other))
        if pair in self._wires:
            self._end(pair, "the connection was lost")
            self.connect_soon(one, other)

    def cut(self, one: str, other: str) -> None:
        """They reach each other no more until heal()."""
        self._cut.add(Pair((one, other)))
        self._end(Pair((one, other)), "it is cut off")

    def isolate(self, node: str) -> None:
        """It reaches nobody."""
        for other in [name for name in self._nodes if name != node]:
            self.cut(node, other)

    def hold(self, one: str, other: str) -> None:
        """What they say to each other waits, until release(): a slow network, a frozen node."""
        self._held.add(Pair((one, other)))

    def release(self) -> None:
        self._held.clear()
        for wires in self._wires.values():
            for wire in wires:
                wire.go_on()

    def heal(self) -> None:
        """All that were cut find each other again."""
        cut, self._cut = self._cut, set()
        for one, other in map(sorted, cut):
            self.connect_soon(one, other)

    def connect_soon(self, one: str, other: str) -> None:
        asyncio.get_running_loop().call_soon(self._connect, Pair((one, other)))

    def is_held(self, pair: Pair) -> bool:
        return pair in self._held

    def _connect(self, pair: Pair) -> None:
        ends = [self._nodes.get(node) for node in sorted(pair)]
        if pair in self._wires or pair in self._cut or len(ends) != len(pair):
            return
        one, other = ends
        if one is None or other is None or not (one.wants(other.node) or other.wants(one.node)):
            return
        near, far = one.link(other.node), other.link(one.node)
        wires = self._wires[pair] = Wire(self, pair, far), Wire(self, pair, near)
        wires[0].back, wires[1].back = wires[1], wires[0]
        near.rise(wires[0])
        far.rise(wires[1])

    def _end(self, pair: Pair, trouble: str) -> None:
        for wire in self._wires.pop(pair, ()):
            wire.end(trouble)

    def end_soon(self, pair: Pair, trouble: str) -> None:
        asyncio.get_running_loop().call_soon(self._end, pair, trouble)


class Wire:
    """One direction of a connection: to the node whose link is the goal.

    back: the other direction, by which the goal answers.
    """

    back: Wire

    def __init__(self, network: MemoryNetwork, pair: Pair, goal: PeerLink) -> None:
        self._network = network
        self._pair = pair
        self._goal = goal
        self._frames: deque[Frame] = deque()
        self._octets = 0
        self._is_over = False
        self._task: asyncio.Task[None] | None = None

    @property
    def is_behind(self) -> bool:
        return self._octets > BEHIND_OCTETS

    def carry(self, kind: int, stream: int, octets: bytes) -> None:
        if self._is_over:
            return
        self._frames.append((kind, stream, octets))
        self._octets += len(octets)
        self.go_on()

    def go_on(self) -> None:
        """Bring what waits, in a turn to come."""
        if self._task is None and self._frames and not self._is_over:
            self._task = asyncio.get_running_loop().create_task(self._bring())

    async def _bring(self) -> None:
        try:
            while self._frames and not self._network.is_held(self._pair) and not self._is_over:
                frame = self._frames.popleft()
                self._octets -= len(frame[2])
                await self._goal.hear(self.back, (frame,))
        except BadPeer as error:
            self._network.end_soon(self._pair, str(error))
        except Exception:
            log.exception("what came from %s could not be taken", self._goal.node)
            self._network.end_soon(self._pair, "a frame could not be taken")
        finally:
            self._task = None
        if not self.is_behind and not self._is_over:
            self.back.relieve_goal()

    def relieve_goal(self) -> None:
        self._goal.relieve()

    def end(self, trouble: str) -> None:
        """Who sends on it is told; what was under way is lost."""
        self._is_over = True
        self._frames.clear()
        self.back.fall_goal(self, trouble)

    def fall_goal(self, carrier: Wire, trouble: str) -> None:
        self._goal.fall(carrier, trouble)


class MemoryLinks:
    """The links of one node.

    is_closed: it was closed, or killed.
    """

    def __init__(self, node: str, network: MemoryNetwork) -> None:
        self.node = node
        self.is_closed = False
        self._network = network
        self._desk = Desk()
        self._links: dict[str, PeerLink] = {}
        self._wanted: set[str] = set()
        self.serve = self._desk.serve
        self.receive = self._desk.receive
        self.on_link = self._desk.on_link

    def to(self, node: str) -> PeerLink:
        assert node != self.node, "a node has no link to itself"
        if node not in self._wanted and not self.is_closed:
            self._wanted.add(node)
            self._network.connect_soon(self.node, node)
        return self.link(node)

    def link(self, node: str) -> PeerLink:
        """The link, as the network sees it: nobody asked for it."""
        if node not in self._links:
            link = self._links[node] = PeerLink(node, self._desk)
            self._desk.announce(link)
        return self._links[node]

    def wants(self, node: str) -> bool:
        return node in self._wanted

    def forget(self, node: str) -> None:
        self._wanted.discard(node)
        self._network.end_soon(frozenset((self.node, node)), "it was forgotten")

    def die(self) -> None:
        self.is_closed = True
        self._desk.stop()

    async def close(self) -> None:
        await asyncio.sleep(0)  # What is told of it is not told from within this call.
        if not self.is_closed:
            self._network.kill(self.node)
