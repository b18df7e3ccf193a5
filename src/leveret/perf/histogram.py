"""How long things took: counts by microseconds, to three significant digits.

Bounded memory however long a run lasts, and two histograms add up to one.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Histogram:
    """Durations in microseconds."""

    __slots__ = ("counts",)

    def __init__(self, counts: Mapping[int, int] | None = None) -> None:
        self.counts: Counter[int] = Counter(counts or {})

    def add(self, duration_us: int) -> None:
        self.counts[rounded(duration_us)] += 1

    def merge(self, other: Histogram) -> None:
        self.counts.update(other.counts)

    def __len__(self) -> int:
        return self.counts.total()

    def percentile(self, percent: float) -> float:
        """The least duration that `percent` of all durations do not exceed."""
        wanted = self.counts.total() * percent / 100
        seen = 0
        duration_us = 0
        for duration_us in sorted(self.counts):
            seen += self.counts[duration_us]
            if seen >= wanted:
                break
        return duration_us

    def figures(self, name: str) -> dict[str, float]:
        """The figures that a result carries, if anything was measured."""
        if not self.counts:
            return {}
        return {
            f"{name}_p50_us": self.percentile(50),
            f"{name}_p95_us": self.percentile(95),
            f"{name}_p99_us": self.percentile(99),
            f"{name}_max_us": self.percentile(100),
        }


def rounded(duration_us: int) -> int:
    """Three significant digits."""
    step = 1
    while duration_us // step >= 1000:
        step *= 10
    return duration_us // step * step
