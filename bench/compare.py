"""Leveret against RabbitMQ, in turns on this machine: `python -m bench.compare`.

Each round starts both brokers afresh and runs every workload on RabbitMQ, then on Leveret, so
that whatever slows the machine slows both. The page is written after each round.
"""

import argparse
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType

from bench import report
from bench.brokers import Broker, started_leveret, started_rabbitmq
from bench.workloads import QUICK, WORKLOADS, Scale, Workload
from leveret.perf.connection import Connection, PerfError
from leveret.perf.result import number

Start = Callable[[], AbstractContextManager[Broker]]
RESULTS = Path(__file__).parent / "results.md"


@dataclass(slots=True)
class Comparison:
    """What is measured of which workloads, so far."""

    workloads: list[Workload]
    scale: Scale
    starts: Sequence[Start]
    load: float
    measured: report.Measured = field(default_factory=dict)
    conditions: dict[str, str] = field(default_factory=dict)

    def run_round(self, turn: int, *, heavy: bool) -> None:
        with contextlib.ExitStack() as stack:
            # One after the other, so that neither's start slows the other's.
            brokers = [stack.enter_context(start()) for start in self.starts]
            if not self.conditions:
                self.conditions = report.conditions(
                    [version(broker) for broker in brokers], self.load
                )
            for workload in self.workloads:
                for broker in brokers:
                    if heavy or not workload.heavy or broker.name == report.LEVERET:
                        self.measure(turn, workload, broker)

    def measure(self, turn: int, workload: Workload, broker: Broker) -> None:
        started = time.monotonic()
        try:
            figures = workload.measure(broker, self.scale)
        except PerfError as error:
            # The row shows fewer rounds; the rest of the run is worth having.
            print(f"round {turn}  {workload.name:<17}{broker.name:<9} FAILED: {error}")
            return
        told = []
        for goal in workload.goals:
            values = self.measured.setdefault((workload.name, goal.figure), {})
            values.setdefault(broker.name, []).append(figures[goal.figure])
            told.append(f"{number(figures[goal.figure])} {goal.unit}")
        seconds = time.monotonic() - started
        print(
            f"round {turn}  {workload.name:<17}{broker.name:<9}"
            f"{', '.join(told)}  [{seconds:.1f} s]",
            flush=True,
        )


def version(broker: Broker) -> str:
    with Connection(broker.address, "bench") as connection:
        return connection.broker


def arguments(line: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.compare", description=__doc__)
    names = [workload.name for workload in WORKLOADS]
    parser.add_argument("--rounds", type=int, help="5, or 1 with --quick")
    parser.add_argument("--quick", action="store_true", help="small and short; writes no page")
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help=" ".join(names))
    parser.add_argument("--alone", action="store_true", help="Leveret only, to tune it")
    parser.add_argument("--duration", type=float, help="seconds measured in each run")
    parser.add_argument("--output", type=Path, help=f"default: {RESULTS.name}, if all is run")
    parser.add_argument("--json", type=Path, help="every measured value")
    return parser.parse_args(line)


def main(line: list[str]) -> int:
    options = arguments(line)
    rounds = options.rounds or (1 if options.quick else 5)
    scale = QUICK if options.quick else Scale()
    if options.duration:
        scale = replace(scale, duration_s=options.duration)
    chosen = [each for each in WORKLOADS if not options.only or each.name in options.only]
    starts = [started_leveret] if options.alone else [started_rabbitmq, started_leveret]
    comparison = Comparison(chosen, scale, starts, os.getloadavg()[0])
    whole = not (options.quick or options.only or options.alone)
    output = options.output or (RESULTS if whole else None)
    for turn in range(1, rounds + 1):
        comparison.run_round(turn, heavy=turn == 1)
        page = report.render(comparison.measured, scale, comparison.conditions)
        if output:
            output.write_text(page)
        if options.json:
            keyed = {" ".join(key): value for key, value in comparison.measured.items()}
            options.json.write_text(json.dumps(keyed, indent=2))
    print("\n" + page)
    return 0


def end_in_good_order(_signal: int, _frame: FrameType | None) -> None:
    sys.exit("ended by a signal")


if __name__ == "__main__":
    # So that the brokers end too, also where an interrupt is ignored (a job in the background).
    signal.signal(signal.SIGTERM, end_in_good_order)
    sys.exit(main(sys.argv[1:]))
