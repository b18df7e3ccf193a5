"""What is shown of publishes that went nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leveret.management.view import View

if TYPE_CHECKING:
    from leveret.broker.unroutable import Unrouted


@dataclass(frozen=True, slots=True)
class Lost:
    """A publish, and the vhost it was in."""

    vhost: str
    unrouted: Unrouted


UNROUTABLE: View[Lost] = View(
    {
        "time": lambda lost, _look: int(lost.unrouted.time * 1000),
        "vhost": lambda lost, _look: lost.vhost,
        "exchange": lambda lost, _look: lost.unrouted.exchange,
        "routing_key": lambda lost, _look: lost.unrouted.routing_key,
        "outcome": lambda lost, _look: lost.unrouted.outcome,
        "user": lambda lost, _look: lost.unrouted.user,
        "connection": lambda lost, _look: lost.unrouted.connection,
        "channel": lambda lost, _look: lost.unrouted.channel,
        "node": lambda _lost, look: look.node,
    }
)
