"""A broker with clients on a node that leads mirrored queues: scenes in an event loop in which
waiting takes no time.
"""

import asyncio
import functools

from leveret.cluster.memory_log import MemoryEngine
from leveret.cluster.mirrors.mirror import Around
from leveret.cluster.mirrors.store import Mirrors
from tests.cluster.mirrors.leading import NODES
from tests.cluster.skipping import SkippingLoop
from tests.session.harness import World


class MirroredWorld(World):
    """engine: the node's own. logs: the replicated ones; faults: what keeps them."""

    def __init__(self, faults=None, name=NODES[0]):
        self.faults = faults or MemoryEngine(NODES)
        self.logs = self.faults.logs_of(name)
        super().__init__(over=self._over)

    def _over(self, own):
        loop = asyncio.get_running_loop()
        around = Around(
            renumber=lambda _position: self._next_position(),
            wall_ms=lambda: round(self.agenda.clock() * 1000),
            epoch=lambda: 0.0,
            later=loop.call_later,
            start=loop.create_task,
        )
        self.mirrors = Mirrors(own, around, self._next_position)
        return self.mirrors.storage

    def _next_position(self):
        """The broker is made on what is made here."""
        return self.broker.next_position()

    @property
    def store(self):
        return self.mirrors.store

    async def settle(self, turns=30):
        """Until nothing is under way."""
        for _ in range(turns):
            self.sync()
            self.agenda.run()
            await asyncio.sleep(1)

    def queue(self, name="q"):
        return self.vhost.queues[name]

    async def begin_move(self, log="q1.1", queue="q"):
        """A move that goes on while the test does other things."""
        shared = await self.logs.open(log, 3)
        moving = self.store.move_to_log(self.vhost, self.queue(queue), shared)
        return asyncio.get_running_loop().create_task(moving)

    def begin_move_home(self, queue="q"):
        moving = self.store.move_to_own(self.vhost, self.queue(queue))
        return asyncio.get_running_loop().create_task(moving)

    async def mirror(self, log="q1.1", queue="q"):
        """Move a queue to a log, for good."""
        move = await self.begin_move(log, queue)
        await self.settle()
        (await move).finish()
        await self.settle()

    async def found(self, log="q1.1", node=NODES[1]):
        """What the next leader would have: bodies in order, and how often they were delivered."""
        other = MirroredWorld(self.faults, node)
        shared = await other.logs.open(log, 3)
        recovered = await other.store.lead(1, shared)
        found = []
        for positions in recovered.positions.values():
            other.store.read(positions, found.extend, 1)
        await other.settle(5)
        return [(each.body, recovered.deliveries.get(each.position, 0)) for each in found]

    def own(self, number=1):
        """The same, of the node's own engine after a start."""
        messages = self.engine.messages
        return [
            (messages.kept[at].body, messages.marks.get((number, at), 0))
            for at in messages.positions(number)
        ]


def scene(test):
    """A test that is a coroutine."""

    @functools.wraps(test)
    def run(*given, **named):
        loop = SkippingLoop()
        failures = []
        loop.set_exception_handler(lambda _loop, context: failures.append(context))
        try:
            loop.run_until_complete(test(*given, **named))
        finally:
            loop.close()
        assert not failures

    return run
