"""Publishes that went nowhere."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from leveret.cli.ctl.command import MONITORING, Command

if TYPE_CHECKING:
    from leveret.control.messages import Plain


def as_time(value: Plain) -> str:
    """Milliseconds since 1970, in the zone of whoever looks."""
    assert isinstance(value, int)
    return datetime.fromtimestamp(value / 1000).astimezone().isoformat(" ", "milliseconds")


COMMANDS = (
    Command(
        name="list_unroutable",
        about="Lists the last publishes of a virtual host that found no queue, the oldest first",
        group=MONITORING,
        usage="list_unroutable [--vhost <vhost>] [--no-table-headers] [<column> ...]",
        example="leveretctl list_unroutable time exchange routing_key connection",
        columns=(
            "time",
            "exchange",
            "routing_key",
            "outcome",
            "user",
            "connection",
            "channel",
        ),
        usual_columns=("time", "exchange", "routing_key", "outcome", "user", "connection"),
        shapes={"time": as_time},
        is_in_vhost=True,
        banner=lambda given: f"Listing unroutable publishes of vhost {given.vhost or '/'} ...",
    ),
)
