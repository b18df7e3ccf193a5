"""Scenes with three nodes."""

import asyncio

from tests.cluster.metadata.world import play
from tests.cluster.mirroring.world import World

ALL = {"ha-mode": "all"}


def scene_of(act):
    async def scene():
        world = World()
        nodes = await world.begin()
        await asyncio.sleep(1)
        try:
            await act(world, *nodes)
        finally:
            await world.end()

    play(scene())
