"""A node that leads mirrored queues, driven from outside its event loop; over logs in memory."""

import asyncio
import dataclasses

from leveret.broker.ports import Recovered
from leveret.cluster.memory_log import MemoryEngine
from leveret.cluster.mirrors.mirror import Around
from leveret.cluster.mirrors.store import Mirrors
from tests.broker.domain import HandAgenda
from tests.broker.fake_storage import FakeEngine
from tests.cluster.skipping import SkippingLoop

NODES = ("hare", "mouse", "vole")
# Longer than anything takes; on this loop no time at all.
SETTLED_S = 60


class Inside:
    """Somebody whose verbs are said in the event loop, also while it stands still."""

    def __init__(self, loop, inner):
        self._loop = loop
        self._inner = inner

    def __getattr__(self, name):
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def say(*told, **named):
            before = asyncio._get_running_loop()
            asyncio._set_running_loop(self._loop)
            try:
                return found(*told, **named)
            finally:
                asyncio._set_running_loop(before)

        return say


class Leading:
    """Every queue that is declared has a mirror, which this node leads.

    engine: the logs; faults: the same, for what happens to them. own: the node's own engine.
    before: who led them before, and is gone.
    """

    def __init__(self, before=None, chance=None):
        self.engine = before.engine if before else MemoryEngine(NODES, chance)
        self.own = before.own.restarted() if before else FakeEngine(HandAgenda())
        self.loop = before.loop if before else SkippingLoop()
        self.faults = Inside(self.loop, self.engine)
        self._found = {}
        self._count = before._count + 1 if before else 0
        self._logs = self.faults.logs_of(self.name)
        mirrors = Mirrors(self.own.storage, self.around(), None)
        self.store, self.answers = mirrors.store, mirrors.answers
        self.storage = dataclasses.replace(
            mirrors.storage,
            messages=Inside(self.loop, self.store),
            durability=Inside(self.loop, mirrors.confirming),
            apart=Inside(self.loop, mirrors.confirming),
        )
        self.store.recovered = self._recovered
        self.declare(*(before.mirrors if before else ()))

    @property
    def mirrors(self):
        return self.store.places

    def _recovered(self, number):
        """As an engine of one node says it; asked once."""
        return self._found.pop(number, None) or Recovered()

    @property
    def name(self):
        return NODES[self._count % len(NODES)]

    def around(self):
        return Around(
            # Positions in a test rise from node to node.
            renumber=lambda position: position or 2**60,
            wall_ms=lambda: 0,
            epoch=lambda: 0.0,
            later=self.loop.call_later,
            start=self.loop.create_task,
        )

    def declare(self, *numbers):
        for number in numbers:
            self.loop.run_until_complete(self._lead(number))

    async def _lead(self, number):
        log = await self._logs.open(f"q{number}", 3)
        self._found[number] = await self.store.lead(number, log)

    def run(self):
        """Until nothing is under way."""
        self.own.durability.sync()
        self.own.agenda.run()
        self.loop.run_until_complete(asyncio.sleep(SETTLED_S))

    def restarted(self):
        """The next node, after this one has said all it had to say."""
        self.run()
        return Leading(self)

    def close(self):
        """Those that died waiting are let go."""
        left = asyncio.all_tasks(self.loop)
        for each in left:
            each.cancel()
        self.loop.run_until_complete(_wait(left))
        self.loop.close()

    def damage(self, body):
        for kept in self.engine.logs.values():
            kept.records = [_damaged(each, body) for each in kept.records]


async def _wait(tasks):
    await asyncio.gather(*tasks, return_exceptions=True)


def _damaged(record, body):
    if body not in record.octets:
        return record
    return dataclasses.replace(record, octets=record.octets.replace(body, bytes(len(body))))
