"""Where a node stands towards a cluster, step by step, so that each step survives a crash.

    ALONE ─ begin_joining ─> JOINING ─ joined ─> MEMBER ─ begin_leaving ─> LEAVING ─ left ─> ALONE
    ALONE ─ found_cluster ─> MEMBER ─ adopt a roll without it ─> FORGOTTEN ─ left ─> ALONE

Rule: what a node does between two standings (wipe itself, ask another node) can be done twice: a
node that starts and finds itself JOINING or LEAVING does it again and goes on. One that was
forgotten serves nobody until it is reset; it never writes into a cluster that does not count it in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from leveret.cluster.members.roll import MembershipRefused, Place, Roll, found

if TYPE_CHECKING:
    from leveret.cluster.members.roll import Member


class Phase(Enum):
    ALONE = "alone"
    JOINING = "joining"
    MEMBER = "member"
    LEAVING = "leaving"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Standing:
    """node: who this is. through: whom it joins through, while JOINING.

    roll: who is in the cluster. Of a node that went on ALONE, itself, as the last of its cluster:
    that is what those are told that it has left behind.
    is_boot_forced: the next start waits for nobody (force_boot).
    """

    node: str
    phase: Phase = Phase.ALONE
    roll: Roll | None = None
    through: str = ""
    is_boot_forced: bool = False

    @property
    def own(self) -> Member | None:
        return self.roll.find(self.node) if self.roll else None

    @property
    def has_engine(self) -> bool:
        """Whether an engine is to run beside this node."""
        return self.phase in (Phase.MEMBER, Phase.LEAVING)

    @property
    def others(self) -> tuple[Member, ...]:
        members = self.roll.members if self.roll else ()
        return tuple(each for each in members if each.node != self.node)


def found_cluster(standing: Standing, cluster: str, place: Place) -> Standing:
    """Somebody wants to join this node, which was alone so far."""
    _require(standing, Phase.ALONE)
    return replace(standing, phase=Phase.MEMBER, roll=found(cluster, standing.node, place))


def founded(standing: Standing, roll: Roll) -> Standing:
    """The same, with the one who came on the roll already."""
    _require(standing, Phase.ALONE)
    return replace(standing, phase=Phase.MEMBER, roll=roll)


def is_elsewhere(standing: Standing, through: str) -> bool:
    """Whether this node is, or was, in a cluster that the other is not in with it."""
    if standing.phase is Phase.FORGOTTEN:
        return True
    if standing.phase is not Phase.MEMBER:
        return False
    return through not in (standing.roll.nodes if standing.roll else ())


def begin_joining(standing: Standing, through: str) -> Standing:
    """Before anything is asked or wiped: from here on the node's own things are to go."""
    if through == standing.node:
        raise MembershipRefused(
            "cannot_cluster_node_with_itself", f"cannot cluster node with itself: {through}"
        )
    if standing.roll and standing.roll.find(through):
        raise MembershipRefused("already_member", "The node is already a member of this cluster")
    _require(standing, Phase.ALONE)
    return replace(standing, phase=Phase.JOINING, roll=None, through=through)


def give_up_joining(standing: Standing) -> Standing:
    """The other node refused, or was not there."""
    _require(standing, Phase.JOINING)
    return Standing(standing.node)


def joined(standing: Standing, roll: Roll) -> Standing:
    """The cluster counts this node in, and it has wiped what it had."""
    _require(standing, Phase.JOINING)
    if not roll.find(standing.node):
        raise ValueError(f"{standing.node} is not on the roll that it was given")
    return replace(standing, phase=Phase.MEMBER, roll=roll, through="")


def adopt(standing: Standing, roll: Roll) -> Standing:
    """What another member knows: it counts where it is newer, and of this cluster."""
    mine = standing.roll
    if mine is None or roll.cluster != mine.cluster or roll.revision <= mine.revision:
        return standing
    own, theirs = mine.find(standing.node), roll.find(standing.node)
    if own is None or theirs is None or own.incarnation != theirs.incarnation:
        return replace(standing, phase=_unless_leaving(standing.phase), roll=roll)
    return replace(standing, roll=roll)


def begin_leaving(standing: Standing) -> Standing:
    """reset, of a member: the others are to forget it, then it wipes itself."""
    _require(standing, Phase.MEMBER)
    return replace(standing, phase=Phase.LEAVING)


def left(standing: Standing) -> Standing:
    """The node has wiped itself. force_reset comes here from anywhere, and asks nobody."""
    return Standing(standing.node)


def left_alone(standing: Standing) -> Standing:
    """All others were struck off, and the node keeps what the cluster had."""
    _require(standing, Phase.MEMBER)
    return replace(standing, phase=Phase.ALONE)


def forget(standing: Standing, node: str, *, is_running: bool) -> Standing:
    """forget_cluster_node, at a member that stays."""
    _require(standing, Phase.MEMBER)
    assert standing.roll
    if not standing.roll.find(node):
        raise MembershipRefused("not_a_cluster_node", "The node selected is not in the cluster.")
    if node == standing.node or is_running:
        raise MembershipRefused(
            "still_running",
            f"Leveret on node {node} must be stopped with 'leveretctl -n {node} stop_app' "
            "before it can be removed",
        )
    return replace(standing, roll=standing.roll.without(node))


def require_member(standing: Standing) -> None:
    """Raises MembershipRefused."""
    _require(standing, Phase.MEMBER)


def force_boot(standing: Standing, *, is_forced: bool) -> Standing:
    """Asked for, or used up by a start."""
    return replace(standing, is_boot_forced=is_forced)


def _unless_leaving(phase: Phase) -> Phase:
    return Phase.LEAVING if phase is Phase.LEAVING else Phase.FORGOTTEN


def _require(standing: Standing, phase: Phase) -> None:
    if standing.phase is not phase:
        raise MembershipRefused(
            "not_permitted",
            f"Node {standing.node} is {standing.phase.value}, and would have to be {phase.value}",
        )
