"""What is compared of messages in memory: the speed goals of the first milestone."""

from collections.abc import Callable
from dataclasses import replace

from bench.brokers import Broker
from bench.workload import Figures, Goal, Scale, Workload, pace, quietly, rate, reported
from leveret.perf.flow import Traffic
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


def flowing(traffic: Traffic) -> Callable[[Broker, Scale], Figures]:
    """Throughput of one producer and one consumer."""

    def measure(broker: Broker, scale: Scale) -> Figures:
        timed = replace(
            traffic, warmup_s=scale.warmup_s, duration_s=scale.duration_s, pid=broker.pid
        )
        return throughput.run(broker.address, timed, quietly).figures

    return measure


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
    result = backlog.run(broker.address, traffic, quietly, lengths=backlog.Lengths(scale.messages))
    return {**result.figures, "resident_gib": result.figures["resident_full_mib"] / 1024}


TRANSIENT = (
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
            reported("round_trip_p99_us", "round trip, p99", "us"),
        ),
    ),
    Workload("connections", measure_connections, rate("connection opens", 5, "opened_per_s")),
    Workload("declares", measure_declares, rate("transient queue declares", 10, "declared_per_s")),
    Workload(
        "many_queues",
        measure_many_queues,
        (Goal("cost_ratio", "cost of a message, 10,000 queues : 1", "", "itself", "at most", 1.2),),
        turns="the other one once",
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
        turns="the other one once",
    ),
    Workload(
        "backlog",
        measure_backlog,
        (
            Goal(
                "resident_gib", "a million 1 KiB messages waiting", "GiB", "itself", "at most", 1.5
            ),
            reported("filled_per_s", "filling that queue", "/s"),
            reported("drained_per_s", "draining it", "/s"),
        ),
        turns="the other one once",
    ),
)
