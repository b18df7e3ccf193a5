"""How nodes ask each other about their membership: what a refusal is on either side.

the one asked    refuse_unless_running(member); PeerRefused(REFUSED, text)
the one asking   with as_refusals(): await link.call(...)      raises MembershipRefused
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from leveret.cluster.links.ports import LinkDown, Overdue, PeerRefused
from leveret.cluster.members.roll import MembershipRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leveret.cluster.membership import Membership

# A refusal of ours, as AMQP numbers them: PRECONDITION_FAILED.
REFUSED: Final = 406
REACH_S: Final = 5.0


def refuse_unless_running(member: Membership) -> None:
    """Who comes or goes is written into the metadata, by an application. Raises PeerRefused."""
    if member.owner.application is None:
        raise PeerRefused(REFUSED, f"the application of {member.node} does not run: start_app")


@contextlib.contextmanager
def as_refusals() -> Iterator[None]:
    """What calls to other nodes raise, as MembershipRefused."""
    try:
        yield
    except LinkDown as error:
        raise MembershipRefused("unreachable", str(error)) from error
    except Overdue as error:
        raise MembershipRefused("overdue", str(error)) from error
    except PeerRefused as error:
        raise MembershipRefused("refused", error.text) from error
