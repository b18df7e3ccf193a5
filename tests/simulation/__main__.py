"""`python -m tests.simulation SEED COUNT`: that seed and the ones behind it."""

import sys

from tests.simulation.run import run_seed
from tests.simulation.seeds import run_seeds

if __name__ == "__main__":
    sys.exit(run_seeds(run_seed, *map(int, sys.argv[1:])))
