"""Whole nodes in one process, with the engines they start, on loopback addresses of this run alone.

def scene(nodes): ...           async, driven by `play`; nodes.client(...) runs in a thread
"""

import asyncio
import contextlib
import socket

import pika
from bench.addresses import own_addresses

from leveret.config.load import load
from leveret.node import Node

HOSTS = own_addresses()[-3:]
COOKIE = "between these alone"


def name_of(host):
    return f"leveret@{host}"


class Nodes:
    """directory: where each has its files. running: by host."""

    def __init__(self, directory):
        self.directory = directory
        self.running = {}
        self._taken = []

    def settings(self, host):
        told = {"bind": host, "node": name_of(host), "data_dir": str(self.directory / host)}
        return load({**told, "port": "5672"}, {})

    async def start(self, *hosts):
        for host in hosts:
            node = self.running[host] = Node(self.settings(host), has_node_port=True)
            await node.start()
        return [self.running[host] for host in hosts]

    async def start_all(self, *hosts):
        """At once: each waits for the others."""
        for host in hosts:
            self.running[host] = Node(self.settings(host), has_node_port=True)
        await asyncio.gather(*(self.running[host].start() for host in hosts))

    def occupy(self, host, port):
        """Somebody listens there."""
        taken = socket.socket()
        self._taken.append(taken)
        # Where connections have just ended there is nobody, but the port is still known.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen()

    async def join(self, host, through=HOSTS[0]):
        """As leveretctl stop_app, join_cluster, start_app."""
        node = self.running[host]
        await node.stop_app()
        await node.membership.joining.join(name_of(through))
        await node.start_app()

    async def stop(self, *hosts):
        for host in hosts:
            await self.running.pop(host).stop()

    async def end(self):
        """Those that are left, at once: the last would wait for a majority."""
        await asyncio.gather(*(each.stop(0) for each in self.running.values()))
        for taken in self._taken:
            taken.close()

    async def client(self, host, act):
        """What `act` makes of a channel to that node."""

        def talk():
            with contextlib.closing(
                pika.BlockingConnection(pika.ConnectionParameters(host, 5672, heartbeat=0))
            ) as connection:
                return act(connection.channel())

        return await asyncio.to_thread(talk)


def publish(channel, queue, *bodies):
    """Confirmed, and persistent."""
    channel.confirm_delivery()
    for body in bodies:
        channel.basic_publish("", queue, body, pika.BasicProperties(delivery_mode=2))


def drain(channel, queue):
    """All that waits there, in its order."""
    found = []
    while (got := channel.basic_get(queue, auto_ack=True))[0] is not None:
        found.append(got[2])
    return found
