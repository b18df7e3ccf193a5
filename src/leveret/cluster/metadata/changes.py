"""What a cluster keeps besides a broker's own changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from leveret.broker.changes import Change


@dataclass(frozen=True, slots=True)
class QueueHoused:
    """Where a queue's messages are. Said before the queue is declared, and again when it moves."""

    vhost: str
    name: str
    node: str


SharedChange: TypeAlias = Change | QueueHoused
