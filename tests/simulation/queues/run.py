"""Runs seeds of single queues; a failure comes with its steps cut down."""

from tests.simulation import seeds
from tests.simulation.queues.steps import steps_of
from tests.simulation.queues.world import Endless, World
from tests.simulation.seeds import Failed
from tests.simulation.shrinking import shrink

__all__ = ["STEPS", "Failed", "failure_of", "run_seed"]

STEPS = 120


def run_seed(seed, count=STEPS):
    """One world. Raises Failed."""
    steps = list(steps_of(seed, count))
    if not fails(steps):
        return
    # The queues stay what they are.
    shorter = steps[:1] + shrink(steps[1:], lambda rest: fails(steps[:1] + rest))
    again = f"python -m tests.simulation.queues {seed} 1"
    seeds.tell(seed, shorter, failure_of(shorter), again)


def fails(steps):
    return failure_of(steps)[0] is not None


def failure_of(steps):
    """What is raised, or None, and what had happened until then."""
    error, told = seeds.failure_of(World(), steps)
    return (None if isinstance(error, Endless) else error), told
