"""The page bench/results.md: conditions first, then a row for each goal."""

import datetime
import os
import platform
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from bench.before import unchanged
from bench.brokers import BEFORE, LEVERET, RABBITMQ
from bench.processes import file_system
from bench.workload import Goal, Scale
from bench.workloads import TABLES, WORKLOADS
from leveret.perf.result import number

# By workload and figure: the values of each broker, one for each round.
Measured = dict[str, dict[str, list[float]]]

# What an otherwise idle machine shows by itself.
LOAD_MAX = 0.7
CAUTION = """
  **The machine was busy with other things, so these figures do not count**: a broker that spreads
  over the cores, as RabbitMQ does, suffers more from that than one that keeps to a single core."""
HEAD = """\
# Leveret and {other}, on the same machine

Written by `python -m bench.compare`; do not edit. {when}.

- {versions}
- {machine}
- Files of both on one disk ({disk}), in new directories; appending 1 KiB and fdatasync takes
  {sync_us} us there.
- {rounds}. In each, both brokers are started afresh, and every workload runs on one and then on
  the other; what fills memory or disk has a broker of its own, alone. One producer and one
  consumer, each a process of its own, share the cores with the broker (a hundred publishers are one
  process); {duration_s:g} s are measured after {warmup_s:g} s of warm-up. Where it says so there is
  one round. Load of the machine before this began: {load:.2f}.{caution}
- Medians, with the smallest and the largest round in brackets. The ratio is Leveret's median to
  the other's; its brackets are the rounds' own ratios, each of two runs next to each other.
- Every message that was published was counted at the consumer, once.
"""
TABLE = """
## {title}

| | Leveret | {other} | ratio | goal | |
|---|---|---|---|---|---|
"""


@dataclass(slots=True)
class Sitting:
    """What was measured at a time, and under which conditions."""

    versions: dict[str, str] = field(default_factory=dict)
    load: float = 0.0
    sync_us: float = 0.0
    warmup_s: float = 0.0
    duration_s: float = 0.0
    when: str = ""
    measured: dict[str, Measured] = field(default_factory=dict)  # By workload, then by figure.

    def add(self, workload: str, figure: str, broker: str, value: float) -> None:
        figures = self.measured.setdefault(workload, {})
        figures.setdefault(figure, {}).setdefault(broker, []).append(value)

    def join(self, later: "Sitting") -> None:
        """What was measured later takes the place of what was measured before."""
        self.measured.update(later.measured)
        self.versions.update(later.versions)
        self.when, self.sync_us = later.when, later.sync_us
        self.load = max(self.load, later.load)
        self.warmup_s, self.duration_s = later.warmup_s, later.duration_s


def new_sitting(scale: Scale, load: float) -> Sitting:
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    return Sitting({}, load, sync_us(), scale.warmup_s, scale.duration_s, today)


def render(sitting: Sitting) -> str:
    other = BEFORE if BEFORE in sitting.versions else RABBITMQ
    tables = {"As before": unchanged(WORKLOADS)} if other == BEFORE else TABLES
    page = HEAD.format(
        other=other,
        when=sitting.when,
        versions=f"{', '.join(sitting.versions.values())} ({runtime()})",
        machine=machine(),
        disk=file_system(Path(tempfile.gettempdir())),
        sync_us=number(sitting.sync_us),
        rounds=rounds(sitting),
        duration_s=sitting.duration_s,
        warmup_s=sitting.warmup_s,
        load=sitting.load,
        caution=CAUTION if sitting.load > LOAD_MAX else "",
    )
    for title, workloads in tables.items():
        rows = [
            row(goal, sitting.measured[workload.name][goal.figure], other)
            for workload in workloads
            for goal in workload.goals
            if goal.figure in sitting.measured.get(workload.name, {})
        ]
        if rows:
            page += TABLE.format(title=title, other=other) + "".join(rows)
    return page


def rounds(sitting: Sitting) -> str:
    figures = [figure for each in sitting.measured.values() for figure in each.values()]
    count = max((len(each.get(LEVERET, ())) for each in figures), default=0)
    return "1 round" if count == 1 else f"{count} rounds"


def row(goal: Goal, values: dict[str, list[float]], other: str = RABBITMQ) -> str:
    own, theirs = values.get(LEVERET, []), values.get(other, [])
    verdict = ""
    target = "reported" if goal.bound == "reported" else f"{goal.bound} {goal.value:g}"
    judged = ratio(own, theirs) if goal.of == "ratio" else median(own)
    if goal.bound != "reported" and judged is not None:
        verdict = "met" if goal.met(judged) else "**missed**"
    if goal.of == "itself" and goal.unit:
        target += f" {goal.unit}"
    cells = [goal.label, spread(own, goal.unit), spread(theirs, goal.unit), ratios(own, theirs)]
    return "| " + " | ".join([*cells, target, verdict]) + " |\n"


def median(values: list[float]) -> float | None:
    return statistics.median(values) if values else None


def ratio(own: list[float], other: list[float]) -> float | None:
    if not own or not other or not statistics.median(other):
        return None
    return statistics.median(own) / statistics.median(other)


def ratios(own: list[float], other: list[float]) -> str:
    whole = ratio(own, other)
    if whole is None:
        return ""
    each = [a / b for a, b in zip(own, other, strict=False) if b]
    brackets = f" ({min(each):.2f} to {max(each):.2f})" if len(each) > 1 else ""
    return f"{whole:.2f}{brackets}"


def spread(values: list[float], unit: str) -> str:
    if not values:
        return ""
    suffix = f" {unit}" if unit and unit != "/s" else unit
    text = f"{number(statistics.median(values))}{suffix}"
    if len(values) == 1:
        return f"{text} (one round)"
    return f"{text} ({number(min(values))} to {number(max(values))})"


def sync_us(count: int = 100) -> float:
    """What the disk itself takes for what every broker must do: append, and wait for it."""
    took = []
    with tempfile.TemporaryFile() as file:
        for _ in range(count):
            file.write(bytes(1024))
            file.flush()
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - started)
    return statistics.median(took) * 1e6


def machine() -> str:
    return f"{processor()}, {os.cpu_count()} cores, {memory()}, {platform.platform()}"


def runtime() -> str:
    return f"Python {platform.python_version()}, uvloop {version_of('uvloop')}"


def version_of(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def memory() -> str:
    kib = int(Path("/proc/meminfo").read_text().split()[1])
    return f"{kib / 2**20:.0f} GiB"
