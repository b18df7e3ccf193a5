"""Publishes that went nowhere."""

from leveret.cli.ctl.command import MONITORING, Command
from leveret.cli.ctl.times import as_time

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
