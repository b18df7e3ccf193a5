"""What is compared of messages that are kept on the disk: the speed goals of durable queues.

`persistent` here is a durable queue, delivery mode 2, and manual acknowledgement. An ack settles up
to a hundred deliveries, so that a confirm waits for the disk and not for a consumer that is quick.
"""

from dataclasses import replace

from bench.brokers import Broker
from bench.restart import measure_copying, measure_recovery
from bench.transient import flowing
from bench.workload import (
    PERSISTENT,
    Figures,
    Goal,
    Scale,
    Workload,
    pace,
    quietly,
    rate,
    reported,
)
from leveret.perf.churn import Pace
from leveret.perf.scenarios import backlog, beside_backlog, queue_churn, throughput
from leveret.perf.scenarios.latency import Kind
from leveret.perf.scenarios.queue_churn import Queues

MIB = 2**20


def measure_publishers(broker: Broker, scale: Scale) -> Figures:
    traffic = replace(
        PERSISTENT,
        confirm=1,
        connections=scale.publishers,
        warmup_s=scale.warmup_s,
        duration_s=scale.duration_s,
    )
    return throughput.run(broker.address, traffic, quietly).figures


def measure_declares(broker: Broker, scale: Scale) -> Figures:
    """A channel waits for the answer to each; so a hundred of them share what a commit costs."""
    one = Queues(durable=True)
    many = Queues(durable=True, channels=one.at_once)
    figures = queue_churn.run(broker.address, pace(scale), quietly, queues=one).figures
    shared = queue_churn.run(broker.address, pace(scale), quietly, queues=many).figures
    return {
        "declared_per_s": figures["declared_per_s"],
        "declared_per_s_many": shared["declared_per_s"],
    }


def measure_beside_backlog(broker: Broker, scale: Scale) -> Figures:
    waiting = beside_backlog.Backlog(scale.backlog_octets, replace(PERSISTENT, pid=broker.pid))
    timed = Pace(scale.warmup_s, scale.latency_s)
    kind = Kind(size=1024, persistent=True)
    figures = beside_backlog.run(broker.address, timed, quietly, kind=kind, backlog=waiting).figures
    return {**figures, "resident_gib": figures["resident_mib"] / 1024}


def measure_ten_million(broker: Broker, scale: Scale) -> Figures:
    traffic = replace(PERSISTENT, size=100, pid=broker.pid)
    lengths = backlog.Lengths(scale.small_messages, scale.short)
    figures = backlog.run(broker.address, traffic, quietly, lengths=lengths).figures
    return {
        **figures,
        "resident_gib": figures["resident_peak_mib"] / 1024,
        "disk_mib": broker.disk_bytes / MIB,
    }


DURABLE = (
    Workload(
        "persistent_1k",
        flowing(PERSISTENT),
        (
            *rate("1 KiB persistent, confirms (window 2000) and acks", 3.5),
            reported("broker_busy_us_per_message", "the broker's processor time for one", "us"),
        ),
    ),
    Workload(
        "confirm_each",
        flowing(replace(PERSISTENT, confirm=1)),
        (
            *rate("one publisher, each message confirmed singly", 1.5),
            reported("broker_busy_us_per_message", "the broker's processor time for one", "us"),
        ),
    ),
    Workload(
        "publishers_100",
        measure_publishers,
        (
            *rate("100 publishers, each message confirmed singly", 3),
            reported("confirm_p50_us", "a confirm then takes, median", "us"),
            reported("confirm_p99_us", "a confirm then takes, p99", "us"),
        ),
    ),
    Workload(
        "durable_declares",
        measure_declares,
        (
            *rate("durable queue declares, one channel", 5, "declared_per_s"),
            *rate("durable queue declares, 100 channels", 5, "declared_per_s_many"),
        ),
    ),
    Workload(
        "beside_backlog",
        measure_beside_backlog,
        (
            Goal(
                "p99_ratio",
                "p99 of a short queue, 5 GiB waiting in another : none",
                "",
                "itself",
                "at most",
                2,
            ),
            reported("usual_p99_us", "that p99 alone", "us"),
            reported("beside_p99_us", "that p99 beside the 5 GiB", "us"),
            reported("resident_gib", "memory with 5 GiB waiting", "GiB"),
            reported("filled_per_s", "filling the 5 GiB, 1 KiB each", "/s"),
        ),
        turns="once",
        has_own_brokers=True,
    ),
    Workload(
        "recovery",
        measure_recovery,
        (
            Goal(
                "killed_s",
                "start with a million 1 KiB waiting, killed",
                "s",
                "itself",
                "at most",
                5,
            ),
            Goal("cold_s", "the same, files not in memory", "s", "itself", "at most", 5),
            Goal("stopped_s", "the same, ended in order", "s", "itself", "at most", 5),
            reported("resident_mib", "memory after such a start", "MiB"),
            reported("drained_per_s", "draining them after that", "/s"),
        ),
        turns="the other one once",
        has_own_brokers=True,
    ),
    Workload(
        "ten_million",
        measure_ten_million,
        (
            Goal(
                "resident_gib",
                "most memory, ten million of 100 octets waiting",
                "GiB",
                "itself",
                "at most",
                1,
            ),
            Goal(
                "drain_ratio",
                "speed of draining them : a short queue's",
                "",
                "itself",
                "at least",
                0.5,
            ),
            reported("short_drained_per_s", "draining a short queue", "/s"),
            reported("drained_per_s", "draining ten million", "/s"),
            reported("filled_per_s", "filling ten million", "/s"),
            reported("disk_mib", "on the disk when all is drained", "MiB"),
        ),
        turns="once",
        has_own_brokers=True,
    ),
    Workload(
        "copying",
        measure_copying,
        (
            Goal(
                "pause_ms",
                "longest round trip while nine tenths of a GiB become free",
                "ms",
                "itself",
                "at most",
                20,
            ),
            reported("usual_pause_ms", "longest in as long a time before that", "ms"),
            reported("disk_full_mib", "on the disk before", "MiB"),
            reported("disk_after_mib", "on the disk after", "MiB"),
        ),
        turns="the other one once",
        has_own_brokers=True,
    ),
)
