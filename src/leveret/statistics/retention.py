"""For how long samples are kept, and how finely; RabbitMQ's three policies and their defaults.

Each has a few seconds more than it shows, so that a whole window can be answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from leveret.statistics.span import Range

# How often everything is sampled.
INTERVAL_S: Final = 5


@dataclass(frozen=True, slots=True)
class Step:
    """Samples each `interval_s`, for `length_s`."""

    length_s: int
    interval_s: int

    @property
    def every(self) -> int:
        """It takes each so manieth sample."""
        return self.interval_s // INTERVAL_S

    @property
    def size(self) -> int:
        """How many samples it keeps."""
        return self.length_s // self.interval_s + 2


_FINE: Final = Step(605, INTERVAL_S)

# Vhosts, the whole node; queues, channels, connections; exchanges.
GLOBAL: Final = (_FINE, Step(3660, 60), Step(29_400, 600), Step(86_400, 1800))
BASIC: Final = (_FINE, Step(3600, 60))
DETAILED: Final = (_FINE,)

# As the overview tells it.
RETENTION: Final = {
    "global": [600, 3600, 28_800, 86_400],
    "basic": [600, 3600],
    "detailed": [600],
}


def step_for(steps: tuple[Step, ...], wanted: Range) -> int:
    """Which of the steps reaches back far enough; the longest if none does."""
    for number, step in enumerate(steps):
        if step.length_s >= wanted.age_s:
            return number
    return len(steps) - 1
