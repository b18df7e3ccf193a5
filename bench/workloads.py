"""What is compared, and what is to be reached: the figures of the project's speed goals."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from bench.brokers import Broker
from leveret.perf.churn import Pace
from leveret.perf.flow import Traffic
from leveret.perf.result import Sample
from leveret.perf.scenarios import (
    backlog,
    connection_churn,
    idle_connections,
    latency,
    many_queues,
    queue_churn,
    throughput,
    topic_bindings,
)

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Scale:
    """How long and how large the workloads are."""

    warmup_s: float = 0.5
    duration_s: float = 3.0
    queues: int = 10_000
    bindings: int = 100_000
    connections: int = 1_000
    messages: int = 1_000_000


QUICK = Scale(0.2, 0.5, queues=200, bindings=1_000, connections=100, messages=20_000)


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on a figure: of Leveret itself, or of Leveret divided by RabbitMQ."""

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
    """One thing to measure. A heavy one takes RabbitMQ minutes: it is measured there once."""

    name: str
    measure: Callable[[Broker, Scale], Figures]
    goals: tuple[Goal, ...]
    heavy: bool = False


def quietly(_sample: Sample) -> None:
    pass


def flowing(traffic: Traffic) -> Callable[[Broker, Scale], Figures]:
    """Throughput of one producer and one consumer."""

    def measure(broker: Broker, scale: Scale) -> Figures:
        timed = replace(traffic, warmup_s=scale.warmup_s, duration_s=scale.duration_s)
        return throughput.run(broker.address, timed, quietly).figures

    return measure


def pace(scale: Scale) -> Pace:
    return Pace(scale.warmup_s, scale.duration_s)


def measure_latency(broker: Broker, scale: Scale) -> Figures:
    return latency.run(broker.address, pace(scale), quietly).figures


def measure_connections(broker: Broker, scale: Scale) -> Figures:
    return connection_churn.run(broker.address, pace(scale), quietly).figures


def measure_declares(broker: Broker, scale: Scale) -> Figures:
    return queue_churn.run(broker.address, pace(scale), quietly).figures


def measure_start(broker: Broker, _scale: Scale) -> Figures:
    return {"start_s": broker.start_s, "idle_mb": broker.idle_bytes / 1e6}


def measure_many_queues(broker: Broker, scale: Scale) -> Figures:
    traffic = small_traffic(broker, scale)
    counts = (1, scale.queues)
    figures = many_queues.run(broker.address, traffic, quietly, counts=counts).figures
    return {"cost_ratio": figures[f"{scale.queues}_queues_cost_ratio"]}


def measure_bindings(broker: Broker, scale: Scale) -> Figures:
    traffic = small_traffic(broker, scale)
    counts = (10, scale.bindings)
    figures = topic_bindings.run(broker.address, traffic, quietly, counts=counts).figures
    return {"cost_ratio": figures[f"{scale.bindings}_bindings_cost_ratio"]}


def small_traffic(broker: Broker, scale: Scale) -> Traffic:
    """Confirmed, so that no backlog blurs the cost of a message: the broker's processor time."""
    return Traffic(
        size=16,
        confirm=2000,
        warmup_s=scale.warmup_s,
        duration_s=min(scale.duration_s, 2.0),
        pid=broker.pid,
    )


def measure_idle_connections(broker: Broker, scale: Scale) -> Figures:
    result = idle_connections.run(
        broker.address, broker.pid, quietly, connections=scale.connections
    )
    return result.figures


def measure_backlog(broker: Broker, scale: Scale) -> Figures:
    traffic = Traffic(size=1024, confirm=2000, pid=broker.pid)
    result = backlog.run(broker.address, traffic, quietly, messages=scale.messages)
    return {**result.figures, "resident_gib": result.figures["resident_full_mib"] / 1024}


def rate(label: str, target: float, figure: str = "delivered_per_s") -> tuple[Goal, ...]:
    return (Goal(figure, label, "/s", "ratio", "at least", target),)


WORKLOADS = (
    Workload(
        "start",
        measure_start,
        (
            Goal("start_s", "start to accepting connections", "s", "itself", "at most", 0.3),
            Goal("idle_mb", "idle memory", "MB", "itself", "at most", 45),
        ),
    ),
    # Second, before others have left the broker memory that new connections could reuse.
    Workload(
        "idle_connections",
        measure_idle_connections,
        (
            Goal(
                "kib_per_connection",
                "idle connection with a channel",
                "KiB",
                "itself",
                "at most",
                20,
            ),
        ),
    ),
    Workload("auto_ack_1k", flowing(Traffic()), rate("1 KiB, auto-ack", 2.2)),
    Workload(
        "manual_ack_1k",
        flowing(Traffic(auto_ack=False, prefetch=1000)),
        rate("1 KiB, manual ack, prefetch 1000", 3.0),
    ),
    Workload(
        "confirms_1k",
        flowing(Traffic(auto_ack=False, prefetch=1000, confirm=2000)),
        rate("1 KiB, confirms (window 2000) and acks", 4.5),
    ),
    Workload("auto_ack_16", flowing(Traffic(size=16)), rate("16 B, auto-ack", 2.2)),
    Workload("auto_ack_16k", flowing(Traffic(size=16384)), rate("16 KiB, auto-ack", 1.4)),
    Workload(
        "round_trip",
        measure_latency,
        (
            Goal("round_trip_p50_us", "round trip, median", "us", "ratio", "at most", 0.5),
            Goal("round_trip_p99_us", "round trip, p99", "us", "ratio", "reported"),
        ),
    ),
    Workload("connections", measure_connections, rate("connection opens", 5, "opened_per_s")),
    Workload("declares", measure_declares, rate("transient queue declares", 10, "declared_per_s")),
    Workload(
        "many_queues",
        measure_many_queues,
        (Goal("cost_ratio", "cost of a message, 10,000 queues : 1", "", "itself", "at most", 1.2),),
        heavy=True,
    ),
    Workload(
        "topic_bindings",
        measure_bindings,
        (
            Goal(
                "cost_ratio",
                "cost of a message, 100,000 topic bindings : 10",
                "",
                "itself",
                "at most",
                1.2,
            ),
        ),
        heavy=True,
    ),
    Workload(
        "backlog",
        measure_backlog,
        (
            Goal(
                "resident_gib", "a million 1 KiB messages waiting", "GiB", "itself", "at most", 1.5
            ),
            Goal("filled_per_s", "filling that queue", "/s", "ratio", "reported"),
            Goal("drained_per_s", "draining it", "/s", "ratio", "reported"),
        ),
        heavy=True,
    ),
)
