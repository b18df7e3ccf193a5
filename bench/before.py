"""Leveret as it was at another commit, to see that nothing that was quick has become slower."""

import contextlib
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench.processes import own_directory
from bench.workload import Goal, Workload

ROOT = Path(__file__).parents[1]
WORSE_MAX = 0.05


@contextlib.contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """The sources of a commit, in a directory of their own."""
    archive = subprocess.run(
        ["git", "archive", "--format=tar", commit, "src"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout
    with own_directory("leveret-before-") as home:
        subprocess.run(["tar", "-x", "-C", home], input=archive, check=True)
        yield home


def unchanged(workloads: Sequence[Workload]) -> tuple[Workload, ...]:
    """The same workloads, to be no worse than before by more than a little."""
    return tuple(
        replace(each, turns="every round", goals=tuple(bounds(each.goals))) for each in workloads
    )


def bounds(goals: Sequence[Goal]) -> Iterator[Goal]:
    """A rate may fall and a cost may rise a little; with a rate goes the broker's processor time.

    That time is the steadier of the two: it does not depend on whom the system gives a core.
    """
    for goal in goals:
        if goal.bound == "at least":
            yield replace(goal, of="ratio", value=1 - WORSE_MAX)
        elif goal.bound == "at most":
            yield replace(goal, of="ratio", value=1 + WORSE_MAX)
        else:
            yield goal
        if goal.figure == "delivered_per_s":
            cost = f"{goal.label}: processor time"
            worst = 1 + WORSE_MAX
            yield Goal("broker_busy_us_per_message", cost, "us", "ratio", "at most", worst)
