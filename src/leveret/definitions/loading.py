"""Files made part of a broker: all of them, or nothing; what came of it is told."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leveret.broker.definitions.importing import Unimportable, carrying_steps, sound
from leveret.broker.definitions.rehearsal import Rehearsal
from leveret.broker.definitions.steps import walked
from leveret.definitions import telling
from leveret.definitions.reading import reading_steps

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from leveret.broker.broker import Broker
    from leveret.broker.definitions.document import Remark
    from leveret.broker.definitions.importing import Report
    from leveret.broker.definitions.rehearsal import Plan
    from leveret.broker.definitions.steps import Steps
    from leveret.definitions.files import Source

log = logging.getLogger("leveret.definitions")


class DefinitionsRefused(Exception):
    """A file has faults, and nothing of any was applied."""

    def __init__(self, path: Path, faults: Sequence[Remark]) -> None:
        more = len(faults) - 1
        advice = f" (and {more} more: `leveret definitions check {path}`)" if more else ""
        super().__init__(f"the definitions {path}: {faults[0]}{advice}")
        self.path = path
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Planned:
    """One file and what importing it comes to."""

    source: Source
    plan: Plan


def plan_sources(
    broker: Broker, sources: Sequence[Source], vhost: str | None = None
) -> list[Planned]:
    """Raises DefinitionsRefused."""
    return walked(_planning_steps(broker, sources, vhost))


def _planning_steps(
    broker: Broker, sources: Sequence[Source], vhost: str | None
) -> Steps[list[Planned]]:
    rehearsal = Rehearsal(broker)
    planned = []
    for source in sources:
        plan = yield from _plan(rehearsal, source, vhost)
        planned.append(plan)
    return planned


def _plan(rehearsal: Rehearsal, source: Source, vhost: str | None) -> Steps[Planned]:
    try:
        document = yield from reading_steps(source.data, vhost)
        plan = sound((yield from rehearsal.steps(document.entries)))
    except Unimportable as refused:
        raise DefinitionsRefused(source.path, refused.faults) from refused
    plan.skipped[:0] = document.skipped
    return Planned(source, plan)


def import_sources(
    broker: Broker, sources: Sequence[Source], vhost: str | None = None
) -> list[tuple[Source, Report]]:
    """Raises DefinitionsRefused."""
    return walked(import_steps(broker, sources, vhost))


def import_steps(
    broker: Broker, sources: Sequence[Source], vhost: str | None = None
) -> Steps[list[tuple[Source, Report]]]:
    """The same, entry by entry: first all are looked at, then all are made. Also raises Refused,
    see carrying_steps."""
    planned = yield from _planning_steps(broker, sources, vhost)
    reports = []
    for each in planned:
        report = yield from carrying_steps(broker, each.plan)
        reports.append((each.source, report))
    return reports


def log_report(source: Source, report: Report) -> None:
    fields = {
        "event": "definitions",
        "file": str(source.path),
        "applied": dict(report.applied),
        "unchanged": dict(report.unchanged),
        "without_effect": len(report.idle),
        "skipped": len(report.skipped),
    }
    told = telling.summary(report)
    log.info("definitions %s: %s", source.path, told, extra={"fields": fields})
    for line in telling.remarks(report):
        log.warning("definitions %s: %s", source.path, line)
