"""Policies and operator policies."""

from leveret.cli.ctl.command import OPERATIONS, POLICIES, ArgumentsRefused, Banner, Command, Given
from leveret.control import exits

OPTIONS: dict[str, type[str] | type[int]] = {"priority": int, "apply_to": str}
DETAILS = (
    ("<name>", "policy name (identifier)"),
    ("<pattern>", "regular expression pattern that will be used to match queues, exchanges, etc"),
    ("<definition>", "policy definition (arguments). Must be a valid JSON document"),
    ("--priority <priority>", "policy priority"),
    (
        "--apply-to <queues | exchanges | all>",
        (
            "policy should only apply to queues, exchanges, or all entities (both of the above); "
            "also classic_queues, quorum_queues, streams"
        ),
    ),
)


def set_banner(what: str) -> Banner:
    def banner(given: Given) -> str:
        name, pattern, definition = given.words
        return (
            f'Setting {what} "{name}" for pattern "{pattern}" to "{definition}" '
            f'with priority "{given.options.get("priority", 0)}" '
            f'for vhost "{given.vhost or "/"}" ...'
        )

    return banner


def clear_banner(what: str) -> Banner:
    return lambda given: f'Clearing {what} "{given.words[0]}" on vhost "{given.vhost or "/"}" ...'


def check_object_type(given: Given) -> None:
    if given.options.get("object_type", "queue") not in {"queue", "exchange"}:
        raise ArgumentsRefused("Bad argument: the object type is queue or exchange", exits.DATA)


def match_banner(given: Given) -> str:
    kind = given.options.get("object_type", "queue")
    vhost = given.vhost or "/"
    return f"Listing policies that match {kind} '{given.words[0]}' in vhost '{vhost}' ..."


COMMANDS = (
    Command(
        name="set_policy",
        about="Sets or updates a policy",
        group=POLICIES,
        usage="set_policy [--vhost <vhost>] [--priority <priority>] [--apply-to <apply-to>] "
        "<name> <pattern> <definition>",
        example="""leveretctl set_policy short '^jobs' '{"max-length": 1000}' --apply-to queues""",
        parameters=("name", "pattern", "definition"),
        options=OPTIONS,
        details=DETAILS,
        is_in_vhost=True,
        banner=set_banner("policy"),
    ),
    Command(
        name="clear_policy",
        about="Clears (removes) a policy",
        group=POLICIES,
        usage="clear_policy [--vhost <vhost>] <name>",
        example="leveretctl clear_policy short",
        parameters=("name",),
        details=(("<name>", "Name of policy to clear (remove)"),),
        is_in_vhost=True,
        banner=clear_banner("policy"),
    ),
    Command(
        name="list_policies",
        about="Lists all policies in a virtual host",
        group=POLICIES,
        usage="list_policies [--vhost <vhost>] [--no-table-headers] [--timeout <timeout>]",
        example="leveretctl list_policies -p staging",
        is_in_vhost=True,
        is_list=True,
        banner=lambda given: f'Listing policies for vhost "{given.vhost or "/"}" ...',
    ),
    Command(
        name="list_policies_that_match",
        about="Lists all policies matching a queue/exchange "
        "(only the highest priority policy is active)",
        group=POLICIES,
        usage="list_policies_that_match [--object-type <type>] <name>",
        example="leveretctl list_policies_that_match jobs",
        parameters=("name",),
        options={"object_type": str},
        details=(
            ("<name>", "The name of the queue/exchange"),
            ("--object-type <queue | exchange>", "the type of object to match (default: queue)"),
        ),
        is_in_vhost=True,
        is_list=True,
        check=check_object_type,
        banner=match_banner,
    ),
    Command(
        name="remove_classic_queue_mirroring_from_policies",
        about="Removes keys that enable classic queue mirroring "
        "from all regular and operator policies",
        group=OPERATIONS,
        usage="remove_classic_queue_mirroring_from_policies",
        example="leveretctl remove_classic_queue_mirroring_from_policies",
        banner=lambda _given: (
            "Will remove keys that enable classic queue mirroring "
            "from all regular and operator policies"
        ),
    ),
    Command(
        name="set_operator_policy",
        about="Sets an operator policy that overrides a subset of arguments in user policies",
        group=POLICIES,
        usage="set_operator_policy [--vhost <vhost>] [--priority <priority>] "
        "[--apply-to <apply-to>] <name> <pattern> <definition>",
        example="""leveretctl set_operator_policy limit '.*' '{"max-length": 100000}'""",
        parameters=("name", "pattern", "definition"),
        options=OPTIONS,
        details=DETAILS,
        is_in_vhost=True,
        banner=set_banner("operator policy override"),
    ),
    Command(
        name="clear_operator_policy",
        about="Clears an operator policy",
        group=POLICIES,
        usage="clear_operator_policy [--vhost <vhost>] <name>",
        example="leveretctl clear_operator_policy limit",
        parameters=("name",),
        details=(("<name>", "Name of policy to clear (remove)"),),
        is_in_vhost=True,
        banner=clear_banner("operator policy"),
    ),
    Command(
        name="list_operator_policies",
        about="Lists operator policy overrides for a virtual host",
        group=POLICIES,
        usage="list_operator_policies [--vhost <vhost>] [--no-table-headers] [--timeout <timeout>]",
        example="leveretctl list_operator_policies -p staging",
        is_in_vhost=True,
        is_list=True,
        banner=lambda given: (
            f'Listing operator policy overrides for vhost "{given.vhost or "/"}" ...'
        ),
    ),
)
