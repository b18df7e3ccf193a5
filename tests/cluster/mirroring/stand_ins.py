"""What stands for a node's store and for what its vhosts have, in tests of mirroring alone."""

import asyncio

from leveret.broker.ports import Recovered
from leveret.broker.queues.distant import DistantQueue
from leveret.broker.streams.laid import Laid
from leveret.cluster.ports import NoMajority

MESSAGE = 1


class FarQueue(DistantQueue):
    """Led by a node, or by nobody."""

    consumers = ()
    successor = None

    @property
    def is_up(self):
        return True

    def delete(self):
        self.is_deleted = True
        return 0

    def give_way(self, successor):
        self.is_deleted, self.successor = True, successor
        return []


FarQueue.__abstractmethods__ = frozenset()


class Stands:
    """The port Stand, and how a broker that follows places queues."""

    def __init__(self, node):
        self._node = node

    def place(self, vhost, declared, housed):
        name, options = declared.name, declared.options
        if housed.node == self._node and not housed.log:
            vhost.place_queue(name, options, declared.number)
        else:
            vhost.queues[name] = FarQueue(vhost.name, name, options, housed.node)

    def move(self, vhost, name, housed):
        """Mirroring hears of it."""

    def follow(self, vhost, name, node, *, is_mirrored):
        del is_mirrored
        old = vhost.queues[name]
        vhost.replace_queue(old, FarQueue(vhost.name, name, old.options, node))


class Shelf:
    """The port Store: bodies by the number of their queue. own: what outlives the node."""

    def __init__(self, own):
        self.own = own
        self.logs = {}
        self.read = {}
        self._moves = {}

    def append(self, number, body, safe):
        """safe: told when both places have it, of a queue that moves."""
        targets = list(self._moves.get(number, ()))
        waiting = [None] * (len(targets) + 1)

        def one_is_safe():
            waiting.pop()
            if not waiting:
                safe()

        for target in targets:
            target(body, one_is_safe)
        if number in self.logs:
            self._append_to(self.logs[number], self.read[number], body, one_is_safe)
        else:
            self._keep(number, body, one_is_safe)

    def _append_to(self, shared, bodies, body, safe):
        shared.when_safe(shared.append(MESSAGE, body), safe)
        bodies.append(body)

    def _keep(self, number, body, safe):
        self.own.setdefault(number, []).append(body)
        asyncio.get_running_loop().call_soon(safe)

    def bodies(self, number):
        return self.read[number] if number in self.logs else self.own.get(number, [])

    async def lead(self, number, shared, *, is_stream):
        fence = await shared.take_over()
        self.read[number] = [
            each.octets async for each in shared.read(1, fence) if each.kind == MESSAGE
        ]
        self.logs[number] = shared
        return Recovered(laid=Laid(len(self.read[number])) if is_stream else None)

    async def wait_safe(self, number):
        safe = asyncio.Event()
        if number in self.logs and self.logs[number].is_writer:
            self.logs[number].when_safe(self.logs[number].append(2, b""), safe.set)
            await safe.wait()

    def give_up(self, number):
        self.logs.pop(number, None)
        self.read.pop(number, None)
        self._moves.pop(number, None)

    async def move_to_log(self, _vhost, queue, shared):
        number = queue.number
        await shared.take_over()
        target = []

        def copy(body, safe):
            self._append_to(shared, target, body, safe)

        move = _Move(self, number, shared, target)
        await self._move(number, copy, shared)
        return move

    async def move_to_own(self, _vhost, queue):
        number = queue.number
        self.own[number] = []
        await self._move(
            number, lambda body, safe: self._keep(number, body, safe), self.logs[number]
        )
        return _Move(self, number, None, None)

    async def _move(self, number, copy, shared):
        for body in self.bodies(number):
            copy(body, _nothing)
        self._moves[number] = (copy,)
        safe = asyncio.Event()
        shared.when_safe(shared.append(2, b""), safe.set)
        try:
            async with asyncio.timeout(5):
                await safe.wait()
        except TimeoutError:
            self._moves.pop(number, None)
            raise NoMajority("the target") from None
        if number not in self._moves:
            raise NoMajority("it was given up")


class _Move:
    """shared: the target, None for the node's own."""

    def __init__(self, shelf, number, shared, bodies):
        self._shelf, self._number, self._shared, self._bodies = shelf, number, shared, bodies

    def finish(self):
        shelf, number = self._shelf, self._number
        shelf._moves.pop(number, None)
        if self._shared is None:
            shelf.give_up(number)
        else:
            shelf.own.pop(number, None)
            shelf.logs[number], shelf.read[number] = self._shared, self._bodies

    def give_up(self):
        self._shelf._moves.pop(self._number, None)


def _nothing():
    """It was confirmed long ago."""
