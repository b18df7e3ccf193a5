"""How long things took: counts by nanoseconds, to three significant digits.

Bounded memory however long a run lasts, and two histograms add up to one.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Histogram:
    """Durations; added in nanoseconds, reported in microseconds."""

    __slots__ = ("counts",)

    def __init__(self, counts: Mapping[int, int] | None = None) -> None:
        self.counts: Counter[int] = Counter(counts or {})

    def add(self, duration_ns: int) -> None:
        self.counts[rounded(duration_ns)] += 1

    def merge(self, other: Histogram) -> None:
        self.counts.update(other.counts)

    def __len__(self) -> int:
        return self.counts.total()

    def percentile_us(self, percent: float) -> float:
        """The least duration, in microseconds, that `percent` of all durations do not exceed."""
        wanted = self.counts.total() * percent / 100
        seen = 0
        duration_ns = 0
        for duration_ns in sorted(self.counts):
            seen += self.counts[duration_ns]
            if seen >= wanted:
                break
        return duration_ns / 1000

    def figures(self, name: str) -> dict[str, float]:
        """The figures that a result carries, if anything was measured."""
        if not self.counts:
            return {}
        return {
            f"{name}_p50_us": self.percentile_us(50),
            f"{name}_p95_us": self.percentile_us(95),
            f"{name}_p99_us": self.percentile_us(99),
            f"{name}_max_us": self.percentile_us(100),
        }


def rounded(duration_ns: int) -> int:
    """Three significant digits."""
    step = 1
    while duration_ns // step >= 1000:
        step *= 10
    return duration_ns // step * step
