"""Metrics as values: a family is a row of metrics that are read together from one kind of thing.

    Family("queue_coarse_metrics", QUEUES, lengths, (
        gauge("queue_messages_ready", "Messages ready to be delivered to consumers", ready),
        ...

A page shows a family per object, a line for each thing, or aggregated, one line for all.

Rule: what is read of one thing takes microseconds: others wait meanwhile (pages.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.management.metrics.scrape import Scrape
    from leveret.statistics.totals import Totals

Thing = TypeVar("Thing")
Row = TypeVar("Row")

PREFIX: Final = "rabbitmq_"


@dataclass(frozen=True, slots=True)
class Subject(Generic[Thing]):
    """A kind of thing that metrics are about.

    find: all there are, as far as they are asked for. labels: what tells one from the others.
    """

    find: Callable[[Scrape], list[Thing]]
    labels: Callable[[Thing], str]


@dataclass(frozen=True, slots=True)
class Metric(Generic[Row]):
    """name: without prefix. kind: gauge, counter or untyped.

    value: of what was read; None where there is none to show.
    total: of all there ever were, for an aggregate that never goes backwards; without it the sum
        of those that are there is shown.
    is_summed: whether an aggregate has any meaning.
    """

    name: str
    kind: str
    about: str
    value: Callable[[Row], float | None]
    total: Callable[[Totals], float] | None = None
    is_summed: bool = True


@dataclass(frozen=True, slots=True)
class Family(Generic[Thing, Row]):
    """name: as /metrics/detailed?family=NAME asks for it.

    is_aggregated: whether /metrics shows one line for all things.
    own_prefix: for what is called the same on every page; None for the page's.
    """

    name: str
    subject: Subject[Thing]
    read: Callable[[Thing, Scrape], Row]
    metrics: tuple[Metric[Row], ...]
    is_aggregated: bool = True
    own_prefix: str | None = None


AnyFamily = Family[Any, Any]


def gauge(
    name: str, about: str, value: Callable[[Row], float | None], *, is_summed: bool = True
) -> Metric[Row]:
    """What goes up and down."""
    return Metric(name, "gauge", about, value, is_summed=is_summed)


def counter(
    name: str,
    about: str,
    value: Callable[[Row], float | None],
    total: Callable[[Totals], float] | None = None,
) -> Metric[Row]:
    """What only grows."""
    assert name.endswith("_total"), name
    return Metric(name, "counter", about, value, total)


def untyped(name: str, about: str, value: Callable[[Row], float | None]) -> Metric[Row]:
    """What is a statement rather than an amount: 1 or 0."""
    return Metric(name, "untyped", about, value)
