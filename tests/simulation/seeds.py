"""What every simulation does with its seeds: run them, and tell a failure by its seed, a short
trace and the way to see it again.
"""

FAILURES_SHOWN_MAX = 5


class Failed(Exception):
    """What went wrong, in words."""


def failure_of(world, steps):
    """What a world raises when it takes these steps, or None, and what had happened until then."""
    try:
        for step in steps:
            world.take(step)
        world.end()
    except Exception as error:
        return error, world.told
    return None, world.told


def tell(seed, steps, failure, again):
    """Raises Failed: the failure of steps that were cut down to what makes them fail."""
    error, told = failure
    raise Failed(
        "\n".join(
            [
                f"seed {seed}, shrunk to {len(steps)} steps: {type(error).__name__}: {error}",
                *told,
                f"again: {again}",
            ]
        )
    ) from error


def run_seeds(run_seed, seed=0, count=100):
    """Run that seed and the ones behind it; whether any failed."""
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
