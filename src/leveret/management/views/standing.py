"""Why a connection goes no further, or does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from leveret.session.throttle import DISK, HOME, SPILL

if TYPE_CHECKING:
    from leveret.session.session import Session

FLOW: Final = {
    DISK: "what it published waits for the disk",
    SPILL: "messages leave memory, which is short",
    HOME: "what it published is on its way to other nodes",
}


def standing(session: Session) -> dict[str, Any]:
    """state: as connections show it. because: why it is not running, reason by reason.

    since: from when on it has been blocked, in ms; null for who is not.
    """
    blocking, state = session.blocking, session.state
    because: list[str] = []
    if state in {"blocked", "blocking"}:
        because = [session.broker.alarms.reason]
    elif state == "flow":
        because = [FLOW[each] for each in session.throttle.shown]
    since = int(blocking.since * 1000) if blocking.is_on else None
    return {"state": state, "because": because, "since": since}
