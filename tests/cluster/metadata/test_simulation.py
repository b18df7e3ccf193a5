"""Three nodes whose clients all change the same things, through every fault a seed can think of.

`python -m tests.cluster.metadata 0 500` goes through many seeds.
"""

import asyncio

import pytest

from tests.cluster.metadata.world import NODES, World, play

STEPS = 150
SEEDS = range(12)


async def fault(world):
    """Something goes wrong, or well again."""
    dice = world.chance.random()
    name = world.chance.choice(NODES)
    if dice < 0.02:
        world.engine.split((name,))
    elif dice < 0.03:
        world.engine.split(*((each,) for each in NODES))
    elif dice < 0.08:
        world.engine.heal()
    elif dice < 0.10 and name in world.nodes:
        await world.kill(name)
    elif dice < 0.16:
        world.engine.heal()
        await world.boot_all()


async def live(seed, *, has_faults):
    world = World(seed, snapshot_records_min=30)
    await world.begin()
    for _ in range(STEPS):
        if has_faults:
            await fault(world)
        for _ in range(world.chance.randrange(4)):
            if world.nodes:
                world.count_up(world.chance.choice(sorted(world.nodes.items()))[1])
        await asyncio.sleep(world.chance.choice((0, 0, 0.001, 0.01, 0.5, 3)))
    await world.settle()
    world.check()
    await world.end()
    return world


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_all_nodes_end_the_same_with_all_that_was_answered(seed):
    world = play(live(seed, has_faults=True))
    assert len(world.answered) > STEPS / 4


def test_where_nothing_goes_wrong_every_wish_is_answered_and_nothing_is_lost():
    world = play(live(99, has_faults=False))
    assert not world.lost
    assert not world.gave_up
    # Each node's last one is counted by its name.
    assert len(world.answered) == next(world.marks) - 1 + len(NODES)


def test_the_same_seed_has_the_same_life():
    lives = [play(live(5, has_faults=True)).answered for _ in range(2)]
    assert lives[0] == lives[1]


def test_the_faults_are_such_that_something_is_lost():
    """Or the other tests would say nothing of what is undone."""
    worlds = [play(live(seed, has_faults=True)) for seed in SEEDS]
    assert any(world.lost for world in worlds)
    assert any(world.gave_up for world in worlds)
