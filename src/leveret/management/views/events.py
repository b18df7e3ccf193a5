"""What is shown of events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management.resource import ADMINISTRATOR
from leveret.management.view import View

if TYPE_CHECKING:
    from leveret.broker.events import Event
    from leveret.management.look import Look
    from leveret.wire.values import Value

# Its value may hold a password, such as that of a broker that one forwards to.
_SECRETIVE: Final = "parameter.set"


def fields_of(event: Event, look: Look) -> dict[str, Value]:
    """What this user may see of it."""
    assert look.user is not None
    fields = event.fields
    if event.name == _SECRETIVE and ADMINISTRATOR.tags.isdisjoint(look.user.tags):
        fields.pop("value", None)
    return fields


EVENT: View[Event] = View(
    {
        "time": lambda event, _look: int(event.time * 1000),
        "name": lambda event, _look: event.name,
        "by": lambda event, _look: event.by,
        "fields": fields_of,
        "node": lambda _event, look: look.node,
    }
)
