"""Beside a backlog: the latency of a short queue, first alone, then while a long one waits."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from leveret.perf.histogram import Histogram
from leveret.perf.process import resident_bytes
from leveret.perf.result import Progress, Result, Sample
from leveret.perf.scenarios.backlog import fill
from leveret.perf.scenarios.latency import Kind, measure, round_trip, warm_up
from leveret.perf.topology import Topology

if TYPE_CHECKING:
    from leveret.dial.address import Address
    from leveret.perf.churn import Pace
    from leveret.perf.flow import Traffic


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits meanwhile: content octets in all, sent as `traffic` says."""

    octets: int
    traffic: Traffic

    @property
    def messages(self) -> int:
        return max(1, self.octets // max(1, self.traffic.size))


def run(
    address: Address, pace: Pace, progress: Progress, *, kind: Kind, backlog: Backlog
) -> Result:
    samples: list[Sample] = []

    def note(sample: Sample) -> None:
        samples.append(sample)
        progress(sample)

    traffic = backlog.traffic
    figures: dict[str, float] = {}
    interrupted = False
    with Topology(address) as topology:
        try:
            usual = time_trips(topology, "usual", pace, kind, note)
            figures.update(usual.figures("usual"))
            queue = topology.declare_queue("long", durable=traffic.persistent)
            figures["filled_per_s"] = fill(address, traffic, (queue,), backlog.messages, note)
            beside = time_trips(topology, "beside", pace, kind, note)
            figures.update(beside.figures("beside"))
            for name in ("p50", "p99"):
                figures[f"{name}_ratio"] = (
                    figures[f"beside_{name}_us"] / figures[f"usual_{name}_us"]
                )
            if traffic.pid:
                figures["resident_mib"] = resident_bytes(traffic.pid) / 2**20
        except KeyboardInterrupt:
            interrupted = True
        settings: dict[str, object] = {
            **asdict(traffic),
            **{f"trip_{name}": value for name, value in asdict(kind).items()},
            "backlog_octets": backlog.octets,
            "duration_s": pace.duration_s,
        }
        return Result("beside backlog", figures, settings, samples, topology.broker, interrupted)


def time_trips(topology: Topology, name: str, pace: Pace, kind: Kind, note: Progress) -> Histogram:
    """Round trips through a new queue of that name."""
    histogram = Histogram()
    with round_trip(topology, name, kind) as trip:
        warm_up(trip, pace.warmup_s)
        for sample in measure(trip, pace.duration_s, histogram):
            note(sample)
    return histogram
