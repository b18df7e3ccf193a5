"""Exchanges and bindings: what there is."""

from leveret.cli.ctl.command import MONITORING, Command
from leveret.cli.ctl.erlang import as_table

OF_BINDING = (
    "source_name", "source_kind", "destination_name", "destination_kind", "routing_key",
    "arguments",
)  # fmt: skip

COMMANDS = (
    Command(
        name="list_exchanges",
        about="Lists exchanges",
        group=MONITORING,
        usage="list_exchanges [--vhost <vhost>] [--no-table-headers] [<column> ...] "
        "[--timeout <timeout>]",
        example="leveretctl list_exchanges name type durable",
        is_in_vhost=True,
        columns=("name", "type", "durable", "auto_delete", "internal", "arguments", "policy"),
        usual_columns=("name", "type"),
        shapes={"arguments": as_table},
        banner=lambda given: f"Listing exchanges for vhost {given.vhost or '/'} ...",
    ),
    Command(
        name="list_bindings",
        about="Lists all bindings on a vhost",
        group=MONITORING,
        usage="list_bindings [--vhost <vhost>] [--no-table-headers] [<column> ...] "
        "[--timeout <timeout>]",
        example="leveretctl list_bindings source_name routing_key destination_name",
        is_in_vhost=True,
        columns=OF_BINDING,
        usual_columns=OF_BINDING,
        shapes={"arguments": as_table},
        banner=lambda given: f"Listing bindings for vhost {given.vhost or '/'}...",
    ),
)
