"""Runs seeds of whole sessions; a failure comes with its steps cut down."""

from tests.simulation import seeds
from tests.simulation.seeds import Failed
from tests.simulation.shrinking import shrink
from tests.simulation.steps import steps_of
from tests.simulation.world import World

__all__ = ["STEPS", "Failed", "failure_of", "run_seed"]

STEPS = 250


def run_seed(seed, count=STEPS):
    """One world. Raises Failed."""
    steps = list(steps_of(seed, count))
    if not fails(steps):
        return
    shorter = shrink(steps, fails)
    seeds.tell(seed, shorter, failure_of(shorter), f"make sim SEED={seed} COUNT=1")


def fails(steps):
    return failure_of(steps)[0] is not None


def failure_of(steps):
    """What is raised, or None, and what had happened until then."""
    return seeds.failure_of(World(), steps)
