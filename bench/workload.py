"""What a workload is: something to measure on a broker, and what is to be reached with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bench.brokers import Broker
from leveret.perf.churn import Pace
from leveret.perf.flow import Traffic
from leveret.perf.result import Sample

Figures = dict[str, float]
PERSISTENT = Traffic(persistent=True, auto_ack=False, prefetch=1000, confirm=2000)


@dataclass(frozen=True, slots=True)
class Scale:
    """How long and how large the workloads are."""

    warmup_s: float = 0.5
    duration_s: float = 3.0
    queues: int = 10_000
    bindings: int = 100_000
    connections: int = 1_000
    messages: int = 1_000_000
    # What waits on the disk.
    publishers: int = 100
    short: int = 10_000
    small_messages: int = 10_000_000
    backlog_octets: int = 5 * 2**30
    latency_s: float = 10.0


QUICK = Scale(
    warmup_s=0.2,
    duration_s=0.5,
    queues=200,
    bindings=1_000,
    connections=100,
    messages=20_000,
    publishers=10,
    short=4_000,
    small_messages=50_000,
    backlog_octets=16 * 2**20,
    latency_s=0.5,
)


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on a figure: of Leveret itself, or of Leveret divided by the other broker."""

    figure: str
    label: str
    unit: str
    of: Literal["ratio", "itself"]
    bound: Literal["at least", "at most", "reported"]
    value: float = 0.0

    def met(self, value: float) -> bool:
        return value >= self.value if self.bound == "at least" else value <= self.value


@dataclass(frozen=True, slots=True)
class Workload:
    """One thing to measure.

    turns: a heavy one takes RabbitMQ minutes and is measured there once, or once on both.
    has_own_brokers: the brokers are started for it alone, one at a time, as it fills memory or disk
    or ends the broker's process.
    """

    name: str
    measure: Callable[[Broker, Scale], Figures]
    goals: tuple[Goal, ...]
    turns: Literal["every round", "the other one once", "once"] = "every round"
    has_own_brokers: bool = False


def quietly(_sample: Sample) -> None:
    pass


def pace(scale: Scale) -> Pace:
    return Pace(scale.warmup_s, scale.duration_s)


def rate(label: str, target: float, figure: str = "delivered_per_s") -> tuple[Goal, ...]:
    return (Goal(figure, label, "/s", "ratio", "at least", target),)


def reported(figure: str, label: str, unit: str) -> Goal:
    return Goal(figure, label, unit, "ratio", "reported")
