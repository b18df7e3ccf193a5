"""Engines of several nodes in one test: real nats-servers, on loopback addresses of their own."""

import asyncio
import contextlib
import os
import signal
import time
from pathlib import Path

from leveret.cluster.engine.binary import find_engine
from leveret.cluster.engine.engine import Engine
from leveret.cluster.engine.passwords import Passwords
from leveret.cluster.engine.plan import EngineMember, Plan, free_port
from leveret.cluster.nats.client import Client, Unanswered
from leveret.cluster.nats.connection import ApiError, ask, request
from leveret.errors import StartRefused

HOSTS = {"hare": "127.0.1.101", "mouse": "127.0.1.102", "vole": "127.0.1.103"}
COOKIE = b"carrot"
PATIENCE_S = 30.0


def is_installed():
    try:
        find_engine(None)
    except StartRefused:
        return False
    return True


class Farm:
    """The engines of a test. All are stopped at its end, whatever happened."""

    def __init__(self, directory):
        self.directory = directory
        self.engines = {}
        self._clients = []

    def member(self, node, incarnation=1):
        host = HOSTS[node]
        return EngineMember(node, incarnation, host, free_port(host))

    def plan(self, member, members, cookie=COOKIE, **more):
        return Plan(
            member=member,
            members=tuple(members),
            bind=member.host,
            client_port=free_port(),
            directory=self.directory / f"{member.node}-{member.incarnation}",
            passwords=Passwords.of(cookie),
            **more,
        )

    def engine(self, member, members, cookie=COOKIE, **more):
        engine = Engine(find_engine(None), self.plan(member, members, cookie, **more))
        self.engines[member.server] = engine
        return engine

    async def start(self, *nodes):
        """A cluster of these: their members, and their engines, once they are whole."""
        members = [self.member(node) for node in nodes]
        engines = [self.engine(each, members) for each in members]
        await asyncio.gather(*(each.start() for each in engines))
        await engines[0].system.wait_whole(servers_of(members), PATIENCE_S)
        return members, engines

    async def client(self, engine):
        """One that may make and fill streams there."""
        client = Client(engine.endpoint.addresses()[0])
        self._clients.append(client)
        await until(client.connect)
        return client

    async def stop(self):
        for client in self._clients:
            await client.close()
        await asyncio.gather(*(each.stop() for each in self.engines.values()))


def servers_of(members):
    return tuple(each.server for each in members)


async def until(act, patience_s=PATIENCE_S):
    """What it comes to, once it is answered."""
    async with asyncio.timeout(patience_s):
        while True:
            with contextlib.suppress(Unanswered, ApiError):
                return await act()
            await asyncio.sleep(0.02)


async def wait_for(holds, patience_s=PATIENCE_S):
    async with asyncio.timeout(patience_s):
        while not holds():  # noqa: ASYNC110  # processes tell no event
            await asyncio.sleep(0.02)


async def make_stream(client, name, replicas):
    config = {"name": name, "subjects": [f"test.{name}"], "num_replicas": replicas}
    return await until(lambda: ask(client, f"STREAM.CREATE.{name}", config))


async def publish(client, name, octets=b"x"):
    return (await until(lambda: request(client, f"test.{name}", octets)))["seq"]


async def messages_in(client, name):
    told = await until(lambda: ask(client, f"STREAM.INFO.{name}"))
    return told["state"]["messages"]


def is_alive(pid):
    """A process that runs; neither gone nor a zombie."""
    try:
        return _state(Path(f"/proc/{pid}")) != "Z"
    except FileNotFoundError:
        return False


def wait_gone(pid, patience_s=PATIENCE_S):
    until_s = time.monotonic() + patience_s
    while is_alive(pid):
        assert time.monotonic() < until_s, f"process {pid} is still there"
        time.sleep(0.02)


def freeze(pid):
    """Until all of its threads stand still: each goes on until it is interrupted."""
    os.kill(pid, signal.SIGSTOP)
    while {_state(each) for each in Path(f"/proc/{pid}/task").iterdir()} != {"T"}:
        time.sleep(0.001)


def _state(process):
    return (process / "stat").read_text().rpartition(")")[2].split()[0]
