"""leveretctl's command on what has happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.control.elsewhere import rows_of_all
from leveret.control.verbs.columns import listing
from leveret.control.verbs.json_values import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leveret.broker.events import Event
    from leveret.control.call import Call, Reply
    from leveret.control.messages import Plain


def list_events(call: Call) -> Reply:
    """The last ones, the oldest first."""
    return listing(call.words("columns"), call.broker.events.latest, _COLUMNS)


_COLUMNS: Mapping[str, Callable[[Event], Plain]] = {
    "time": lambda event: int(event.time * 1000),
    "name": lambda event: event.name,
    "by": lambda event: event.by,
    "fields": lambda event: plain(event.fields),
}

AMONG = {"list_events": rows_of_all}
VERBS = {"list_events": list_events}
