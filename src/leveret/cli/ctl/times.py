"""How a moment looks in a table."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leveret.control.messages import Plain


def as_time(value: Plain) -> str:
    """Milliseconds since 1970, in the zone of whoever looks."""
    assert isinstance(value, int)
    return datetime.fromtimestamp(value / 1000).astimezone().isoformat(" ", "milliseconds")
