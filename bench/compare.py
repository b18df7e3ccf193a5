"""Leveret against RabbitMQ, in turns on this machine: `python -m bench.compare`.

Each round starts both brokers afresh and runs every workload on one and then on the other, so that
whatever slows the machine slows both. The page is written after each workload. What
takes long may be measured at several sittings (`--only`, `--json`) and put on one page (`--from`).
"""

import argparse
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TypeVar

from bench import report
from bench.before import checked_out, unchanged
from bench.brokers import BEFORE, LEVERET, RABBITMQ, Broker, started_leveret, started_rabbitmq
from bench.report import Sitting
from bench.transient import TRANSIENT
from bench.workload import QUICK, Scale, Workload
from bench.workloads import WORKLOADS
from leveret.dial.connection import Connection, DialError
from leveret.perf.deliveries import BrokenStreamError
from leveret.perf.errors import PerfError
from leveret.perf.result import number

Side = TypeVar("Side")
Start = Callable[[], AbstractContextManager[Broker]]
RESULTS = Path(__file__).parent / "results.md"
# What goes wrong with one workload on one broker; the others are worth having.
FAILURES = (DialError, PerfError, BrokenStreamError, RuntimeError, OSError)


@dataclass(slots=True)
class Comparison:
    """Which workloads are measured on which brokers, and what has been so far."""

    workloads: Sequence[Workload]
    scale: Scale
    starts: Mapping[str, Start]
    sitting: Sitting
    save: Callable[[Sitting], None]

    def run_round(self, turn: int) -> None:
        shared = [each for each in self.workloads if not each.has_own_brokers]
        if shared:
            self.run_together(turn, shared)
        for workload in self.workloads:
            if workload.has_own_brokers:
                self.run_apart(turn, workload)

    def run_together(self, turn: int, workloads: Sequence[Workload]) -> None:
        with contextlib.ExitStack() as stack:
            # One after the other, so that neither's start slows the other's.
            brokers = [stack.enter_context(start()) for start in self.starts.values()]
            for workload in workloads:
                for broker in in_turn(turn, brokers):
                    if is_due(turn, workload, broker.name):
                        self.measure(turn, workload, broker)

    def run_apart(self, turn: int, workload: Workload) -> None:
        """A broker that does not start costs its own row, and no more."""
        for name, start in in_turn(turn, list(self.starts.items())):
            if is_due(turn, workload, name):
                try:
                    with start() as broker:
                        self.measure(turn, workload, broker)
                except FAILURES as error:
                    tell(turn, workload, name, f"FAILED: {error}")

    def measure(self, turn: int, workload: Workload, broker: Broker) -> None:
        started = time.monotonic()
        try:
            if broker.name not in self.sitting.versions:
                self.sitting.versions[broker.name] = version(broker)
            figures = workload.measure(broker, self.scale)
        except FAILURES as error:
            # The row shows fewer rounds.
            tell(turn, workload, broker.name, f"FAILED: {error}")
            return
        told = []
        for goal in workload.goals:
            if goal.figure in figures:  # Without a message there is no cost of one.
                self.sitting.add(workload.name, goal.figure, broker.name, figures[goal.figure])
                told.append(f"{number(figures[goal.figure])} {goal.unit}".rstrip())
        seconds = time.monotonic() - started
        tell(turn, workload, broker.name, f"{', '.join(told)}  [{seconds:.1f} s]")
        self.save(self.sitting)


def tell(turn: int, workload: Workload, name: str, what: str) -> None:
    print(f"round {turn}  {workload.name:<17}{name:<9}{what}", flush=True)


def in_turn(turn: int, both: list[Side]) -> list[Side]:
    """Who goes second finds the machine warmer: the order changes from round to round."""
    return both if turn % 2 else both[::-1]


def is_due(turn: int, workload: Workload, name: str) -> bool:
    if turn == 1 or workload.turns == "every round":
        return True
    return workload.turns == "the other one once" and name == LEVERET


def version(broker: Broker) -> str:
    with Connection(broker.address, "bench") as connection:
        return connection.broker


def arguments(line: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.compare", description=__doc__)
    names = " ".join(workload.name for workload in WORKLOADS)
    parser.add_argument("--rounds", type=int, help="5, or 1 with --quick")
    parser.add_argument("--quick", action="store_true", help="small and short; writes no page")
    parser.add_argument("--only", nargs="+", type=named, metavar="NAME,...", help=names)
    parser.add_argument("--alone", action="store_true", help="Leveret only, to tune it")
    parser.add_argument("--before", metavar="COMMIT", help="that Leveret instead of RabbitMQ")
    parser.add_argument("--duration", type=float, help="seconds measured in each run")
    parser.add_argument("--output", type=Path, help=f"default: {RESULTS.name}, if all is run")
    parser.add_argument("--json", type=Path, help="every measured value")
    parser.add_argument(
        "--from",
        nargs="+",
        type=Path,
        dest="sittings",
        metavar="JSON",
        help="measure nothing: the page of what these files hold, the later ones winning",
    )
    return parser.parse_args(line)


def named(text: str) -> list[Workload]:
    """The workloads of a list of names with commas between them."""
    known = {workload.name: workload for workload in WORKLOADS}
    names = [name for name in text.split(",") if name]
    if unknown := [name for name in names if name not in known]:
        raise argparse.ArgumentTypeError(
            f"no workload {', '.join(unknown)}; there are: {', '.join(known)}"
        )
    return [known[name] for name in names]


def chosen(options: argparse.Namespace) -> tuple[Workload, ...]:
    """Those that are named, in the order of the page; with --before what was there before."""
    names = [workload for some in options.only or [] for workload in some]
    among = TRANSIENT if options.before and not names else WORKLOADS
    workloads = tuple(each for each in among if not names or each in names)
    return unchanged(workloads) if options.before else workloads


@contextlib.contextmanager
def brokers_to_start(options: argparse.Namespace) -> Iterator[dict[str, Start]]:
    """How each broker is started, the other one first."""
    with contextlib.ExitStack() as stack:
        starts: dict[str, Start] = {}
        if options.before:
            source = stack.enter_context(checked_out(options.before))
            starts[BEFORE] = partial(started_leveret, BEFORE, source)
        elif not options.alone:
            starts[RABBITMQ] = started_rabbitmq
        starts[LEVERET] = started_leveret
        yield starts


def main(line: list[str]) -> int:
    options = arguments(line)
    whole = not (options.quick or options.only or options.alone or options.before)
    output = options.output or (RESULTS if whole else None)

    def save(sitting: Sitting) -> None:
        if output:
            output.write_text(report.render(sitting))
        if options.json:
            options.json.parent.mkdir(parents=True, exist_ok=True)
            options.json.write_text(json.dumps(asdict(sitting), indent=2))

    sitting = joined(options.sittings) if options.sittings else measured(options, save)
    save(sitting)
    print("\n" + report.render(sitting))
    return 0


def measured(options: argparse.Namespace, save: Callable[[Sitting], None]) -> Sitting:
    scale = QUICK if options.quick else Scale()
    if options.duration:
        scale = replace(scale, duration_s=options.duration)
    sitting = report.new_sitting(scale, os.getloadavg()[0])
    with brokers_to_start(options) as starts:
        comparison = Comparison(chosen(options), scale, starts, sitting, save)
        for turn in range(1, (options.rounds or (1 if options.quick else 5)) + 1):
            comparison.run_round(turn)
    return sitting


def joined(paths: list[Path]) -> Sitting:
    """What was measured at several sittings, as one."""
    first, *others = [Sitting(**json.loads(path.read_text())) for path in paths]
    for other in others:
        first.join(other)
    return first


def end_in_good_order(_signal: int, _frame: FrameType | None) -> None:
    sys.exit("ended by a signal")


if __name__ == "__main__":
    # So that the brokers end too, also where an interrupt is ignored (a job in the background).
    signal.signal(signal.SIGTERM, end_in_good_order)
    sys.exit(main(sys.argv[1:]))
