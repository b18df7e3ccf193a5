"""A page of metrics, in pieces: each is so little work that nobody else waits for long.

    things   every thing of a family is read, some at a time
    lines    then every metric writes its line for each, again some at a time

Per object, the lines of one metric stand together, as the format wants it; so all things are read
before the first line is written. Aggregated, what is read is added up instead.

Rule: a piece may be empty; whoever sends them lets others go on after each.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from leveret.management.metrics.exposition import header, sample
from leveret.management.metrics.family import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from leveret.management.metrics.family import AnyFamily, Metric
    from leveret.management.metrics.scrape import Scrape

# Some 20 us for each thing that is read, and half a microsecond for each line.
READ_AT_ONCE: Final = 50
LINES_AT_ONCE: Final = 2000

# What was read of a thing, beside its labels.
Rows = list[tuple[str, Any]]
Metrics = list[tuple[str, "Metric[Any]"]]


def page(
    families: Iterable[AnyFamily], scrape: Scrape, prefix: str = PREFIX, *, is_aggregated: bool
) -> Iterator[bytes]:
    """The families one after the other. A metric that two of them have is shown once, and what
    neighbours read of the same things is read once."""
    shown: set[str] = set()
    for _, alike in groupby(families, key=attrgetter("subject", "read", "is_aggregated")):
        together = list(alike)
        metrics = _named(together, prefix, shown)
        write = _sums if is_aggregated and together[0].is_aggregated else _objects
        if metrics:
            yield from write(together[0], metrics, scrape)


def _named(families: list[AnyFamily], prefix: str, shown: set[str]) -> Metrics:
    """Their metrics by full name, those that were shown left out."""
    fresh: Metrics = []
    for family in families:
        own = prefix if family.own_prefix is None else family.own_prefix
        for metric in family.metrics:
            name = own + metric.name
            if name not in shown:
                shown.add(name)
                fresh.append((name, metric))
    return fresh


# Per object ---------------------------------------------------------------------------------------


def _objects(family: AnyFamily, metrics: Metrics, scrape: Scrape) -> Iterator[bytes]:
    rows: Rows = []
    for things in _batches(family.subject.find(scrape), READ_AT_ONCE):
        rows += [(family.subject.labels(thing), family.read(thing, scrape)) for thing in things]
        yield b""
    for name, metric in metrics:
        yield header(name, metric.kind, metric.about).encode()
        for part in _batches(rows, LINES_AT_ONCE):
            yield _lines(name, metric, part)


def _lines(name: str, metric: Metric[Any], rows: Rows) -> bytes:
    values = ((told, metric.value(row)) for told, row in rows)
    return "".join(
        sample(name, told, value) for told, value in values if value is not None
    ).encode()


# Aggregated ---------------------------------------------------------------------------------------


def _sums(family: AnyFamily, metrics: Metrics, scrape: Scrape) -> Iterator[bytes]:
    summed = [metric for _, metric in metrics if metric.total is None and metric.is_summed]
    sums: dict[str, float] = {each.name: 0 for each in summed}
    # Where all is counted once and for all, nobody has to be asked.
    for things in _batches(family.subject.find(scrape) if summed else [], READ_AT_ONCE):
        for thing in things:
            row = family.read(thing, scrape)
            for metric in summed:
                sums[metric.name] += metric.value(row) or 0
        yield b""
    for name, metric in metrics:
        value = sums.get(metric.name) if metric.total is None else metric.total(scrape.totals)
        if value is not None:
            yield (header(name, metric.kind, metric.about) + sample(name, "", value)).encode()


def _batches(things: list[Any], size: int) -> Iterator[list[Any]]:
    for first in range(0, len(things), size):
        yield things[first : first + size]
