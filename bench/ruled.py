"""What a queue's rules cost: each workload runs through a plain queue and through one with rules,
next to each other on the same broker, and the share of the plain one's speed is the figure."""

from collections.abc import Callable
from dataclasses import replace

from bench.brokers import Broker
from bench.workload import Figures, Goal, Scale, Workload, quietly, reported
from leveret.perf.flow import Traffic
from leveret.perf.scenarios import throughput
from leveret.wire.values import Table

# Rules that are there and change nothing: nobody grows old, nothing overflows, nobody dies.
RULES: Table = {
    "x-message-ttl": 600_000,
    "x-max-length": 10_000_000,
    "x-dead-letter-exchange": "amq.fanout",
}
QUORUM: Table = {"x-queue-type": "quorum"}


def beside_plain(traffic: Traffic, arguments: Table) -> Callable[[Broker, Scale], Figures]:
    """A queue with these arguments next to one without."""

    def measure(broker: Broker, scale: Scale) -> Figures:
        timed = replace(traffic, warmup_s=scale.warmup_s, duration_s=scale.duration_s)
        plain, ruled = (
            throughput.run(broker.address, timed, quietly, arguments=table).figures
            for table in ({}, arguments)
        )
        return {**ruled, "share": ruled["delivered_per_s"] / plain["delivered_per_s"]}

    return measure


def share(label: str, target: float) -> tuple[Goal, ...]:
    return (
        Goal("share", f"{label} : a plain queue", "", "itself", "at least", target),
        reported("delivered_per_s", label, "/s"),
    )


RULED = (
    Workload(
        "ruled_auto_ack",
        beside_plain(Traffic(), RULES),
        share("TTL, length limit and dead letters, 1 KiB, auto-ack", 0.7),
    ),
    Workload(
        "ruled_acks",
        beside_plain(Traffic(auto_ack=False, prefetch=1000, confirm=2000), RULES),
        share("TTL, length limit and dead letters, 1 KiB, confirms and acks", 0.7),
    ),
    Workload(
        "quorum",
        beside_plain(Traffic(persistent=True, auto_ack=False, prefetch=1000, confirm=2000), QUORUM),
        share("a quorum queue on one node, persistent 1 KiB, confirms and acks", 0.5),
    ),
)
