"""Who leads how much: leaders evenly over the nodes, a node without any, and who may not go.

Only queues with a log have a choice: an ordinary queue is where its messages are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from leveret.cluster.metadata.changes import QueueHoused


class Leaderships:
    """How many queues each living node leads or is the home of. aside: those that are under
    maintenance: they lead what nobody else can lead."""

    def __init__(
        self,
        housings: Iterable[QueueHoused],
        living: Collection[str],
        aside: Collection[str] = (),
    ) -> None:
        self._living = living
        self._aside = aside
        self._counts = Counter(each.node for each in housings if each.node in living)

    def least(self, among: Iterable[str]) -> str | None:
        """Of these nodes the living one that leads fewest; the first by name of equal ones."""
        able = [node for node in among if node in self._living]
        return min(able, key=self._rank, default=None)

    def _rank(self, node: str) -> tuple[bool, int, str]:
        return node in self._aside, self._counts[node], node

    def give(self, node: str) -> None:
        """It leads one more."""
        self._counts[node] += 1


def rebalanced(
    housings: Iterable[QueueHoused], members: Sequence[str], living: Collection[str]
) -> list[QueueHoused]:
    """What has to be said so that no living node leads more of these queues than its share, as far
    as copies allow. Those without a log stay where they are and do not count."""
    movable = [each for each in housings if each.log and each.node in living]
    able = [node for node in members if node in living]
    if not able:
        return []
    share = -(-len(movable) // len(able))
    led: defaultdict[str, list[QueueHoused]] = defaultdict(list)
    for each in movable:
        led[each.node].append(each)
    moves: dict[tuple[str, str], QueueHoused] = {}
    while True:
        move = _next_move(led, able, share)
        if move is None:
            return list(moves.values())
        moves[move.vhost, move.name] = move


def _next_move(
    led: defaultdict[str, list[QueueHoused]], able: Sequence[str], share: int
) -> QueueHoused | None:
    """From the node that leads most to one that leads at least two fewer; `led` afterwards."""
    for giver in sorted(able, key=lambda node: (-len(led[node]), node)):
        if len(led[giver]) <= share:
            return None
        for queue in led[giver]:
            takers = [each for each in queue.members if each in able and each != giver]
            taker = min(takers, key=lambda node: (len(led[node]), node), default=None)
            if taker is not None and len(led[taker]) + 1 < len(led[giver]):
                led[giver].remove(queue)
                moved = replace(queue, node=taker)
                led[taker].append(moved)
                return moved
    return None


def without(
    node: str, housings: Iterable[QueueHoused], living: Collection[str]
) -> list[QueueHoused]:
    """What has to be said so that this node leads nothing that another can lead."""
    housed = list(housings)
    others = [each for each in living if each != node]
    leaderships = Leaderships(housed, others)
    moves = []
    for each in housed:
        heir = leaderships.least(each.members) if each.log and each.node == node else None
        if heir is not None:
            leaderships.give(heir)
            moves.append(replace(each, node=heir))
    return moves


def critical_to(
    node: str, housings: Iterable[QueueHoused], living: Collection[str]
) -> list[QueueHoused]:
    """The queues that have a majority of their copies now, and would not have it without this
    node."""
    return [
        each
        for each in housings
        if each.log and node in each.members and _has_just_enough(each.members, living, node)
    ]


def _has_just_enough(members: Sequence[str], living: Collection[str], node: str) -> bool:
    there = sum(each in living for each in members)
    return node in living and there - 1 <= len(members) // 2 < there
