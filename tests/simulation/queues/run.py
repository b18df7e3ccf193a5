"""Runs seeds; a failure comes with its seed, a short trace and the way to see it again."""

from tests.simulation.queues.steps import steps_of
from tests.simulation.queues.world import Endless, World
from tests.simulation.shrinking import shrink

STEPS = 120


class Failed(Exception):
    """What went wrong, in words."""


def fails(steps):
    return failure_of(steps)[0] is not None


def run_seed(seed, count=STEPS):
    """One world. Raises Failed."""
    steps = list(steps_of(seed, count))
    error, _told = failure_of(steps)
    if error is None:
        return
    # The queues stay what they are.
    shorter = steps[:1] + shrink(steps[1:], lambda rest: fails(steps[:1] + rest))
    error, told = failure_of(shorter)
    raise Failed(
        "\n".join(
            [
                f"seed {seed}, shrunk to {len(shorter)} steps: {type(error).__name__}: {error}",
                *told,
                f"again: python -m tests.simulation.queues {seed} 1",
            ]
        )
    ) from error


def failure_of(steps):
    """What is raised, or None, and what had happened until then."""
    world = World()
    try:
        for step in steps:
            world.take(step)
        world.end()
    except Endless:
        return None, world.told
    except Exception as error:
        return error, world.told
    return None, world.told
