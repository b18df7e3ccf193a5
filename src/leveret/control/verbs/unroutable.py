"""leveretctl's command on publishes that went nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.control.elsewhere import rows_of_all
from leveret.control.verbs.columns import listing
from leveret.control.verbs.refusing import vhost_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leveret.broker.unroutable import Unrouted
    from leveret.control.call import Call, Reply
    from leveret.control.messages import Plain


def list_unroutable(call: Call) -> Reply:
    """The last ones of a vhost, the oldest first."""
    return listing(call.words("columns"), list(vhost_of(call).tally.unroutable), _COLUMNS)


_COLUMNS: Mapping[str, Callable[[Unrouted], Plain]] = {
    "time": lambda unrouted: int(unrouted.time * 1000),
    "exchange": lambda unrouted: unrouted.exchange,
    "routing_key": lambda unrouted: unrouted.routing_key,
    "outcome": lambda unrouted: unrouted.outcome,
    "user": lambda unrouted: unrouted.user,
    "connection": lambda unrouted: unrouted.connection,
    "channel": lambda unrouted: unrouted.channel,
}

AMONG = {"list_unroutable": rows_of_all}
VERBS = {"list_unroutable": list_unroutable}
