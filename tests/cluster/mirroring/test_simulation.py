"""Three nodes, policies that come and go, leaders that die: every seed ends with every queue where
it is wanted, served by one node, with all that was confirmed."""

import asyncio

import pytest

from tests.cluster.metadata.world import NODES, play
from tests.cluster.mirroring.world import World

SEEDS = range(15)
STEPS = 40
POLICIES = (
    {"ha-mode": "all"},
    {"ha-mode": "exactly", "ha-params": 2},
    {"ha-mode": "nodes", "ha-params": ["mouse", "vole"]},
    {"ha-mode": "nodes", "ha-params": ["hare"]},
    {"max-length": 100_000},
)


async def live(world):
    chance = world.chance
    nodes = await world.begin()
    await asyncio.sleep(1)
    for name in ("m1", "m2", "m3"):
        await world.declare(chance.choice(nodes), name)
    for _ in range(STEPS):
        await do_something(world)
        for name in ("m1", "m2", "m3"):
            world.publish(name)
        await asyncio.sleep(chance.choice((0.001, 0.02, 0.5, 8)))
    await end_well(world)


async def do_something(world):
    chance = world.chance
    up = list(world.nodes)
    match chance.randrange(6):
        case 0 if len(up) == len(NODES):
            await world.kill(chance.choice(up))
        case 1:
            world.engine.split((chance.choice(NODES),))
        case 2:
            world.engine.heal()
            await world.boot_all()
        case 3 | 4 if up:
            node, definition = world.nodes[chance.choice(up)], chance.choice(POLICIES)
            world.say_policy(node, definition)


async def end_well(world):
    world.engine.heal()
    await world.boot_all()
    for _ in range(20):
        await asyncio.sleep(15)
        for name in ("m1", "m2", "m3"):
            world.publish(name)
    await asyncio.sleep(60)
    world.check_queues()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_queue_ends_where_it_is_wanted_with_all_that_was_confirmed(seed):
    async def scene():
        world = World(seed)
        try:
            await live(world)
            assert sum(map(len, world.confirmed.values())) > 60
        finally:
            await world.end()

    play(scene())
