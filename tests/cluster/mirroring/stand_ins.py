"""What stands for a node's store and for what its vhosts have, in tests of mirroring alone."""

import asyncio

from leveret.broker.queues.distant import DistantQueue
from leveret.broker.queues.queue import Queue
from leveret.cluster.ports import NoMajority

MESSAGE = 1


class FarQueue(DistantQueue):
    """Led by a node, or by nobody."""

    __abstractmethods__ = frozenset()
    consumers = ()

    @property
    def is_up(self):
        return True

    def delete(self):
        self.is_deleted = True
        return 0


class NearQueue(Queue):
    """Led here."""

    is_paused = False

    def pause(self, node):
        del node
        self.is_paused = True

    def go_on(self):
        self.is_paused = False


FarQueue.__abstractmethods__ = frozenset()


class Stands:
    """The port Stand, and how a broker that follows places queues."""

    def __init__(self, node):
        self._node = node

    def place(self, vhost, declared, housed):
        here = housed.node == self._node and not housed.log
        make = self.near if here else self.far
        node = "" if housed.node == self._node else housed.node
        vhost.queues[declared.name] = make(vhost, declared.name, declared.options, node)

    def near(self, vhost, name, options, _node, number=0):
        return NearQueue(vhost._homes.queues, name, options, number)

    def far(self, vhost, name, options, node):
        return FarQueue(vhost.name, name, options, node)

    def move(self, vhost, name, housed):
        """Mirroring hears of it."""

    def follow(self, vhost, name, node, *, is_mirrored):
        del is_mirrored
        old = vhost.queues[name]
        vhost.queues[name] = self.far(vhost, name, old.options, node)
        old.is_deleted = True

    def lead(self, vhost, name, number):
        old = vhost.queues[name]
        assert isinstance(old, FarQueue), "who leads a queue does not begin to"
        vhost.queues[name] = self.near(vhost, name, old.options, "", number)
        old.is_deleted = True


class Shelf:
    """The port Store: bodies by the number of their queue. own: what outlives the node."""

    def __init__(self, own):
        self.own = own
        self.logs = {}
        self.read = {}
        self._moves = {}

    def append(self, number, body, safe):
        """safe: told when the place that is believed has it."""
        for target in self._moves.get(number, ()):
            target(body)
        shared = self.logs.get(number)
        if shared is None:
            self.own.setdefault(number, []).append(body)
            asyncio.get_running_loop().call_soon(safe)
        else:
            shared.when_safe(shared.append(MESSAGE, body), safe)
            self.read[number].append(body)

    def bodies(self, number):
        return self.read[number] if number in self.logs else self.own.get(number, [])

    async def lead(self, number, shared):
        fence = await shared.take_over()
        self.read[number] = [
            each.octets async for each in shared.read(1, fence) if each.kind == MESSAGE
        ]
        self.logs[number] = shared

    def give_up(self, number):
        self.logs.pop(number, None)
        self.read.pop(number, None)
        self._moves.pop(number, None)

    async def move_to_log(self, _vhost, queue, shared):
        number = queue.number
        await shared.take_over()
        target = []

        def copy(body):
            target.append(body)
            self.last = shared.append(MESSAGE, body)

        move = _Move(self, number, shared, target)
        await self._move(number, copy, shared)
        return move

    async def move_to_own(self, _vhost, queue):
        self.own[queue.number] = []
        await self._move(queue.number, self.own[queue.number].append, self.logs[queue.number])
        return _Move(self, queue.number, None, None)

    async def _move(self, number, copy, shared):
        for body in self.bodies(number):
            copy(body)
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
