"""Runtime parameters, of a virtual host and global ones."""

from leveret.cli.ctl.command import PARAMETERS, Command, Given

COMPONENT = ("<component_name>", "component name")
NAME = ("<name>", "parameter name (identifier)")


def set_banner(given: Given) -> str:
    component, name, value = given.words
    place = f'in vhost "{given.vhost or "/"}"'
    return (
        f'Setting runtime parameter "{name}" for component "{component}" to "{value}" {place} ...'
    )


def clear_banner(given: Given) -> str:
    component, name = given.words
    place = f'on vhost "{given.vhost or "/"}"'
    return f'Clearing runtime parameter "{name}" for component "{component}" {place} ...'


COMMANDS = (
    Command(
        name="set_parameter",
        about="Sets a runtime parameter.",
        group=PARAMETERS,
        usage="set_parameter [--vhost <vhost>] <component_name> <name> <value>",
        example="""leveretctl set_parameter vhost-limits limits '{"max-queues": 100}'""",
        parameters=("component", "name", "value"),
        details=(COMPONENT, NAME, ("<value>", "parameter value")),
        is_in_vhost=True,
        banner=set_banner,
    ),
    Command(
        name="clear_parameter",
        about="Clears a runtime parameter.",
        group=PARAMETERS,
        usage="clear_parameter [--vhost <vhost>] <component_name> <name>",
        example="leveretctl clear_parameter vhost-limits limits",
        parameters=("component", "name"),
        details=(COMPONENT, NAME),
        is_in_vhost=True,
        banner=clear_banner,
    ),
    Command(
        name="list_parameters",
        about="Lists runtime parameters for a virtual host",
        group=PARAMETERS,
        usage="list_parameters [--vhost <vhost>] [--no-table-headers] [--timeout <timeout>]",
        example="leveretctl list_parameters -p staging",
        is_in_vhost=True,
        is_list=True,
        banner=lambda given: f'Listing runtime parameters for vhost "{given.vhost or "/"}" ...',
    ),
    Command(
        name="set_global_parameter",
        about="Sets a runtime parameter.",
        group=PARAMETERS,
        usage="set_global_parameter <name> <value>",
        example="""leveretctl set_global_parameter cluster_name '"oak"'""",
        parameters=("name", "value"),
        details=(
            ("<name>", "global parameter name (identifier)"),
            ("<value>", "parameter value"),
        ),
        banner=lambda given: (
            f'Setting global runtime parameter "{given.words[0]}" to "{given.words[1]}" ...'
        ),
    ),
    Command(
        name="clear_global_parameter",
        about="Clears a global runtime parameter",
        group=PARAMETERS,
        usage="clear_global_parameter <name>",
        example="leveretctl clear_global_parameter cluster_name",
        parameters=("name",),
        details=(NAME,),
        banner=lambda given: f'Clearing global runtime parameter "{given.words[0]}" ...',
    ),
    Command(
        name="list_global_parameters",
        about="Lists global runtime parameters",
        group=PARAMETERS,
        usage="list_global_parameters [--no-table-headers] [--timeout <timeout>]",
        example="leveretctl list_global_parameters",
        is_list=True,
        banner=lambda _given: "Listing global runtime parameters ...",
    ),
)
