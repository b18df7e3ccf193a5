"""What becomes of a node's queues when the node is gone.

    a queue with a log      the living node that has a copy and leads fewest queues leads it; one
                            under maintenance only where there is no other
    a transient one         without a log is deleted, as is an exclusive one: its connection is gone
    any other               waits for the node to come back, as long as that is a member

Rule: it is reckoned from what all nodes know, so whoever reckons comes to the same, and who comes
second finds nothing to do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from leveret.cluster.mirroring.balance import Leaderships

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from leveret.broker.changes import QueueDeclared
    from leveret.cluster.metadata.changes import QueueHoused


@dataclass(frozen=True, slots=True)
class Succession:
    """heirs: who leads what from now on. lost: queues that are no more."""

    heirs: tuple[QueueHoused, ...] = ()
    lost: tuple[QueueDeclared, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.heirs or self.lost)


def succession(
    housings: Iterable[QueueHoused],
    declared: Mapping[tuple[str, str], QueueDeclared],
    living: Collection[str],
    members: Collection[str],
    aside: Collection[str] = (),
) -> Succession:
    """declared: all queues, by vhost and name. living: who runs; all others are gone. members: who
    may come back. aside: who is under maintenance."""
    housed = list(housings)
    leaderships = Leaderships(housed, living, aside)
    heirs, lost = [], []
    for each in housed:
        if each.node in living:
            continue
        if each.log:
            heir = leaderships.least(each.members)
            if heir is not None:
                leaderships.give(heir)
                heirs.append(replace(each, node=heir))
            continue
        queue = declared.get((each.vhost, each.name))
        if queue is not None and (each.node not in members or _goes_with_its_node(queue)):
            lost.append(queue)
    return Succession(tuple(heirs), tuple(lost))


def _goes_with_its_node(queue: QueueDeclared) -> bool:
    return queue.options.exclusive or not queue.options.durable
