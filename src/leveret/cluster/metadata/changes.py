"""What a cluster keeps besides a broker's own changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from leveret.broker.changes import Change


@dataclass(frozen=True, slots=True)
class QueueHoused:
    """Where a queue's messages are. Said before the queue is declared, and at every move.

    Without a log: in the own engine of `node`. Else in the replicated log of that name, led by
    `node`, with copies on `members`, in the order of the alphabet.
    """

    vhost: str
    name: str
    node: str
    log: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RollSet:
    """Who is in the cluster (cluster/members/file.py says how that is written)."""

    roll: bytes


SharedChange: TypeAlias = Change | QueueHoused | RollSet
