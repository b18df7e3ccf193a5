"""What Prometheus is told of attempts to log in.

By address and name they are counted only while somebody has asked for it
(PUT /api/auth/attempts, leveretctl enable_auth_attempt_source_tracking).
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

from leveret.management.metrics.exposition import labels
from leveret.management.metrics.family import Family, Subject, counter

if TYPE_CHECKING:
    from leveret.broker.attempts import Counts
    from leveret.management.metrics.scrape import Scrape

# From where, as whom, by which protocol.
Source = tuple[str, str, str]


def protocols(scrape: Scrape) -> list[tuple[str, Counts]]:
    return list(scrape.broker.logins.attempts.by_protocol.items())


def labels_of_protocol(counted: tuple[str, Counts]) -> str:
    return labels(protocol=counted[0])


def sources(scrape: Scrape) -> list[tuple[Source, Counts]]:
    return list(scrape.broker.logins.attempts.by_source.items())


def labels_of_source(counted: tuple[Source, Counts]) -> str:
    """As in RabbitMQ, what is not known has no label."""
    address, name, protocol = counted[0]
    told = {"remote_address": address, "username": name, "protocol": protocol}
    return labels(**{label: text for label, text in told.items() if text})


def read_counts(counted: tuple[object, Counts], _scrape: Scrape) -> Counts:
    return counted[1]


BY_PROTOCOL: Final = Family(
    "auth_attempt_metrics",
    Subject(protocols, labels_of_protocol),
    read_counts,
    (
        counter("auth_attempts_total", "Total number of authorization attempts", attrgetter("all")),
        counter(
            "auth_attempts_succeeded_total",
            "Total number of successful authentication attempts",
            attrgetter("succeeded"),
        ),
        counter(
            "auth_attempts_failed_total",
            "Total number of failed authentication attempts",
            attrgetter("failed"),
        ),
    ),
    is_aggregated=False,
)

BY_SOURCE: Final = Family(
    "auth_attempt_detailed_metrics",
    Subject(sources, labels_of_source),
    read_counts,
    (
        counter(
            "auth_attempts_detailed_total",
            "Total number of authorization attempts with source info",
            attrgetter("all"),
        ),
        counter(
            "auth_attempts_detailed_succeeded_total",
            "Total number of successful authorization attempts with source info",
            attrgetter("succeeded"),
        ),
        counter(
            "auth_attempts_detailed_failed_total",
            "Total number of failed authorization attempts with source info",
            attrgetter("failed"),
        ),
    ),
    is_aggregated=False,
)
