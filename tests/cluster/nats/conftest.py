"""Scenes with three nodes, each with a nats-server of its own."""

import asyncio

import pytest

from tests.cluster.logs.conftest import cluster_of
from tests.cluster.logs.engines import InJetStream


@pytest.fixture
def play(nats_servers):
    """Run a scene with the three; logs that were left are gone before it."""

    def play(scene):
        async def run():
            async with (
                asyncio.timeout(100),
                cluster_of(InJetStream, lambda: nats_servers) as cluster,
            ):
                await scene(cluster)

        asyncio.run(run())

    return play


@pytest.fixture
def play_client(play):
    """Run a scene with one client of a server, let in."""

    def play_client(scene):
        async def with_client(cluster):
            client = cluster.client("hare")
            await client.connect()
            try:
                await scene(client)
            finally:
                await client.close()

        play(with_client)

    return play_client
