"""How a node leaves its cluster, is forgotten by it, or is the only one that is left.

    reset                the others strike it off their roll, then it wipes itself
    forget_cluster_node  the others strike off a node that does not run
    ... and one is left  it goes on alone: what the cluster knew becomes its own catalogue again

Rule: a node is a member until the roll says otherwise; its engine is dismissed after that, as often
as it takes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Final

from leveret.cluster.calls import REACH_S, REFUSED, as_refusals, refuse_unless_running
from leveret.cluster.founding import write_back
from leveret.cluster.links.ports import PeerRefused
from leveret.cluster.members import standing as steps
from leveret.cluster.members.roll import MembershipRefused
from leveret.cluster.members.standing import Phase
from leveret.cluster.nats.client import Unanswered
from leveret.cluster.nats.connection import ApiError
from leveret.cluster.ports import NoMajority
from leveret.errors import StartRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leveret.cluster.links.ports import Links
    from leveret.cluster.members.roll import Member
    from leveret.cluster.membership import Membership
    from leveret.cluster.seat import Seat
    from leveret.cluster.sharing import Sharing

log = logging.getLogger("leveret.cluster")

LEAVE: Final = "leave"
ANSWER_S: Final = 60.0
DISMISS_EVERY_S: Final = 1.0
# Two elections may have to fail first.
RESCUE_S: Final = 30.0
DISMISSALS: Final = 8


class Leaving:
    """One node's part in it, as who goes and as who stays."""

    def __init__(self, membership: Membership) -> None:
        self._membership = membership
        # Whom a forced start has left behind.
        self._gone: list[str] = []

    def serve(self, links: Links) -> None:
        """Answer those who go."""
        links.serve(LEAVE, self._let_go)

    # As who goes ---------------------------------------------------------------------------------

    async def reset(self, *, is_forced: bool) -> None:
        """Forget everything, and be alone. The application is stopped; is_forced: the others are
        not asked. Raises MembershipRefused, OSError."""
        member = self._membership
        async with member.changing:
            if not is_forced:
                await self._tell_others()
            seat, member.seat = member.seat, None
            if seat is not None:
                await seat.give_up()
            member.drop_engine_files()
            member.owner.reset()
            member.set_standing(steps.left(member.standing))
            await member.renew_links()

    async def _tell_others(self) -> None:
        member = self._membership
        if member.standing.phase is Phase.MEMBER:
            member.set_standing(steps.begin_leaving(member.standing))
        if member.standing.phase is Phase.LEAVING:
            await self._ask_any()

    async def _ask_any(self) -> None:
        """One member is enough. Raises MembershipRefused where none answers."""
        reasons = []
        for node in self._membership.others:
            link = self._membership.links.to(node)
            try:
                with as_refusals():
                    await link.wait_up(REACH_S)
                    await link.call(LEAVE, b"", ANSWER_S)
            except MembershipRefused as refused:
                reasons.append(str(refused))
            else:
                return
        raise MembershipRefused("unreachable", "; ".join(reasons))

    # As who stays --------------------------------------------------------------------------------

    async def _let_go(self, peer: str, _body: bytes) -> bytes:
        member = self._membership
        refuse_unless_running(member)
        if member.sharing is None:
            raise PeerRefused(REFUSED, f"{member.node} is in no cluster")
        try:
            await self.strike_off(peer)
        except (MembershipRefused, NoMajority) as refused:
            raise PeerRefused(REFUSED, f"{member.node}: {refused}") from refused
        return b""

    async def force_boot(self) -> None:
        """The next start waits for nobody: who is gone by then is gone for good. Raises
        MembershipRefused for a node alone."""
        member = self._membership
        async with member.changing:
            steps.require_member(member.standing)
            member.set_standing(steps.force_boot(member.standing, is_forced=True))

    async def go_on_without(self, seat: Seat) -> None:
        """Those that cannot be reached count for no majority any more.

        Raises StartRefused where the engine does not let them go."""
        member = self._membership
        ups = await asyncio.gather(
            *(member.links.to(node).wait_up(REACH_S) for node in member.others),
            return_exceptions=True,
        )
        self._gone = [node for node, up in zip(member.others, ups, strict=True) if up is not None]
        log.warning("%s goes on without %s: its start was forced", member.node, self._gone)
        try:
            await _rescue(seat, self._gone)
        except Unanswered as error:
            raise StartRefused(f"the engine cannot go on without the others: {error}") from error

    async def strike_off_the_gone(self) -> None:
        """... and are members no more."""
        gone, self._gone = self._gone, []
        for node in gone:
            await self.strike_off(node)

    async def forget(self, node: str) -> None:
        """A member that does not run is one no more. Raises MembershipRefused, NoMajority."""
        member = self._membership
        is_running = member.sharing is not None and node in member.sharing.liveness.living
        steps.forget(member.standing, node, is_running=is_running)
        await self.strike_off(node)

    async def strike_off(self, node: str) -> None:
        """Raises MembershipRefused, NoMajority."""
        member = self._membership
        async with member.changing:
            sharing, seat = member.sharing, member.seat
            assert sharing is not None
            assert seat is not None
            struck = sharing.roll.find(node)
            if struck is None:
                return
            await sharing.strike_off(node)
            member.start(self._dismiss(seat, struck))

    async def _dismiss(self, seat: Seat, struck: Member) -> None:
        """Its engine counts for no majority any more."""
        while True:
            try:
                await seat.dismiss(struck)
                break
            except Unanswered as error:
                log.warning("the engine of %s cannot be dismissed yet: %s", struck.node, error)
            await asyncio.sleep(DISMISS_EVERY_S)
        self._membership.links.forget(struck.node)
        if len(seat.roll.members) == 1:
            await self._go_on_alone(seat)

    async def _bring_home(self) -> None:
        """Until all messages lie in this node's own files."""
        sharing = self._membership.sharing
        if _keeps_streams(sharing):
            log.warning(
                "%s goes on as the only member of its cluster: it goes on alone once its "
                "replicated streams are deleted",
                self._membership.node,
            )
        while sharing is not None and sharing.has_logs:
            await asyncio.sleep(DISMISS_EVERY_S)
            sharing = self._membership.sharing

    async def _go_on_alone(self, seat: Seat) -> None:
        member = self._membership
        await self._bring_home()
        async with member.changing:
            assert member.sharing is not None
            metadata = member.sharing.metadata
            log.warning("%s is the last of its cluster: it goes on alone", member.node)
            await member.owner.stop_app()
            is_synced = member.settings.durability == "fsync"
            write_back(member.data_dir, metadata, is_synced=is_synced)
            member.set_standing(steps.left_alone(member.standing))
            member.seat = None
            await seat.give_up()
            member.drop_engine_files()
            await member.owner.start_app()


def _keeps_streams(sharing: Sharing | None) -> bool:
    """Whether there are streams that lie in logs: from there they do not come home."""
    if sharing is None or sharing.mirroring is None:
        return False
    return sharing.mirroring.housings.has_replicated_streams


async def _rescue(seat: Seat, gone: Sequence[str]) -> None:
    """Go on with an engine that has no majority any more. Raises Unanswered.

    It believes in its former leader for some seconds, and elects itself some seconds later."""
    until = asyncio.get_running_loop().time() + RESCUE_S
    while True:
        with contextlib.suppress(Unanswered, ApiError):
            await seat.engine.system.rescue()
        for _ in range(DISMISSALS):
            await asyncio.sleep(DISMISS_EVERY_S)
            try:
                for node in gone:
                    struck = seat.roll.find(node)
                    assert struck is not None
                    await seat.dismiss(struck)
            except Unanswered:
                if asyncio.get_running_loop().time() > until:
                    raise
            else:
                return
