"""`python -m tests.simulation.queues SEED COUNT`: that seed and the ones behind it."""

import sys

from tests.simulation.queues.run import Failed, run_seed

FAILURES_SHOWN_MAX = 5


def main(seed=0, count=100):
    failed = []
    for each in range(seed, seed + count):
        if len(failed) == FAILURES_SHOWN_MAX:
            break
        try:
            run_seed(each)
        except Failed as failure:
            failed.append(each)
            print(failure, end="\n\n", flush=True)  # noqa: T201
    print(f"seeds {seed} to {each}, {len(failed)} failed: {failed}")  # noqa: T201
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
