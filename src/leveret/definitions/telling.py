"""What is said of an import: one line of numbers, then a line for each thing that was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.definitions.document import SECTIONS

if TYPE_CHECKING:
    from collections import Counter

    from leveret.broker.definitions.importing import Report, Unimportable


def summary(report: Report) -> str:
    """applied 2 users, 1 queue; 3 were there already; 1 skipped."""
    applied = _numbers(report.applied) or "nothing"
    unchanged = sum(report.unchanged.values())
    return f"applied {applied}; {unchanged} were there already; {len(report.skipped)} skipped"


def remarks(report: Report) -> list[str]:
    """What was left out, and what has no effect."""
    return [
        *(f"skipped: {remark}" for remark in report.skipped),
        *(f"without effect: {remark}" for remark in report.idle),
    ]


def faults(refused: Unimportable) -> list[str]:
    return [str(remark) for remark in refused.faults]


def _numbers(counts: Counter[str]) -> str:
    there = [name for name in SECTIONS if counts[name]]
    return ", ".join(f"{counts[name]} {_noun(name, counts[name])}" for name in there)


def _noun(section: str, count: int) -> str:
    words = section.replace("_", " ")
    if count == 1:
        return f"{words.removesuffix('ies')}y" if words.endswith("ies") else words[:-1]
    return words
