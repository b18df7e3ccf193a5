"""Each test of the port is run once for each engine."""

import asyncio
import contextlib

import pytest

from tests.cluster.logs.engines import ENGINES


@contextlib.asynccontextmanager
async def cluster_of(engine, servers):
    cluster = engine(servers)
    await cluster.start()
    try:
        yield cluster
    finally:
        await cluster.stop()


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.__name__)
def play(request):
    """Run a scene with a cluster of that engine."""

    def servers():
        return request.getfixturevalue("nats_servers")

    def play(scene):
        async def run():
            async with asyncio.timeout(100), cluster_of(request.param, servers) as cluster:
                await scene(cluster)

        asyncio.run(run())

    return play
