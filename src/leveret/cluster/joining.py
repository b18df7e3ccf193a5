"""How a node joins another, and is joined.

    joiner                                 the other
    begin_joining ──── join, its place ──> alone: a roll of two; its engine starts
                  <─── the roll ────────── member: the roll and one more, in the metadata
    its engine starts, all are whole
                  ──── joined ───────────> alone: its application starts anew, on what it had:
                  <─── yes ───────────────        that is the cluster's from now on
    wiped, member

A member of another cluster leaves that first, once the other has said that it can be joined.

A nats-server that was never more than one elects nobody, so it takes the second member's engine to
make the first one a member.

Rule: until the last word both are what they were, and a failure or crash leaves them so.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from leveret.cluster.calls import REACH_S, REFUSED, as_refusals, refuse_unless_running
from leveret.cluster.founding import founding_changes
from leveret.cluster.links.ports import LinkDown, Overdue, PeerRefused
from leveret.cluster.members import standing as steps
from leveret.cluster.members.file import read_roll, write_roll
from leveret.cluster.members.roll import MembershipRefused, Place, found
from leveret.cluster.members.standing import Phase
from leveret.cluster.nats.client import Unanswered
from leveret.cluster.ports import NoMajority
from leveret.errors import StartRefused

if TYPE_CHECKING:
    from leveret.cluster.links.ports import Link, Links
    from leveret.cluster.membership import Membership
    from leveret.cluster.seat import Seat

log = logging.getLogger("leveret.cluster")

LOOK: Final = "look"
JOIN: Final = "join"
JOINED: Final = "joined"
WITHDRAW: Final = "withdraw"
# The other may found a cluster meanwhile, with engines that start on busy disks.
ANSWER_S: Final = 120.0
WHOLE_S: Final = 60.0


class Joining:
    """One node's part in it, as either."""

    def __init__(self, membership: Membership) -> None:
        self._membership = membership
        self._founding: asyncio.Task[None] | None = None
        # Whoever is waited for has given up.
        self._withdrawn = asyncio.Event()

    def serve(self, links: Links) -> None:
        """Answer those who join."""
        links.serve(LOOK, self._welcome)
        links.serve(JOIN, self._admit)
        links.serve(JOINED, self._confirm)
        links.serve(WITHDRAW, self._withdraw)

    async def end(self) -> None:
        """The node stops: whoever was to be waited for is not waited for any more."""
        self._withdrawn.set()
        if self._founding is not None:
            await asyncio.gather(self._founding, return_exceptions=True)

    # As who joins --------------------------------------------------------------------------------

    async def join(self, through: str) -> None:
        """Become a member of the other node's cluster, empty. The application is stopped.

        Raises MembershipRefused, OSError."""
        member = self._membership
        if steps.is_elsewhere(member.standing, through):
            await self._leave_for(through)
        async with member.changing:
            member.set_standing(steps.begin_joining(member.standing, through))
            try:
                await self._join(through)
            except BaseException:
                await self._give_up(through)
                raise

    async def _leave_for(self, through: str) -> None:
        """The cluster that this node is in, but not for one that it cannot join."""
        member = self._membership
        with as_refusals():
            await _ask(member.links.to(through), LOOK, b"")
        log.warning("%s leaves its cluster, to join %s", member.node, through)
        await member.leaving.reset(is_forced=False)

    async def _join(self, through: str) -> None:
        member = self._membership
        link = member.links.to(through)
        told = json.dumps({"place": asdict(member.own_place)}).encode()
        try:
            with as_refusals():
                roll = read_roll(await _ask(link, JOIN, told))
            member.drop_engine_files()
            seat = member.seat = member.new_seat(roll)
            await seat.take()
            await seat.wait_whole((member.node, through), WHOLE_S)
            with as_refusals():
                await _ask(link, JOINED, b"")
        except (Unanswered, StartRefused) as error:
            raise MembershipRefused("engine", str(error)) from error
        member.owner.reset()
        member.set_standing(steps.joined(member.standing, roll))

    async def _give_up(self, through: str) -> None:
        """As if nothing had been asked."""
        member = self._membership
        seat, member.seat = member.seat, None
        if seat is not None:
            with contextlib.suppress(LinkDown, Overdue, PeerRefused):
                await member.links.to(through).call(WITHDRAW, b"", REACH_S)
            await seat.give_up()
        member.drop_engine_files()
        member.set_standing(steps.give_up_joining(member.standing))

    # As who is joined ----------------------------------------------------------------------------

    async def _welcome(self, _peer: str, _body: bytes) -> bytes:
        """Whoever asks may leave what it is in: it can come here."""
        refuse_unless_running(self._membership)
        return b""

    async def _admit(self, peer: str, body: bytes) -> bytes:
        """The roll, with the one who asks on it."""
        member, place = self._membership, Place(**json.loads(body)["place"])
        refuse_unless_running(member)
        try:
            if member.standing.phase is Phase.ALONE:
                return self._begin_founding(peer, place)
            return await self._enrol(peer, place)
        except (MembershipRefused, StartRefused, NoMajority) as refused:
            raise PeerRefused(REFUSED, f"{member.node}: {refused}") from refused

    async def _enrol(self, peer: str, place: Place) -> bytes:
        """One more member of a cluster that there is; who asks again is none more."""
        sharing = self._membership.sharing
        assert sharing is not None, "the application of a member shares"
        async with self._membership.changing:
            if sharing.roll.find(peer) is None:
                await sharing.change_roll(lambda roll: roll.with_member(peer, place))
        return write_roll(sharing.roll)

    def _begin_founding(self, peer: str, place: Place) -> bytes:
        """This node and the other are a cluster, once the engines of both run."""
        member = self._membership
        if self._founding is not None and not self._founding.done():
            raise MembershipRefused("busy", "another node is joining just now, try again")
        own = found(os.urandom(12).hex(), member.node, member.own_place)
        roll = own.with_member(peer, place)
        member.drop_engine_files()
        self._withdrawn.clear()
        self._founding = member.start(self._found(member.new_seat(roll), peer))
        return write_roll(roll)

    async def _found(self, seat: Seat, peer: str) -> None:
        """Until this node's things are the cluster's. Failing leaves it alone, as it was."""
        member = self._membership
        async with member.changing:
            await seat.take()
            try:
                await self._wait_whole(seat, peer)
                log.warning(
                    "%s founds a cluster with %s: its application starts anew, and its clients "
                    "have to connect again",
                    member.node,
                    peer,
                )
                await self._start_anew(seat)
            except BaseException:
                member.seat = None
                await seat.give_up()
                member.drop_engine_files()
                if not member.is_ending:
                    await member.owner.start_app()
                raise

    async def _wait_whole(self, seat: Seat, peer: str) -> None:
        """Until the engines of both are one. Raises Unanswered, also when the other withdraws."""
        nodes = (self._membership.node, peer)
        loop = asyncio.get_running_loop()
        whole = loop.create_task(seat.wait_whole(nodes, WHOLE_S))
        withdrawn = loop.create_task(self._withdrawn.wait())
        try:
            await asyncio.wait((whole, withdrawn), return_when=asyncio.FIRST_COMPLETED)
            if not whole.done():
                raise Unanswered(f"{peer} has withdrawn")
            whole.result()
        finally:
            whole.cancel()
            withdrawn.cancel()

    async def _start_anew(self, seat: Seat) -> None:
        member = self._membership
        await member.owner.stop_app()
        roll = write_roll(seat.roll)
        member.beginning = founding_changes(member.data_dir, member.node, roll)
        member.seat = seat
        try:
            await member.owner.start_app()
        finally:
            member.beginning = ()
        member.set_standing(steps.founded(member.standing, seat.roll))

    async def _confirm(self, peer: str, _body: bytes) -> bytes:
        """The joiner's engine runs: the answer makes it a member."""
        member = self._membership
        if self._founding is not None:
            try:
                await asyncio.shield(self._founding)
            except (StartRefused, Unanswered, NoMajority) as error:
                raise PeerRefused(REFUSED, f"{member.node}: {error}") from error
        log.info("%s has joined %s", peer, member.node)
        return b""

    async def _withdraw(self, peer: str, _body: bytes) -> bytes:
        """The joiner has given up."""
        member = self._membership
        if self._founding is not None and not self._founding.done():
            self._withdrawn.set()
        elif member.sharing is not None and member.sharing.roll.find(peer) is not None:
            await member.leaving.strike_off(peer)
        return b""


async def _ask(link: Link, verb: str, body: bytes) -> bytes:
    """Also of one whose links begin anew meanwhile. Raises LinkDown, PeerRefused, Overdue."""
    until = asyncio.get_running_loop().time() + ANSWER_S
    while True:
        await link.wait_up(REACH_S)
        left_s = until - asyncio.get_running_loop().time()
        try:
            return await link.call(verb, body, max(left_s, 0.0))
        except LinkDown:
            if left_s <= 0:
                raise
