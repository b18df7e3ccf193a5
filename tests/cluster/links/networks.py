"""The kinds of links, each with three nodes and the same handles for faults."""

from leveret.cluster.links.memory import MemoryNetwork

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


NETWORKS = (InMemory,)
