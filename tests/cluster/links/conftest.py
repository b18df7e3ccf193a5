"""Each promise of the port is tested with each kind of link."""

import asyncio

import pytest

from tests.cluster.links.networks import NETWORKS, run


@pytest.fixture(params=NETWORKS, ids=lambda network: network.__name__)
def play(request):
    """Run a scene in a network of that kind."""
    return lambda scene: asyncio.run(run(scene, request.param()))
