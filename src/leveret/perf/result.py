"""What a scenario found: figures by name, and how they came about second by second."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sample:
    """What went on since the sample before; `at_s` counts from the start of the run."""

    at_s: float
    rates: dict[str, float]  # By name, per second.
    latency_us: int = 0

    def line(self) -> str:
        """One line of live progress."""
        parts = [f"{self.at_s:6.1f} s"]
        parts += [f"{name} {rate:>11,.0f}/s" for name, rate in self.rates.items()]
        if self.latency_us:
            parts.append(f"latency {self.latency_us:,} us")
        return "  ".join(parts)


# What a scenario calls about once a second.
Progress: TypeAlias = Callable[[Sample], None]


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one run of one scenario."""

    scenario: str
    figures: dict[str, float]
    settings: dict[str, object] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    broker: str = ""
    interrupted: bool = False

    def to_json(self) -> str:
        described = {**asdict(self), "python": platform.python_version()}
        return json.dumps(described, indent=2) + "\n"

    def write(self, path: Path) -> None:
        path.write_text(self.to_json())

    def lines(self) -> list[str]:
        """The figures for a person."""
        width = max((len(name) for name in self.figures), default=0)
        return [f"{name:<{width}}  {number(value)}" for name, value in self.figures.items()]


def number(value: float) -> str:
    """Thousands grouped; decimals only where they say something."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.3g}"
