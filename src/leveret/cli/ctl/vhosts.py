"""Virtual hosts: what there is, their metadata, limits, firehose."""

from leveret.cli.ctl.command import VIRTUAL_HOSTS, ArgumentsRefused, Command, Given
from leveret.control import exits
from leveret.control.messages import Plain

QUEUE_TYPES = ("quorum", "stream", "classic")
METADATA = (
    ("--description <description>", "Virtual host description"),
    ("--tags <tag1,tag2>", "Comma-separated list of tags"),
    (
        "--default-queue-type <quorum|classic|stream>",
        "Queue type to use if no type is explicitly provided by the client",
    ),
)
METADATA_OPTIONS: dict[str, type[str]] = {
    "description": str,
    "tags": str,
    "default_queue_type": str,
}
TRACE_DETAILS = (("--vhost <vhost>", "Virtual host whose messages are copied"),)


def check_metadata(given: Given) -> None:
    if not given.options:
        raise ArgumentsRefused("not enough arguments.")
    queue_type = given.options.get("default_queue_type", "classic")
    if queue_type not in QUEUE_TYPES:
        known = ", ".join(QUEUE_TYPES)
        raise ArgumentsRefused(
            f"Bad argument: Default queue type must be one of: {known}. Provided: {queue_type}",
            exits.DATA,
        )


def tags_banner(given: Given) -> str:
    tags = ", ".join(given.words[1:])
    return f'Setting tags for virtual host "{given.words[0]}" to [{tags}] ...'


def restart_banner(given: Given) -> str:
    return f"Trying to restart vhost '{given.vhost or '/'}' on node '{given.node}' ..."


def limits_banner(given: Given) -> str:
    return f'Setting vhost limits to "{given.words[0]}" for vhost "{given.vhost or "/"}" ...'


def list_limits_banner(given: Given) -> str:
    if given.options.get("global"):
        return "Listing limits for all vhosts ..."
    return f'Listing limits for vhost "{given.vhost or "/"}" ...'


def states(value: Plain) -> str:
    """`[{'leveret@here', running}]`"""
    assert isinstance(value, dict)
    each = (f"{{'{node}', {state}}}" for node, state in value.items())
    return f"[{', '.join(each)}]"


COMMANDS = (
    Command(
        name="add_vhost",
        about="Creates a virtual host",
        group=VIRTUAL_HOSTS,
        usage='add_vhost <vhost> [--description <description> --tags "<tag1>,<tag2>,<...>" '
        "--default-queue-type <quorum|classic|stream>]",
        example='leveretctl add_vhost staging --description "what comes next" --tags dev',
        parameters=("vhost",),
        options=METADATA_OPTIONS,
        details=(("<vhost>", "Virtual host name"), *METADATA),
        banner=lambda given: f'Adding vhost "{given.words[0]}" ...',
    ),
    Command(
        name="delete_vhost",
        about="Deletes a virtual host",
        group=VIRTUAL_HOSTS,
        usage="delete_vhost <vhost>",
        example="leveretctl delete_vhost staging",
        parameters=("vhost",),
        details=(("<vhost>", "Name of the virtual host to delete."),),
        banner=lambda given: f'Deleting vhost "{given.words[0]}" ...',
    ),
    Command(
        name="list_vhosts",
        about="Lists virtual hosts",
        group=VIRTUAL_HOSTS,
        usage="list_vhosts [--no-table-headers] [<column> ...] [--timeout <timeout>]",
        example="leveretctl list_vhosts name tags",
        columns=(
            "name",
            "description",
            "tags",
            "default_queue_type",
            "tracing",
            "cluster_state",
            "metadata",
        ),
        usual_columns=("name",),
        shapes={"cluster_state": states},
        banner=lambda _given: "Listing vhosts ...",
    ),
    Command(
        name="reconcile_vhosts",
        about="Makes sure all virtual hosts were initialized on all reachable cluster nodes",
        group=VIRTUAL_HOSTS,
        usage="reconcile_vhosts",
        example="leveretctl reconcile_vhosts",
        banner=lambda _given: (
            "Will try to initiate virtual host reconciliation on all reachable cluster nodes..."
        ),
    ),
    Command(
        name="restart_vhost",
        about="Restarts a failed vhost data stores and queues",
        group=VIRTUAL_HOSTS,
        usage="restart_vhost [--vhost <vhost>] [--timeout <timeout>]",
        example="leveretctl restart_vhost --vhost staging",
        details=(("--vhost", "Virtual host name"),),
        is_in_vhost=True,
        banner=restart_banner,
        as_json=lambda value, _given: {"message": value},
    ),
    Command(
        name="set_vhost_tags",
        about="Sets virtual host tags",
        group=VIRTUAL_HOSTS,
        usage="set_vhost_tags <vhost> <tag> [...]",
        example="leveretctl set_vhost_tags staging dev europe",
        parameters=("vhost", "tags*"),
        details=(("<vhost>", "Self-explanatory"), ("<tags>", "Space separated list of tags")),
        banner=tags_banner,
    ),
    Command(
        name="update_vhost_metadata",
        about="Updates metadata (tags, description, default queue type) a virtual host",
        group=VIRTUAL_HOSTS,
        usage="update_vhost_metadata <vhost> [--description <description>] "
        '[--tags "<tag1>,<tag2>,<...>"] [--default-queue-type <quorum|classic|stream>]',
        example="leveretctl update_vhost_metadata staging --tags dev,europe",
        parameters=("vhost",),
        options=METADATA_OPTIONS,
        details=(("<vhost>", "Virtual host name"), *METADATA),
        check=check_metadata,
        banner=lambda given: f'Updating metadata of vhost "{given.words[0]}" ...',
    ),
    Command(
        name="set_vhost_limits",
        about="Sets virtual host limits",
        group=VIRTUAL_HOSTS,
        usage="set_vhost_limits [--vhost <vhost>] <definition>",
        example="""leveretctl set_vhost_limits -p staging '{"max-queues": 100}'""",
        parameters=("definition",),
        details=(("<definition>", "Limit definitions, must be a valid JSON document"),),
        is_in_vhost=True,
        banner=limits_banner,
    ),
    Command(
        name="clear_vhost_limits",
        about="Clears virtual host limits",
        group=VIRTUAL_HOSTS,
        usage="clear_vhost_limits [--vhost <vhost>]",
        example="leveretctl clear_vhost_limits -p staging",
        is_in_vhost=True,
        banner=lambda given: f'Clearing vhost "{given.vhost or "/"}" limits ...',
    ),
    Command(
        name="list_vhost_limits",
        about="Displays configured virtual host limits",
        group=VIRTUAL_HOSTS,
        usage="list_vhost_limits [--vhost <vhost>] [--global] [--no-table-headers]",
        example="leveretctl list_vhost_limits --global",
        options={"global": bool},
        details=(("--global", "list limits of all virtual hosts"),),
        is_in_vhost=True,
        is_list=True,
        banner=list_limits_banner,
    ),
    Command(
        name="trace_on",
        about="Copies what goes through a virtual host to its amq.rabbitmq.trace exchange",
        group=VIRTUAL_HOSTS,
        usage="trace_on [--vhost <vhost>]",
        example="leveretctl trace_on -p staging",
        parameters=("ignored*",),
        details=TRACE_DETAILS,
        is_in_vhost=True,
        banner=lambda given: f'Starting tracing for vhost "{given.vhost or "/"}" ...',
    ),
    Command(
        name="trace_off",
        about="Ends what trace_on began",
        group=VIRTUAL_HOSTS,
        usage="trace_off [--vhost <vhost>]",
        example="leveretctl trace_off -p staging",
        parameters=("ignored*",),
        details=TRACE_DETAILS,
        is_in_vhost=True,
        banner=lambda given: f'Stopping tracing for vhost "{given.vhost or "/"}" ...',
    ),
)
