"""Each promise of the port is tested with each kind of link."""

import asyncio

import pytest

from tests.cluster.links.networks import NETWORKS


@pytest.fixture(params=NETWORKS, ids=lambda network: network.__name__)
def play(request):
    """Run a scene in a network of that kind."""

    async def run(scene):
        network = request.param()
        await network.start()
        try:
            async with asyncio.timeout(30):
                await scene(network)
        finally:
            await network.stop()

    return lambda scene: asyncio.run(run(scene))
