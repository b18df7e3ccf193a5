"""For how long samples are kept, and how finely; RabbitMQ's three policies and their defaults.

Each has a few seconds more than it shows, so that a whole window can be answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from leveret.statistics.span import Range

# How often everything is sampled.
INTERVAL_S: Final = 5


@dataclass(frozen=True, slots=True)
class Step:
    """Samples each `interval_s`, for `length_s`.

    every: it takes each so manieth sample. size: how many it keeps.
    """

    length_s: int
    interval_s: int

    every: int = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "every", self.interval_s // INTERVAL_S)
        object.__setattr__(self, "size", self.length_s // self.interval_s + 2)


@dataclass(frozen=True, eq=False)
class Policy:
    """What is kept of things of some sort: steps from fine to coarse, as told to people in
    seconds."""

    steps: tuple[Step, ...]
    told_s: tuple[int, ...]

    @property
    def length(self) -> int:
        """After so many samples the first has gone from every step."""
        return self.steps[-1].size * self.steps[-1].every

    @lru_cache(maxsize=8)  # noqa: B019  # there are three policies, for ever
    def places(self, tick: int) -> tuple[tuple[int, int], ...]:
        """The steps that take the sample of this tick, by number, and where each puts it."""
        return tuple(
            (number, tick // step.every % step.size)
            for number, step in enumerate(self.steps)
            if tick % step.every == 0
        )

    def step_for(self, wanted: Range) -> int:
        """Which of the steps reaches back far enough; the longest if none does."""
        for number, step in enumerate(self.steps):
            if step.length_s >= wanted.age_s:
                return number
        return len(self.steps) - 1


_FINE: Final = Step(605, INTERVAL_S)

# Vhosts and the whole node; queues, channels, connections; exchanges.
GLOBAL: Final = Policy(
    (_FINE, Step(3660, 60), Step(29_400, 600), Step(86_400, 1800)), (600, 3600, 28_800, 86_400)
)
BASIC: Final = Policy((_FINE, Step(3600, 60)), (600, 3600))
DETAILED: Final = Policy((_FINE,), (600,))

# As the overview tells it.
RETENTION: Final = {
    "global": list(GLOBAL.told_s),
    "basic": list(BASIC.told_s),
    "detailed": list(DETAILED.told_s),
}
