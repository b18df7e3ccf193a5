"""`python -m tests.simulation.storage SEED COUNT`: that seed and the ones behind it."""

import logging
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.storage.run import Failed, run_seed

FAILURES_SHOWN_MAX = 5


def told(seed):
    """What went wrong, if anything did."""
    try:
        run_seed(seed)
    except Failed as failure:
        return str(failure)
    return ""


def main(seed=0, count=100):
    seeds = range(seed, seed + count)
    failed = []
    with ProcessPoolExecutor(initializer=logging.disable) as processes:
        for each, failure in zip(seeds, processes.map(told, seeds), strict=True):
            if failure:
                failed.append(each)
                print(failure, end="\n\n", flush=True)  # noqa: T201
            if len(failed) == FAILURES_SHOWN_MAX:
                processes.shutdown(cancel_futures=True)
                break
    print(f"seeds {seed} to {each}, {len(failed)} failed: {failed}")  # noqa: T201
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
