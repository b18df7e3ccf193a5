"""Virtual hosts."""

from leveret.cli.ctl.command import VIRTUAL_HOSTS, Command

COMMANDS = (
    Command(
        name="add_vhost",
        about="Creates a virtual host",
        group=VIRTUAL_HOSTS,
        usage='add_vhost <vhost> [--description <description> --tags "<tag1>,<tag2>,<...>" '
        "--default-queue-type <quorum|classic|stream>]",
        example='leveretctl add_vhost staging --description "what comes next" --tags dev',
        parameters=("vhost",),
        options={"description": str, "tags": str, "default_queue_type": str},
        details=(
            ("<vhost>", "Virtual host name"),
            ("--description <description>", "Virtual host description"),
            ("--tags <tags>", "Comma separated list of tags"),
            (
                "--default-queue-type <quorum|classic|stream>",
                "Queue type to use if no type is explicitly provided by the client",
            ),
        ),
        banner=lambda given: f'Adding vhost "{given.words[0]}" ...',
    ),
    Command(
        name="list_vhosts",
        about="Lists virtual hosts",
        group=VIRTUAL_HOSTS,
        usage="list_vhosts [--no-table-headers] [<column> ...] [--timeout <timeout>]",
        example="leveretctl list_vhosts name tags",
        columns=("name", "description", "tags", "default_queue_type", "tracing", "cluster_state"),
        usual_columns=("name",),
        banner=lambda _given: "Listing vhosts ...",
    ),
)
