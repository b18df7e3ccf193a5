"""Clients of a cluster: three real brokers on one log of metadata, and sessions at each.

scene(act)                 act(world, hare, mouse, vole), each a NodeWorld (harness.py)
mouse.channel()            an open channel at that node
await said(channel, method)  the one answer to a method, when it has come
"""

import asyncio

from leveret.broker.permissions import EVERYTHING
from leveret.protocol.limits import Limits
from tests.cluster.metadata.test_pen import done, scene_of
from tests.session.harness import Client

ANSWER_S = 30


class NodeWorld:
    """One node, as the clients of harness.py know a world."""

    def __init__(self, node):
        self.node = node
        self.limits = Limits()
        self.reports = []
        self.consumer_timeout_ms = 0
        self.broker = node.broker
        self.broker.agenda.clock = asyncio.get_running_loop().time
        self.broker.agenda.wake = self._wake
        node.writing.on_lost = self.broker.awaiting.lose

    @property
    def pen(self):
        return self.node.pen

    @property
    def queues(self):
        return self.broker.vhosts["/"].queues

    def client(self):
        return Client(self).open()

    def channel(self):
        return self.client().channel()

    def _wake(self):
        asyncio.get_running_loop().call_soon(self._run)

    def _run(self):
        agenda, loop = self.broker.agenda, asyncio.get_running_loop()
        agenda.run()
        deadline = agenda.next_deadline()
        if deadline is not None:
            loop.call_at(deadline, self._run)


def furnish(broker):
    broker.add_vhost("/")
    broker.users.add("guest", "guest")
    broker.set_permission("guest", "/", EVERYTHING)


def scene(act):
    """Play it; the first node has the pen."""

    async def begin(world, *nodes):
        clients = [NodeWorld(each) for each in nodes]
        await done(nodes[0], furnish)
        await asyncio.sleep(1)
        await act(world, *clients)

    scene_of(begin)


async def heard(channel, timeout_s=ANSWER_S):
    """What has come, once something has."""
    loop = asyncio.get_running_loop()
    until = loop.time() + timeout_s
    while loop.time() < until:
        told = channel.take()
        if told:
            return told
        await asyncio.sleep(0.001)
    raise TimeoutError


async def said(channel, method):
    channel.say(method)
    (answer,) = await heard(channel)
    return answer


async def closed(client, timeout_s=ANSWER_S):
    """The connection.close that comes, and after how long."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while loop.time() < begun + timeout_s:
        told = client.take(0)
        if told:
            return told[0], loop.time() - begun
        await asyncio.sleep(0.01)
    raise TimeoutError
