"""What leveretctl asks of a node's place among others, done by its membership.

Rule: what is refused is refused in RabbitMQ's words, and ends with its exit codes.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from leveret.cluster.members.roll import MembershipRefused
from leveret.cluster.mirroring.balance import rebalanced
from leveret.cluster.ports import NoMajority
from leveret.control import exits
from leveret.control.call import VerbRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.cluster.membership import Membership
    from leveret.cluster.metadata.changes import QueueHoused
    from leveret.cluster.mirroring.mirroring import Mirroring
    from leveret.control.messages import Plain

# Longer than a node fades (members/liveness.py).
GONE_LOOKS: Final = 60
GONE_EVERY_S: Final = 0.05

# A queue changes its leader within some milliseconds, where nothing stands in the way.
SPREAD_LOOKS: Final = 100
SPREAD_EVERY_S: Final = 0.1

UNKNOWN: Final = "{:not_a_cluster_node, 'The node selected is not in the cluster.'}"
UNREACHABLE: Final = """\
Error: unable to perform an operation on node '{node}'. \
Please see diagnostics information and suggestions below.

Most common reasons for this are:

 * Target node is unreachable (e.g. due to hostname resolution, TCP connection or firewall issues)
 * Its cookie is not that of node {own}
 * Target node is not running

DIAGNOSTICS
===========

attempted to contact: [{node}] from {own}

{node}:
  * {reason}
"""

NONE_AGREES: Final = """\
Error:
node {node} cannot be forgotten: no majority of the cluster's nodes is there to agree.
Start more of them; or, where the others never come back, let this node go on without all that it \
does not reach: stop_app, force_boot, start_app"""


class Commanding:
    """One node's; see control/host.py."""

    def __init__(self, membership: Membership) -> None:
        self._membership = membership

    async def join(self, through: str) -> bool:
        """Whether there was anything to do. Raises VerbRefused."""
        try:
            await self._membership.joining.join(through)
        except MembershipRefused as refused:
            if refused.reason == "already_member":
                return False
            if refused.reason == "not_permitted":
                text = f"Error:\n{refused}: reset it first"
                raise VerbRefused(exits.UNAVAILABLE, text) from refused
            if refused.reason == "unreachable":
                raise self._unreachable(through, str(refused)) from refused
            raise _refused(refused) from refused
        return True

    def _unreachable(self, node: str, reason: str) -> VerbRefused:
        text = UNREACHABLE.format(node=node, own=self._membership.node, reason=reason)
        return VerbRefused(exits.UNAVAILABLE, text)

    async def reset(self, *, is_forced: bool) -> None:
        """Raises VerbRefused, OSError."""
        try:
            await self._membership.leaving.reset(is_forced=is_forced)
        except MembershipRefused as refused:
            raise _refused(refused) from refused

    async def forget(self, node: str) -> None:
        """Raises VerbRefused."""
        roll = self._membership.roll
        if node != self._membership.node and (roll is None or roll.find(node) is None):
            raise VerbRefused(exits.UNAVAILABLE, f"Error:\n{UNKNOWN}")
        await self._wait_gone(node)
        seat = self._membership.seat
        try:
            if seat is not None and not (await seat.logs.health()).has_majority:
                raise NoMajority
            await self._membership.leaving.forget(node)
        except MembershipRefused as refused:
            raise _refused(refused) from refused
        except NoMajority as none:
            raise VerbRefused(exits.UNAVAILABLE, NONE_AGREES.format(node=node)) from none

    async def _wait_gone(self, node: str) -> None:
        """Who has just stopped counts as living for a moment longer; who is reached does so."""
        sharing = self._membership.sharing
        for _ in range(GONE_LOOKS):
            if sharing is None or node not in sharing.liveness.living - sharing.liveness.reached:
                return
            await asyncio.sleep(GONE_EVERY_S)

    async def force_boot(self) -> None:
        """A node that is alone waits for nobody anyway. Raises VerbRefused."""
        if self._membership.roll is None:
            return
        try:
            await self._membership.leaving.force_boot()
        except MembershipRefused as refused:
            raise _refused(refused) from refused

    async def engine(self) -> dict[str, Plain] | None:
        """What the engines that are reached say."""
        seat = self._membership.seat
        if seat is None:
            return None
        health = await seat.logs.health()
        return {
            "has_majority": health.has_majority,
            "leader": health.leader,
            "unreachable": [each for each in seat.roll.nodes if each not in health.members],
        }

    # Leaders -------------------------------------------------------------------------------------

    @property
    def _mirroring(self) -> Mirroring | None:
        """None of a node alone, and while its application is stopped."""
        sharing = self._membership.sharing
        return None if sharing is None else sharing.mirroring

    async def rebalance(self, is_chosen: Callable[[str, str], bool]) -> None:
        """Returns when it is done, or takes too long."""
        mirroring = self._mirroring
        if mirroring is None:
            return

        def is_meant(housed: QueueHoused) -> bool:
            return is_chosen(housed.vhost, housed.name)

        await mirroring.rebalance(is_meant)
        for _ in range(SPREAD_LOOKS):
            cluster = mirroring.cluster
            queues = [each for each in cluster.housings if is_meant(each)]
            if not rebalanced(queues, cluster.members, cluster.able):
                return
            await asyncio.sleep(SPREAD_EVERY_S)

    async def set_aside(self) -> None:
        """Returns when others lead what this node has led, or that takes too long."""
        sharing, mirroring = self._membership.sharing, self._mirroring
        if sharing is not None and mirroring is not None:
            sharing.liveness.set_aside(is_so=True)
            await mirroring.leave()

    def come_back(self) -> None:
        """It may lead again."""
        sharing, mirroring = self._membership.sharing, self._mirroring
        if sharing is not None and mirroring is not None:
            mirroring.stay()
            sharing.liveness.set_aside(is_so=False)


def _refused(refused: MembershipRefused) -> VerbRefused:
    return VerbRefused(exits.UNAVAILABLE, f"Error:\n{refused}")
