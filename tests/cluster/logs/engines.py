"""The engines of replicated logs, each with three nodes and the same handles for faults."""

from leveret.cluster.memory_log import MemoryEngine

NODES = ("hare", "mouse", "vole")


class InMemory:
    """Three nodes in this process."""

    def __init__(self):
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


ENGINES = (InMemory,)
