"""What is shown of connections that have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.management.view import View

if TYPE_CHECKING:
    from leveret.broker.ended import Ended

ENDED: View[Ended] = View(
    {
        "name": lambda ended, _look: ended.name,
        "user": lambda ended, _look: ended.user,
        "vhost": lambda ended, _look: ended.vhost,
        "peer_host": lambda ended, _look: ended.peer_host,
        "peer_port": lambda ended, _look: ended.peer_port,
        "connected_at": lambda ended, _look: int(ended.connected_at * 1000),
        "ended_at": lambda ended, _look: int(ended.ended_at * 1000),
        "by": lambda ended, _look: ended.ending.by,
        "code": lambda ended, _look: ended.ending.code,
        "reason": lambda ended, _look: ended.ending.reason,
        "node": lambda _ended, look: look.node,
    }
)
