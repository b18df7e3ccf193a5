"""The engines of replicated logs, each with three nodes and the same handles for faults."""

import contextlib

from leveret.cluster.memory_log import MemoryEngine
from leveret.cluster.nats.client import Client
from leveret.cluster.nats.logs import NatsLogs
from leveret.cluster.ports import NoMajority
from tests.cluster.until import until

NODES = ("hare", "mouse", "vole")


class InMemory:
    """Three nodes in this process."""

    def __init__(self, servers):
        del servers
        self.engine = MemoryEngine(NODES)
        self._logs = {node: self.engine.logs_of(node) for node in NODES}

    async def start(self):
        """Until it may be used."""

    async def stop(self):
        """It leaves nothing."""

    def logs(self, node):
        return self._logs[node]

    async def cut_off(self, node):
        self.engine.split((node,))

    async def heal(self):
        self.engine.heal()

    async def kill(self, node):
        self.engine.kill(node)

    async def restart(self, node):
        self._logs[node] = self.engine.logs_of(node)


class InJetStream:
    """Three nodes in this process, each with a nats-server of its own. Cut off is frozen."""

    def __init__(self, servers):
        self.servers = servers()
        self._logs = {}

    async def start(self):
        self.servers.start()
        await until(self.servers.are_healthy)
        for node in NODES:
            await self._connect(node)
        await until(self._has_majority)
        for name in await self._logs["hare"].names():
            await self._logs["hare"].delete(name)

    async def _has_majority(self):
        return (await self._logs["hare"].health()).has_majority

    async def stop(self):
        for each in self._logs.values():
            await each.close()
        self.servers.start()

    def logs(self, node):
        return self._logs[node]

    def client(self, node):
        """One more, that is not connected yet."""
        return Client(self.servers.by_node[node].endpoint.addresses()[0])

    async def cut_off(self, node):
        self.servers.by_node[node].freeze()

    async def heal(self):
        for each in self.servers.by_node.values():
            each.thaw()

    async def kill(self, node):
        await self._logs.pop(node).close()
        self.servers.by_node[node].kill()

    async def restart(self, node):
        self.servers.by_node[node].start()
        await self._connect(node)

    async def _connect(self, node):
        while node not in self._logs:
            with contextlib.suppress(NoMajority):
                self._logs[node] = await NatsLogs.connect(node, self.servers.by_node[node].endpoint)


ENGINES = (InMemory, InJetStream)
