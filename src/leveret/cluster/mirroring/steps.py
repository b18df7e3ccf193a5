"""The way of a queue's messages from where they are to where they are to be, a step at a time.

    own engine of its home ──Copy──> log, led by the home ──Spread──> copies where they are wanted
                                                          ──HandOver──> led where it is wanted
                           <──TakeHome── log, one node wanted

Rule: each step is whole: after it, and after a crash in the midst of it, the queue is somewhere and
the next step is reckoned from there. A copy is made only where a node runs; those that were made
stay with nodes that are down, as long as they are wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from leveret.cluster.mirroring.balance import Leaderships

if TYPE_CHECKING:
    from leveret.cluster.metadata.changes import QueueHoused
    from leveret.cluster.mirroring.wanted import Cluster


@dataclass(frozen=True, slots=True)
class Copy:
    """From the home's engine into a new log with copies on these nodes."""

    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """The log's copies are to be on these nodes."""

    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandOver:
    """This node is to lead."""

    node: str


@dataclass(frozen=True, slots=True)
class TakeHome:
    """From the log into the engine of the node that leads it."""


Step: TypeAlias = Copy | Spread | HandOver | TakeHome


def next_step(housed: QueueHoused, wanted: tuple[str, ...], cluster: Cluster) -> Step | None:
    """What the home or leader is to do next; None: it is as it should be, or as far as it can."""
    if not housed.log:
        members = _sorted({housed.node} | (set(wanted) & cluster.living))
        return Copy(members) if wanted != (housed.node,) and len(members) > 1 else None
    if wanted == (housed.node,):
        return TakeHome()
    copies = set(housed.members)
    there = _sorted(set(wanted) & (copies | cluster.living))
    added = set(there) - copies
    if housed.node in wanted:
        return Spread(there) if there != housed.members else None
    # One under maintenance would give it back at once.
    heir = Leaderships(cluster.housings, cluster.able).least(sorted(set(wanted) & copies))
    if heir is not None:
        return HandOver(heir)
    return Spread(_sorted(copies | added)) if added else None


def _sorted(nodes: set[str]) -> tuple[str, ...]:
    return tuple(sorted(nodes))
