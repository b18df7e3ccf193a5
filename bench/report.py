"""The page bench/results.md: conditions first, then a row for each goal."""

import datetime
import os
import platform
import statistics
from importlib import metadata
from pathlib import Path

from bench.workloads import WORKLOADS, Goal, Scale
from leveret.perf.result import number

LEVERET = "Leveret"
RABBITMQ = "RabbitMQ"
# By workload and figure: the values of each broker, one for each round.
Measured = dict[tuple[str, str], dict[str, list[float]]]

# What an otherwise idle machine shows by itself.
LOAD_MAX = 0.7
CAUTION = """
  **The machine was busy with other things, so these figures do not count**: a broker that spreads
  over the cores, as RabbitMQ does, suffers more from that than one that keeps to a single core."""
HEAD = """\
# Leveret and RabbitMQ on the same machine

Written by `python -m bench.compare`; do not edit. {when}.

- {versions}
- {machine}
- {rounds} rounds. In each, both brokers are started afresh, and every workload runs on RabbitMQ
  and then on Leveret. One producer and one consumer, each a process of its own, share the cores
  with the broker; {scale.duration_s:g} s measured after {scale.warmup_s:g} s of warm-up. RabbitMQ
  has one round where it says so. Load of the machine before this began: {load}.{caution}
- Medians, with the smallest and the largest round in brackets. The ratio is Leveret's median to
  RabbitMQ's; its brackets are the rounds' own ratios, each of two runs next to each other.
- Every message that was published was counted at the consumer, once.

| | Leveret | RabbitMQ | ratio | goal | |
|---|---|---|---|---|---|
"""


def render(measured: Measured, scale: Scale, conditions: dict[str, str]) -> str:
    rounds = max((len(each.get(LEVERET, ())) for each in measured.values()), default=0)
    page = HEAD.format(scale=scale, rounds=rounds, **conditions)
    for workload in WORKLOADS:
        for goal in workload.goals:
            values = measured.get((workload.name, goal.figure))
            if values:
                page += row(goal, values)
    return page


def row(goal: Goal, values: dict[str, list[float]]) -> str:
    own, other = values.get(LEVERET, []), values.get(RABBITMQ, [])
    verdict = ""
    target = "reported" if goal.bound == "reported" else f"{goal.bound} {goal.value:g}"
    judged = ratio(own, other) if goal.of == "ratio" else median(own)
    if goal.bound != "reported" and judged is not None:
        verdict = "met" if goal.met(judged) else "**missed**"
    if goal.of == "itself" and goal.unit:
        target += f" {goal.unit}"
    cells = [goal.label, spread(own, goal.unit), spread(other, goal.unit), ratios(own, other)]
    return "| " + " | ".join([*cells, target, verdict]) + " |\n"


def median(values: list[float]) -> float | None:
    return statistics.median(values) if values else None


def ratio(own: list[float], other: list[float]) -> float | None:
    return statistics.median(own) / statistics.median(other) if own and other else None


def ratios(own: list[float], other: list[float]) -> str:
    whole = ratio(own, other)
    if whole is None:
        return ""
    each = [a / b for a, b in zip(own, other, strict=False)]
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


def conditions(versions: list[str], load: float) -> dict[str, str]:
    """What the figures depend on besides the brokers."""
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    runtime = f"Python {platform.python_version()}, uvloop {version_of('uvloop')}"
    return {
        "when": today,
        "versions": f"{', '.join(versions)} ({runtime})",
        "machine": f"{processor()}, {os.cpu_count()} cores, {memory()}, {platform.platform()}",
        "load": f"{load:.2f}",
        "caution": CAUTION if load > LOAD_MAX else "",
    }


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
