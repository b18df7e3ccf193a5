"""The kinds of links, each with three nodes and the same handles for faults."""

import asyncio
import contextlib
import itertools
import socket

from leveret.cluster.links import sealed
from leveret.cluster.links.connection import Pace
from leveret.cluster.links.links import NodeLinks
from leveret.cluster.links.memory import MemoryNetwork
from leveret.cluster.links.peer import Home
from leveret.control.challenge import Purpose
from leveret.control.server import ControlServer
from tests.cluster.links.relay import Relay

TURNS = 5
NODES = ("hare", "mouse", "vole")


class InMemory:
    """Three nodes in this process, without sockets."""

    def __init__(self):
        self._network = MemoryNetwork()
        self._links = {}

    async def start(self):
        self._links = {node: self._network.links_of(node) for node in NODES}

    async def stop(self):
        for links in self._links.values():
            await links.close()

    def links(self, node):
        return self._links[node]

    async def lose(self, one, other):
        """Their connection breaks, once."""
        self._network.lose(one, other)

    async def cut(self, one, other):
        """They reach each other no more."""
        self._network.cut(one, other)

    async def hold(self, one, other):
        """What they say to each other is under way until it is released."""
        self._network.hold(one, other)

    async def release(self):
        self._network.release()

    async def heal(self):
        self._network.heal()

    async def kill(self, node):
        self._network.kill(node)

    async def restart(self, node):
        self._links[node] = self._network.links_of(node)
        return self._links[node]


COOKIE = b"of the tests"
HOSTS = {"hare": "127.0.3.1", "mouse": "127.0.3.2", "vole": "127.0.3.3"}
QUICK = Pace(pause_s=0.01, pause_s_max=0.1)


async def listen(server, host, port=0):
    """Let it serve a socket there; where that is."""
    listening = socket.create_server((host, port))
    await server.serve([listening])
    return listening.getsockname()[:2]


@contextlib.asynccontextmanager
async def visit(place, cookie=COOKIE):
    """A socket that came to a node port as a node does."""
    came = await sealed.dial(place, cookie, Purpose.PEER)
    try:
        yield came
    finally:
        came.abort()
        await asyncio.sleep(0.01)  # The loop lets go of it in turns to come.


def home_of(node, places, *, cookie=COOKIE, pace=QUICK, tls=None):
    return Home(node, cookie, places.get, tls, pace)


class Node:
    """A node port and the links behind it; nothing else of a node."""

    def __init__(self, home, **more):
        self.links = NodeLinks(home, **more)
        self.server = ControlServer(None, home.cookie, self.links.welcome)
        self.place = None

    async def start(self, host, port=0):
        self.place = await listen(self.server, host, port)

    async def stop(self):
        await self.links.close()
        await self.server.stop()

    async def die(self):
        """As if the process had ended: nobody says goodbye."""
        self.links._is_closed = True
        for peer in self.links._peers.values():
            peer.let_go("it was killed")
        self.links._desk.stop()
        await self.server.stop()


class OverSockets:
    """Three node ports, and a relay on each way between two of them."""

    def __init__(self, pace=QUICK, tls=None):
        self._pace = pace
        self._tls = tls
        self._nodes = {}
        self._relays = {}
        self._places = {}

    async def start(self):
        for node in NODES:
            await self._start(node)
        for one, other in itertools.permutations(NODES, 2):
            relay = Relay(lambda other=other: self._nodes[other].place)
            self._relays[one, other] = relay
            self._places[one, other] = await relay.start("127.0.3.9")

    async def _start(self, name, port=0):
        def place_of(other):
            return self._places.get((name, other))

        home = Home(name, COOKIE, place_of, self._tls, self._pace)
        self._nodes[name] = Node(home)
        await self._nodes[name].start(HOSTS[name], port)

    async def stop(self):
        for relay in self._relays.values():
            await relay.stop()
        # Whoever has just connected gets in before the door is closed (tests/control/served.py).
        await asyncio.sleep(0.02)
        for node in self._nodes.values():
            await node.stop()

    def links(self, node):
        return self._nodes[node].links

    def node(self, name):
        return self._nodes[name]

    def connections(self):
        """How many there are between all nodes."""
        return sum(len(node.server._nodes) for node in self._nodes.values())

    def _between(self, one, other):
        return self._relays[one, other], self._relays[other, one]

    async def lose(self, one, other):
        for relay in self._between(one, other):
            relay.lose()

    async def cut(self, one, other):
        for relay in self._between(one, other):
            relay.cut()

    def overhear(self):
        """All that is said on the network from now on, in the order in which it passes."""
        overheard = bytearray()
        for relay in self._relays.values():
            relay.overheard = overheard
        return overheard

    def slow_down(self, one, other, pause_s):
        for relay in self._between(one, other):
            relay.pause_s = pause_s

    async def hold(self, one, other):
        for relay in self._between(one, other):
            relay.hold()

    async def release(self):
        for relay in self._relays.values():
            relay.release()

    async def heal(self):
        for relay in self._relays.values():
            relay.heal()

    async def kill(self, node):
        await self._nodes[node].die()

    async def restart(self, node):
        await self._start(node, self._nodes[node].place[1])
        return self._nodes[node].links


async def run(scene, network):
    """The scene in that network, from its start to its end."""
    await network.start()
    try:
        async with asyncio.timeout(30):
            await scene(network)
    finally:
        await network.stop()
        await _let_go()


async def _let_go():
    """Whoever is still about something ends while the loop turns, and closes what he has."""
    # A task that is cancelled before it has begun closes nothing: whoever was let in begins.
    for _ in range(TURNS):
        await asyncio.sleep(0)
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    await asyncio.sleep(0.01)


def play_over_sockets(scene, **options):
    asyncio.run(run(scene, OverSockets(**options)))


NETWORKS = (InMemory, OverSockets)
