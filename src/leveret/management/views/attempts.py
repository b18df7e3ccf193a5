"""What is shown of attempts to log in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leveret.management.view import View

if TYPE_CHECKING:
    from leveret.broker.attempts import Counts


@dataclass(frozen=True, slots=True)
class Attempted:
    """How attempts went by one protocol; from one address to one name, where that is counted."""

    protocol: str
    counts: Counts
    address: str = ""
    name: str = ""


ATTEMPTS: View[Attempted] = View(
    {
        "protocol": lambda attempted, _look: attempted.protocol,
        "auth_attempts": lambda attempted, _look: attempted.counts.all,
        "auth_attempts_failed": lambda attempted, _look: attempted.counts.failed,
        "auth_attempts_succeeded": lambda attempted, _look: attempted.counts.succeeded,
    }
)

ATTEMPTS_BY_SOURCE: View[Attempted] = View(
    {
        "remote_address": lambda attempted, _look: attempted.address,
        "username": lambda attempted, _look: attempted.name,
        **ATTEMPTS.columns,
    }
)
