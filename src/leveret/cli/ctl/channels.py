"""Channels and consumers: who is there."""

from leveret.cli.ctl.command import MONITORING, Command
from leveret.cli.ctl.erlang import as_table

COMMANDS = (
    Command(
        name="list_channels",
        about="Lists all channels in the node",
        group=MONITORING,
        usage="list_channels [--no-table-headers] [<column> ...]",
        example="leveretctl list_channels name prefetch_count messages_unacknowledged",
        columns=(
            "pid",
            "connection",
            "name",
            "number",
            "user",
            "vhost",
            "transactional",
            "confirm",
            "consumer_count",
            "messages_unacknowledged",
            "messages_uncommitted",
            "acks_uncommitted",
            "messages_unconfirmed",
            "prefetch_count",
            "global_prefetch_count",
        ),
        usual_columns=("pid", "user", "consumer_count", "messages_unacknowledged"),
        banner=lambda _given: "Listing channels ...",
    ),
    Command(
        name="list_consumers",
        about="Lists all consumers for a vhost",
        group=MONITORING,
        usage="list_consumers [--vhost <vhost>] [--no-table-headers] [<column> ...] "
        "[--timeout <timeout>]",
        example="leveretctl list_consumers queue_name consumer_tag active",
        is_in_vhost=True,
        columns=(
            "queue_name",
            "channel_pid",
            "consumer_tag",
            "ack_required",
            "prefetch_count",
            "active",
            "activity_status",
            "arguments",
        ),
        usual_columns=(
            "queue_name",
            "channel_pid",
            "consumer_tag",
            "ack_required",
            "prefetch_count",
            "active",
            "arguments",
        ),
        shapes={"arguments": as_table},
        banner=lambda given: f"Listing consumers in vhost {given.vhost or '/'} ...",
    ),
)
