"""A document made part of a broker: all of it, or nothing.

What is there already stays, also where the document has it otherwise; what a document does not
name stays as well.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from leveret.broker.definitions.document import SECTION_OF
from leveret.broker.definitions.making import make
from leveret.broker.definitions.rehearsal import Rehearsal
from leveret.broker.definitions.steps import walked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from leveret.broker.broker import Broker
    from leveret.broker.definitions.document import Entry, Remark
    from leveret.broker.definitions.rehearsal import Plan
    from leveret.broker.definitions.steps import Steps


@dataclass(slots=True)
class Report:
    """What became of a document.

    applied, unchanged: how many entries, by section. idle: of those applied, what has no effect.
    """

    applied: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    idle: list[Remark] = field(default_factory=list)
    skipped: list[Remark] = field(default_factory=list)


class Unimportable(Exception):
    """The document has faults, and nothing of it was applied."""

    def __init__(self, faults: Sequence[Remark]) -> None:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(f"{faults[0]}{more}")
        self.faults = faults


def import_into(broker: Broker, entries: Iterable[Entry]) -> Report:
    """Raises Unimportable."""
    return carry_out(broker, sound(Rehearsal(broker).plan(entries)))


def sound(plan: Plan) -> Plan:
    """The plan. Raises Unimportable for one with faults."""
    if plan.faults:
        raise Unimportable(plan.faults)
    return plan


def carry_out(broker: Broker, plan: Plan) -> Report:
    """What was rehearsed goes well."""
    return walked(carrying_steps(broker, plan))


def carrying_steps(broker: Broker, plan: Plan) -> Steps[Report]:
    """The same, entry by entry. Raises Refused, and stops there, when the broker has changed
    since and something does not fit any more."""
    for entry in plan.entries:
        make(broker, entry)
        yield
    return report_of(plan)


def report_of(plan: Plan) -> Report:
    """What carrying it out comes to."""
    applied = Counter(SECTION_OF[type(entry)] for entry in plan.entries)
    return Report(applied, plan.unchanged, plan.idle, plan.skipped)
