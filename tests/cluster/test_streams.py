"""Streams with copies on the nodes of a real cluster: what was confirmed is read at its offset."""

import asyncio

import pika
import pytest

from tests.cluster.nodes import HOSTS, name_of, publish

STREAM = {"x-queue-type": "stream"}


async def cluster(nodes):
    await nodes.start(*HOSTS)
    for host in HOSTS[1:]:
        await nodes.join(host, HOSTS[0])


def declare(channel):
    channel.queue_declare("s", durable=True, arguments=STREAM)


class Reader:
    """Reads on a connection of its own for as long as the scene lasts. got: offsets and bodies."""

    def __init__(self, host):
        self.got = []
        self._connection = pika.BlockingConnection(pika.ConnectionParameters(host, 5672))
        channel = self._connection.channel()
        channel.basic_qos(prefetch_count=100)
        channel.basic_consume("s", self._take, arguments={"x-stream-offset": "first"})

    def _take(self, channel, method, properties, body):
        self.got.append((properties.headers["x-stream-offset"], body))
        channel.basic_ack(method.delivery_tag)

    def read(self, count):
        for _ in range(200):
            if len(self.got) >= count:
                break
            self._connection.process_data_events(0.1)

    def close(self):
        self._connection.close()


def read_all(host, count):
    reader = Reader(host)
    reader.read(count)
    reader.close()
    return reader.got


def housed(nodes, host):
    return nodes.running[host].membership.sharing.mirroring.housings.housed["/", "s"]


@pytest.mark.slow
def test_a_stream_outlives_the_node_that_leads_it(scene_of_nodes):
    bodies = [b"%d" % number for number in range(300)]
    all_of_it = list(enumerate(bodies))

    async def scene(nodes):
        await cluster(nodes)
        await nodes.client(HOSTS[0], declare)
        assert housed(nodes, HOSTS[1]).members == tuple(name_of(host) for host in HOSTS)
        await nodes.client(HOSTS[1], lambda channel: publish(channel, "s", *bodies[:100]))
        reader = await asyncio.to_thread(Reader, HOSTS[1])
        await asyncio.to_thread(reader.read, 100)
        assert reader.got == all_of_it[:100]
        await nodes.stop(HOSTS[0])
        await nodes.client(HOSTS[2], lambda channel: publish(channel, "s", *bodies[100:200]))
        await asyncio.to_thread(reader.read, 200)
        assert reader.got == all_of_it[:200]
        await nodes.start(HOSTS[0])
        await nodes.client(HOSTS[0], lambda channel: publish(channel, "s", *bodies[200:]))
        await asyncio.to_thread(reader.read, 300)
        assert reader.got == all_of_it
        await asyncio.to_thread(reader.close)
        for host in HOSTS:
            assert await asyncio.to_thread(read_all, host, 300) == all_of_it

    scene_of_nodes(scene)
