"""Mirrored queues as a node has them: on uvloop, over three nats-servers."""

import asyncio
from itertools import count

import uvloop

from leveret.cluster.nats.logs import NatsLogs
from leveret.wire import methods
from tests.cluster.mirrors.living import MirroredWorld
from tests.cluster.until import until

LARGE = bytes(range(256)) * 40_000
names = (f"mirrors-{number}" for number in count())


class Node:
    """A broker whose replicated logs are real."""

    def __init__(self, name, logs):
        self.logs = logs
        self.world = MirroredWorld(self, name)

    def logs_of(self, _name):
        return self.logs

    @classmethod
    async def begin(cls, servers, name):
        return cls(name, await NatsLogs.connect(name, servers.by_node[name].endpoint))

    async def until(self, is_so):
        def look():
            self.world.sync()
            self.world.agenda.run()
            return is_so()

        await until(look)


async def taken(node, channel, count_):
    """Bodies, settled."""
    found = channel.consume("q", "c")

    def take():
        channel.client.session.renew_allowance()
        found.extend(channel.take())
        return len(found) == count_

    await node.until(take)
    channel.ack(0, multiple=True)
    channel.call(methods.BasicCancel(consumer_tag="c"))
    return [each.body for each in found]


async def scene(servers):
    name = next(names)
    hare = await Node.begin(servers, "hare")
    channel = hare.world.channel()
    channel.say(methods.QueueDeclare(queue="q", durable=True))
    hare.world.sync()
    channel.take()
    channel.call(methods.ConfirmSelect())
    channel.fill_stored("q", b"before", LARGE)
    shared = await hare.logs.open(name, 3)
    moving = asyncio.create_task(
        hare.world.store.move_to_log(hare.world.vhost, hare.world.queue(), shared)
    )
    await hare.until(moving.done)
    moving.result().finish()
    channel.take()
    channel.fill_stored("q", *(b"%d" % each for each in range(3000)))
    answers = channel.client.session.channels[channel.number].confirms
    await hare.until(lambda: answers.confirmed == 3002)
    assert await taken(hare, hare.world.channel(), 3002) == [
        b"before",
        LARGE,
        *(b"%d" % each for each in range(3000)),
    ]
    channel.fill_stored("q", b"left", LARGE)
    await hare.until(lambda: answers.confirmed == 3004)
    await take_over(servers, name)
    # The first leader hears of it, and refuses what comes.
    await hare.until(lambda: hare.world.store.places[1].is_given_up)
    channel.take()
    channel.fill_stored("q", b"too late")
    said = []
    await hare.until(lambda: said.extend(channel.take()) or said)
    assert said == [methods.BasicNack(3005)]
    await hare.logs.close()


async def take_over(servers, name):
    mouse = await Node.begin(servers, "mouse")
    channel = mouse.world.channel()
    queue = channel.declare_durable()
    recovered = await mouse.world.store.lead(1, await mouse.logs.open(name, 3))
    queue.keep_all(is_on=True)
    queue.recover(recovered)
    assert await taken(mouse, channel, 2) == [b"left", LARGE]
    await mouse.logs.close()


def test_a_queue_goes_to_a_log_and_on_to_another_node(nats_servers):
    uvloop.run(scene(nats_servers))
