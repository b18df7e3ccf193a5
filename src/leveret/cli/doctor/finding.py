"""What a look came to: how well it is, what was seen, and what to do about it.

Rule: whatever is not well says what to do, in a sentence that a person can act on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Health(IntEnum):
    """From well to worst, so that the worst of several is their maximum."""

    WELL = 0
    WARNING = 1
    FAILED = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """subject: what was looked at; told: what was seen; advice: what to do, unless all is well."""

    subject: str
    health: Health
    told: str
    advice: str = ""

    def __post_init__(self) -> None:
        assert bool(self.advice) is (self.health is not Health.WELL), self.subject


def well(subject: str, told: str) -> Finding:
    return Finding(subject, Health.WELL, told)


def warning(subject: str, told: str, advice: str) -> Finding:
    """The node runs, and something will be amiss."""
    return Finding(subject, Health.WARNING, told, advice)


def failed(subject: str, told: str, advice: str) -> Finding:
    """The node cannot start, or cannot do its work."""
    return Finding(subject, Health.FAILED, told, advice)


def reason(error: OSError) -> str:
    """Why the system said no, in its words."""
    return error.strerror or str(error)
