"""What somebody wants to see of the past: for how long, and how finely.

RabbitMQ's query parameters: `msg_rates_age=600&msg_rates_incr=5` asks for the last ten minutes of
message rates, a sample for each five seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

POINTS_MAX: Final = 500


class InvalidRange(ValueError):
    """Nobody can see that; the text is RabbitMQ's."""


@dataclass(frozen=True, slots=True)
class Range:
    """One sample for each `incr_s` of the last `age_s` seconds."""

    age_s: int
    incr_s: int

    def points_ms(self, now_s: float, *, is_ahead: bool = False) -> list[int]:
        """When the samples are of, oldest first, in milliseconds since 1970.

        They stand on multiples of `incr_s`: the newest before now, or `is_ahead` of it.
        """
        incr_ms = self.incr_s * 1000
        last_ms = int(now_s * 1000) // incr_ms * incr_ms
        if is_ahead:
            last_ms += incr_ms
        first_ms = last_ms - self.age_s * 1000
        return list(range(first_ms, last_ms + 1, incr_ms))


@dataclass(frozen=True, slots=True)
class Span:
    """What is asked for of each family of figures; None for rates alone."""

    lengths: Range | None = None
    msg_rates: Range | None = None
    data_rates: Range | None = None
    node_stats: Range | None = None


NO_SPAN: Final = Span()


def span_of(query: Mapping[str, str]) -> Span:
    """What a query asks for. Raises InvalidRange."""
    if not query:
        return NO_SPAN
    families = ("lengths", "msg_rates", "data_rates", "node_stats")
    return Span(**{family: _range(query, family) for family in families})


def _range(query: Mapping[str, str], family: str) -> Range | None:
    """As in RabbitMQ, what is no number asks for nothing."""
    try:
        age_s, incr_s = int(query[f"{family}_age"]), int(query[f"{family}_incr"])
    except (KeyError, ValueError):
        return None
    if age_s <= 0 or incr_s <= 0 or age_s // incr_s > POINTS_MAX:
        raise InvalidRange(f"Invalid range parameters: age {age_s}, incr {incr_s}")
    return Range(age_s, incr_s)
