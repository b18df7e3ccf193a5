"""What has happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from leveret.cli.ctl.command import MONITORING, Command
from leveret.cli.ctl.times import as_time

if TYPE_CHECKING:
    from leveret.control.messages import Plain


def as_fields(value: Plain) -> str:
    """`name=jobs vhost=/`: what names the thing first, what is empty left out."""
    assert isinstance(value, dict)
    ordered = {name: value[name] for name in ("name", "vhost") if name in value} | value
    return " ".join(
        f"{name}={_short(each)}" for name, each in ordered.items() if each not in ("", [])
    )


def _short(value: Plain) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


COMMANDS = (
    Command(
        name="list_events",
        about="Lists the last things that happened, the oldest first",
        group=MONITORING,
        usage="list_events [--no-table-headers] [<column> ...]",
        example="leveretctl list_events time name fields",
        columns=("time", "name", "by", "fields"),
        usual_columns=("time", "name", "by", "fields"),
        shapes={"time": as_time, "fields": as_fields},
        banner=lambda _given: "Listing events ...",
    ),
)
