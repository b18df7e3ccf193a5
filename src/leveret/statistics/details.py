"""Figures as RabbitMQ's HTTP API tells them: each with its rate, and its samples where asked.

    "publish": 1781, "publish_details": {"rate": 118.4,
        "samples": [{"sample": 1781, "timestamp": 1795379665000}, ...],  newest first
        "avg_rate": 29.7, "avg": 261.5}

Several things may be told as one: their figures are added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leveret.statistics.retention import Policy
    from leveret.statistics.series import Row, Series, Timeline
    from leveret.statistics.span import Range

Json: TypeAlias = dict[str, object]


@dataclass(frozen=True)
class Window:
    """The part of the past that is asked for, on a timeline; without a range the last two ticks.

    is_ahead: see Range.points_ms.
    """

    timeline: Timeline
    now_s: float
    policy: Policy
    wanted: Range | None
    is_ahead: bool = False

    @cached_property
    def points_ms(self) -> list[int]:
        assert self.wanted is not None
        return self.wanted.points_ms(self.now_s, is_ahead=self.is_ahead)

    @cached_property
    def ticks(self) -> list[int]:
        return self.timeline.ticks_at(self.points_ms)

    @cached_property
    def interval_s(self) -> float:
        """Between the last two ticks; 0 when they say nothing of now."""
        return self.timeline.interval_s if self.timeline.is_live(self.now_s) else 0.0

    def rate(self, parts: Sequence[Series], column: int) -> float:
        """Of one column of the parts' sum, by the last two ticks."""
        if not self.interval_s:
            return 0.0
        grown = 0
        for part in parts:
            if part.last is not part.before:
                grown += part.last[column] - part.before[column]
        return grown / self.interval_s

    def samples(self, parts: Sequence[Series], column: int) -> Json:
        """The same with the samples that are asked for, and by them."""
        assert self.wanted is not None
        number = self.policy.step_for(self.wanted)
        step, points = self.policy.steps[number], self.points_ms
        values = [0] * len(points)
        for part in parts:
            known = part.at(column, self.ticks, number, step)
            values = [value + more for value, more in zip(values, known, strict=True)]
        told: Json = {
            "rate": 0.0,
            "samples": [
                {"sample": value, "timestamp": point}
                for value, point in zip(reversed(values), reversed(points), strict=True)
            ],
        }
        if len(values) > 1:
            told["rate"] = (values[-1] - values[-2]) / self.wanted.incr_s
            told["avg_rate"] = (values[-1] - values[0]) * 1000 / (points[-1] - points[0])
            told["avg"] = sum(values) / len(values)
        return told


@dataclass(frozen=True, slots=True)
class Group:
    """Columns side by side that are told together.

    first: the place of the first one in a row. names: of each column and of its details.
    """

    first: int
    names: tuple[tuple[str, str], ...]

    def told(self, row: Row, parts: Sequence[Series], window: Window) -> Json:
        """Each with its details."""
        told: Json = {}
        has_samples = window.wanted is not None
        column = self.first
        for name, details in self.names:
            told[name] = row[column]
            if has_samples:
                told[details] = window.samples(parts, column)
            else:
                told[details] = {"rate": window.rate(parts, column)}
            column += 1
        return told


def group(columns: tuple[str, ...], names: tuple[str, ...]) -> Group:
    """The group of these names in a row of those columns."""
    first = columns.index(names[0])
    assert columns[first : first + len(names)] == names
    return Group(first, tuple((name, f"{name}_details") for name in names))
