"""Many seeds of the simulation: from the first number to the one before the second."""

import sys

from tests.cluster.metadata.test_simulation import live
from tests.cluster.metadata.world import play

first, last = map(int, sys.argv[1:3])
for seed in range(first, last):
    try:
        world = play(live(seed, has_faults=True))
    except BaseException:
        sys.stdout.write(f"seed {seed} fails\n")
        raise
    told = f"{len(world.answered)} answered, {len(world.lost)} times lost, {world.gave_up} given up"
    purged = world.engine.logs["metadata"].purged_up_to
    sys.stdout.write(f"seed {seed}: {told}, purged up to {purged}\n")
