"""Queues: what there is and how they are, deleting and purging one."""

from leveret.cli.ctl.command import MONITORING, QUEUES, ArgumentsRefused, Command, Given
from leveret.cli.ctl.erlang import as_definition, as_table
from leveret.control import exits
from leveret.control.messages import Plain

COLUMNS = (
    "name", "durable", "auto_delete", "arguments", "policy", "operator_policy",
    "effective_policy_definition", "pid", "owner_pid", "exclusive", "exclusive_consumer_pid",
    "exclusive_consumer_tag", "messages_ready", "messages_unacknowledged", "messages",
    "messages_ready_ram", "messages_unacknowledged_ram", "messages_ram", "messages_persistent",
    "message_bytes", "message_bytes_ready", "message_bytes_unacknowledged", "message_bytes_ram",
    "message_bytes_persistent", "head_message_timestamp", "disk_reads", "disk_writes",
    "consumers", "consumer_utilisation", "consumer_capacity", "memory", "slave_pids",
    "synchronised_slave_pids", "mirror_pids", "synchronised_mirror_pids", "state", "type",
    "leader", "members", "online",
)  # fmt: skip
SHAPES = {"arguments": as_table, "effective_policy_definition": as_definition}
LISTING_S = 60


def check_name(given: Given) -> None:
    if not given.words[0]:
        raise ArgumentsRefused("Bad argument: queue name cannot be an empty string", exits.DATA)


def list_banner(given: Given) -> str:
    seconds = given.timeout_s
    told = "" if seconds is None else f"Timeout: {float(seconds)} seconds ...\n"
    return f"{told}Listing queues for vhost {given.vhost or '/'} ..."


def delete_banner(given: Given) -> str:
    said = {"if_empty": "if queue is empty", "if_unused": "if queue is unused"}
    rules = " and ".join(text for name, text in said.items() if given.options.get(name))
    place = f"on vhost '{given.vhost or '/'}'"
    return f"Deleting queue '{given.words[0]}' {place} {f'{rules} ' if rules else ''}..."


def deleted(value: Plain, _given: Given) -> str:
    return f"Queue was successfully deleted with {value} ready messages"


COMMANDS = (
    Command(
        name="list_queues",
        about="Lists queues and their properties",
        group=MONITORING,
        usage="list_queues [--vhost <vhost>] [--online] [--offline] [--local] "
        "[--no-table-headers] [<column>, ...] [--timeout <timeout>]",
        example="leveretctl list_queues name messages consumers",
        options={"online": bool, "offline": bool, "local": bool},
        details=(
            ("--online", "lists only queues on online (reachable) nodes"),
            ("--offline", "lists only queues on offline (unreachable) nodes"),
            ("--local", "only return queues hosted on the target node"),
        ),
        is_in_vhost=True,
        columns=COLUMNS,
        usual_columns=("name", "messages"),
        shapes=SHAPES,
        timeout_s=LISTING_S,
        banner=list_banner,
    ),
    Command(
        name="list_unresponsive_queues",
        about="Tests queues to respond within timeout. Lists those which did not respond",
        group=MONITORING,
        usage="list_unresponsive_queues [--local] [--queue-timeout <milliseconds>] "
        "[<column> ...] [--no-table-headers] [--timeout <timeout>]",
        example="leveretctl list_unresponsive_queues",
        options={"local": bool, "queue_timeout": int},
        details=(
            ("--local", "only return queues hosted on the target node"),
            (
                "--queue-timeout <milliseconds>",
                "per-queue timeout to use when checking for responsiveness",
            ),
        ),
        is_in_vhost=True,
        columns=("name", "durable", "auto_delete", "arguments", "pid"),
        usual_columns=("name",),
        shapes=SHAPES,
        banner=lambda given: f"Listing unresponsive queues for vhost {given.vhost or '/'} ...",
    ),
    Command(
        name="delete_queue",
        about="Deletes a queue",
        group=QUEUES,
        usage="delete_queue <queue_name> [--if-empty|-e] [--if-unused|-u] [--timeout <timeout>]",
        example="leveretctl delete_queue jobs --if-empty",
        parameters=("queue",),
        options={"if_empty": bool, "if_unused": bool},
        letters={"e": "if_empty", "u": "if_unused"},
        details=(
            ("<queue_name>", "name of the queue to delete"),
            (
                "--if-empty",
                "delete the queue if it is empty (has no messages ready for delivery)",
            ),
            ("--if-unused", "delete the queue only if it has no consumers"),
        ),
        is_in_vhost=True,
        check=check_name,
        banner=delete_banner,
        show=deleted,
        as_json=lambda value, given: {"message": deleted(value, given)},
    ),
    Command(
        name="purge_queue",
        about="Purges a queue (removes all messages in it)",
        group=QUEUES,
        usage="purge_queue <queue> [--timeout <timeout>]",
        example="leveretctl purge_queue jobs",
        parameters=("queue",),
        details=(("<queue>", "Name of the queue to purge"),),
        is_in_vhost=True,
        banner=lambda given: (
            f"Purging queue '{given.words[0]}' in vhost '{given.vhost or '/'}' ..."
        ),
    ),
)
