"""`python -m tests.cluster.chaos CLUSTER [SEED] [COUNT] [SECONDS] [FAULT...]` plays schedules.

A schedule that breaks a promise is told with its seed, which makes it again, and its history is
kept in a file. Ends with 1 when a promise was broken or a run proved nothing.
"""

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.cluster.chaos.driving import Outcome
from tests.cluster.chaos.schedule import (
    ALL_FAULTS,
    OF_PROCESSES,
    Fault,
    Part,
    Repertoire,
    Schedule,
    schedule_of,
)

Play = Callable[[Schedule], Outcome]


def against_rabbitmq(handling: str) -> Play:
    """A new cluster for each: one that has fallen apart is of no further use."""
    from tests.cluster.chaos.driving import play
    from tests.cluster.chaos.rabbitmq import rabbitmq_cluster

    def one(schedule: Schedule) -> Outcome:
        with rabbitmq_cluster(handling) as cluster:
            return play(cluster, schedule)

    return one


def against_leveret(kind: str = "", *, is_on_loopback: bool = False) -> Play:
    """A new cluster for each, so that a seed finds what it found. kind: of its queue."""
    from tests.cluster.chaos.driving import play
    from tests.cluster.chaos.leveret import leveret_cluster
    from tests.cluster.chaos.streams import play_stream

    arguments = {"x-queue-type": kind} if kind else {}

    def one(schedule: Schedule) -> Outcome:
        with leveret_cluster(arguments, is_on_loopback=is_on_loopback) as cluster:
            return (play_stream if kind == "stream" else play)(cluster, schedule)

    return one


def against_log(writer: str = "writing", *, is_on_loopback: bool = False) -> Play:
    from tests.cluster.chaos.shared_log import play_log

    program = f"tests.cluster.chaos.{writer}"
    return lambda schedule: play_log(schedule, program, is_on_loopback=is_on_loopback)


IN_PARTS = Repertoire(parts=tuple(Part))
OF_PROCESSES_ALONE = Repertoire(tuple(each for each in Fault if each in OF_PROCESSES), tuple(Part))

# How a schedule is played there, and what may happen.
CLUSTERS: dict[str, tuple[Callable[[], Play], Repertoire]] = {
    "leveret": (against_leveret, IN_PARTS),
    "leveret-quorum": (lambda: against_leveret("quorum"), IN_PARTS),
    "leveret-stream": (lambda: against_leveret("stream"), IN_PARTS),
    "leveret-loopback": (lambda: against_leveret(is_on_loopback=True), OF_PROCESSES_ALONE),
    "log": (against_log, IN_PARTS),
    "log-loopback": (lambda: against_log(is_on_loopback=True), OF_PROCESSES_ALONE),
    "hasty-log": (lambda: against_log("hasty"), IN_PARTS),
    "rabbitmq": (lambda: against_rabbitmq("ignore"), ALL_FAULTS),
    "rabbitmq-autoheal": (lambda: against_rabbitmq("autoheal"), ALL_FAULTS),
    "rabbitmq-pause-minority": (lambda: against_rabbitmq("pause_minority"), ALL_FAULTS),
}


def main() -> int:
    asked = arguments()
    make, repertoire = CLUSTERS[asked.cluster]
    one = make()
    if asked.faults:
        repertoire = replace(repertoire, faults=tuple(Fault[name] for name in asked.faults))
    broken = 0
    for seed in range(asked.seed, asked.seed + asked.count):
        outcome = one(schedule_of(seed, asked.seconds, repertoire))
        print(outcome, flush=True)  # noqa: T201
        if outcome.violations:
            broken += 1
            keep(outcome)
    print(f"{asked.count} schedules, {broken} with broken promises", flush=True)  # noqa: T201
    return bool(broken)


def keep(outcome: Outcome) -> None:
    where = Path(tempfile.gettempdir()) / f"chaos-seed-{outcome.schedule.seed}.jsonl"
    outcome.history.save(where)
    for violation in outcome.violations[:5]:
        print(f"  {violation}", flush=True)  # noqa: T201
    print(f"  the history is in {where}", flush=True)  # noqa: T201


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.cluster.chaos", description=__doc__)
    parser.add_argument("cluster", choices=CLUSTERS)
    parser.add_argument("seed", type=int, nargs="?", default=0)
    parser.add_argument("count", type=int, nargs="?", default=1)
    parser.add_argument("seconds", type=float, nargs="?", default=40.0)
    parser.add_argument(
        "faults", nargs="*", metavar="fault", help="of " + ", ".join(Fault.__members__)
    )
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
